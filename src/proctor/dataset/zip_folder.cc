#include "proctor/dataset/zip_folder.h"

#include <algorithm>

#include "proctor/archive/archive.h"
#include "proctor/dataset/folder.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& name) {
  for (const fs::path& part : name) {
    if (part == "__MACOSX" || part.native().starts_with(".")) return true;
  }
  return false;
}

bool is_table(const fs::path& name) {
  const std::string ending = ascii_lower(name.extension().string());
  return ending == ".csv" || ending == ".tsv" || ending == ".jsonl" ||
         ending == ".ndjson";
}

std::vector<ZipMember> tables_in(const ZipReader& zip) {
  std::vector<ZipMember> tables;
  std::ranges::copy_if(zip.members(), std::back_inserter(tables),
                       [](const ZipMember& member) {
                         return is_table(member.name) && !is_hidden(member.name);
                       });
  return tables;
}

std::string shown(const std::string& name) {
  return fit(for_terminal_line(to_valid_utf8(name)), 80);
}

tl::unexpected<Error> no_split(const std::vector<ZipMember>& tables,
                               const std::string& split) {
  std::vector<std::string> names;
  for (const ZipMember& member : tables) names.push_back(shown(member.name));
  if (names.size() > 5) {
    names.resize(5);
    names.push_back("…");
  }
  return fail(Fault::data,
              "no folder {0} with .csv or .jsonl files in it, expected "
              "{0}/SUBJECT.csv; found {1}",
              split, names.empty() ? "no such files" : join(names, ", "));
}

Result<std::vector<Question>> read_members(const fs::path& path,
                                           const std::optional<Columns>& columns,
                                           const std::string& split) {
  const ZipReader zip = TRY(ZipReader::open(path));
  const std::vector<ZipMember> tables = tables_in(zip);
  std::vector<Question> all;
  std::vector<std::string> subjects;
  for (const ZipMember& member : tables) {
    const fs::path name = member.name;
    if (split_named(name.parent_path().filename().string()) != split) continue;
    if (first_invalid_utf8(member.name)) {
      return fail(Fault::data,
                  "{}: its name is not UTF-8; unpack the zip, name its files in UTF-8, "
                  "and give the folder",
                  shown(member.name));
    }
    const std::string subject = place_of(name).subject;
    if (std::ranges::find(subjects, subject) != subjects.end()) {
      return fail(Fault::data, "{}: the zip has another file of {}", shown(member.name),
                  subject);
    }
    subjects.push_back(subject);
    const std::string content = TRY(zip.content(member).in(shown(member.name)));
    const std::string ending = ascii_lower(name.extension().string());
    const auto read = ending == ".csv" || ending == ".tsv" ? read_csv : read_json;
    auto questions = TRY(read(content, columns, subject, split).in(shown(member.name)));
    std::move(questions.begin(), questions.end(), std::back_inserter(all));
  }
  if (all.empty()) return no_split(tables, split);
  return all;
}

}  // namespace

Result<std::vector<Question>> read_zip(const fs::path& zip,
                                       const std::optional<Columns>& columns,
                                       const std::string& split) {
  return read_members(zip, columns, split).in(zip.string());
}

}  // namespace proctor
