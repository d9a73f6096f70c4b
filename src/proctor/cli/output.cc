#include "proctor/cli/output.h"

#include <algorithm>

namespace proctor {
namespace fs = std::filesystem;
namespace {

std::string ending_of(const std::string& path) {
  const std::string ending = ascii_lower(fs::path(path).extension().string());
  return ending.empty() ? "" : ending.substr(1);
}

// As an option or an ending names it: "markdown", ".md".
std::string word_of(TableFormat form, bool is_ending) {
  if (!is_ending) return std::string(name_of(form));
  if (form == TableFormat::terminal) return ".txt";
  return form == TableFormat::markdown ? ".md" : fmt::format(".{}", name_of(form));
}

}  // namespace

Result<TableFormat> format_of(const Arguments& arguments,
                              std::initializer_list<TableFormat> forms) {
  if (arguments.has("--json")) return TableFormat::json;
  const auto said = arguments.get("--format");
  const std::string path = arguments.get("--output").value_or("");
  const auto form = table_format_named(said ? *said : ending_of(path));
  if (form && std::ranges::find(forms, *form) != forms.end()) return *form;
  if (!said && !form) return *forms.begin();
  std::vector<std::string> words;
  for (const TableFormat one : forms) words.push_back(word_of(one, !said));
  const std::string last = words.back();
  words.pop_back();
  return fail(Fault::usage, "{}: found {}, expected {} or {}", said ? "--format" : "-o",
              said ? *said : path, join(words, ", "), last);
}

Output output_of(const Arguments& arguments) {
  Output output{.path = arguments.get("--output")};
  const std::filesystem::path store = store_path(arguments);
  for (const char* const ending : {"", "-wal", "-shm", "-journal", ".lock"})
    output.taken.push_back({store.string() + ending, "the store (--store)"});
  if (const auto config = arguments.get("--config"))
    output.taken.push_back({*config, "the file of --config"});
  for (const std::string& word : arguments.positional)
    output.taken.push_back({word, "what is read"});
  return output;
}

Status check_output(const Output& output) {
  const auto& path = output.path;
  if (!path || *path == "-") return {};
  std::error_code error;
  if (path->empty() || fs::is_directory(*path, error)) {
    return fail(Fault::usage, "-o: {}, expected a file, or - for stdout",
                path->empty() ? "found nothing" : *path + " is a folder");
  }
  for (const Output::Taken& taken : output.taken) {
    if (!is_same_file(*path, taken.path)) continue;
    return fail(Fault::usage, "-o: {} is {}; name another file", *path, taken.what);
  }
  return {};
}

Result<int> with_output(const Arguments& arguments, Console& console,
                        const std::function<Result<int>()>& command) {
  const Output output = output_of(arguments);
  TRY(check_output(output));
  if (output.to_file()) console.keep();
  if (arguments.has("--bom")) {
    const auto form = TRY(format_of(arguments));
    if (form != TableFormat::csv)
      return fail(Fault::usage, "--bom: only of csv: --format csv, or -o FILE.csv");
    console.print("\xEF\xBB\xBF");
  }
  const int code = TRY(command());
  if (!output.to_file()) return code;
  TRY(write_file(*output.path, console.kept()).in("-o"));
  console.tell(fmt::format("{}: {}", *output.path, console.kept_in_words()));
  return code;
}

}  // namespace proctor
