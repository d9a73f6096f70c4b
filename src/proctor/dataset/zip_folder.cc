#include "proctor/dataset/zip_folder.h"

#include <algorithm>
#include <memory>

#include <zip.h>

#include "proctor/dataset/folder.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

// A zip of a few kilobytes can hold gigabytes: the largest data set of the family has
// 20 MB.
constexpr std::uint64_t most_bytes = std::uint64_t{256} << 20;

struct Discard {
  void operator()(zip_t* zip) const { ::zip_discard(zip); }
  void operator()(zip_file_t* file) const { ::zip_fclose(file); }
};
using Zip = std::unique_ptr<zip_t, Discard>;
using ZipFile = std::unique_ptr<zip_file_t, Discard>;

Result<Zip> open_zip(const fs::path& path) {
  int code = 0;
  Zip zip(::zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code));
  if (zip) return zip;
  zip_error_t error;
  ::zip_error_init_with_code(&error, code);
  std::string reason = ascii_lower(::zip_error_strerror(&error));
  ::zip_error_fini(&error);
  if (code == ZIP_ER_NOZIP || code == ZIP_ER_INCONS) {
    return fail(Fault::data,
                "not a whole zip ({}); was it cut off while it was downloaded?",
                reason);
  }
  return fail(Fault::io, "{}", reason);
}

struct Member {
  std::string name;
  zip_uint64_t number = 0;
};

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

// By name. Raw, as other tools' names may be in any encoding and do not say which.
std::vector<Member> tables_in(zip_t* zip) {
  std::vector<Member> members;
  const zip_int64_t count = ::zip_get_num_entries(zip, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const auto number = static_cast<zip_uint64_t>(i);
    const char* name = ::zip_get_name(zip, number, ZIP_FL_ENC_RAW);
    if (name != nullptr && is_table(name) && !is_hidden(name)) {
      members.push_back({name, number});
    }
  }
  std::ranges::sort(members, {}, &Member::name);
  return members;
}

std::string shown(const std::string& name) {
  return fit(for_terminal_line(to_valid_utf8(name)), 80);
}

Result<std::string> content_of(zip_t* zip, const Member& member) {
  zip_stat_t facts;
  if (::zip_stat_index(zip, member.number, 0, &facts) != 0 ||
      (facts.valid & ZIP_STAT_SIZE) == 0) {
    return fail(Fault::data, "damaged: its size is missing");
  }
  if ((facts.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 &&
      facts.encryption_method != ZIP_EM_NONE) {
    return fail(Fault::data, "encrypted; unpack the zip and give its folder");
  }
  if (facts.size > most_bytes) {
    return fail(Fault::data, "found {} bytes, expected at most {}", facts.size,
                most_bytes);
  }
  const ZipFile file(::zip_fopen_index(zip, member.number, 0));
  std::string content(facts.size + 1, '\0');
  zip_uint64_t have = 0;
  zip_int64_t more = file ? 1 : -1;
  // The sum is checked at the end, so the end has to be read.
  while (more > 0 && have < content.size()) {
    more = ::zip_fread(file.get(), content.data() + have, content.size() - have);
    if (more > 0) have += static_cast<zip_uint64_t>(more);
  }
  if (more < 0 || have != facts.size) {
    const char* reason = file ? ::zip_file_strerror(file.get()) : ::zip_strerror(zip);
    return fail(Fault::data, "damaged: {}",
                more < 0 ? ascii_lower(reason) : "its size is not what the zip says");
  }
  content.resize(facts.size);
  return content;
}

tl::unexpected<Error> no_split(const std::vector<Member>& tables,
                               const std::string& split) {
  std::vector<std::string> names;
  for (const Member& member : tables) names.push_back(shown(member.name));
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
  const Zip zip = TRY(open_zip(path));
  const std::vector<Member> tables = tables_in(zip.get());
  std::vector<Question> all;
  std::vector<std::string> subjects;
  for (const Member& member : tables) {
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
    const std::string content =
        TRY(content_of(zip.get(), member).in(shown(member.name)));
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
