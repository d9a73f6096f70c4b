#include "proctor/cli/specs.h"

namespace proctor {

Result<int> extract_command(const Arguments& arguments, World& world) {
  TRY(expect_words(arguments, 1, "one .jsonl file"));
  const auto form = TRY(format_of(arguments, {TableFormat::json, TableFormat::csv}));
  const auto format =
      form == TableFormat::csv ? ExportFormat::csv : ExportFormat::jsonl;
  const Reader& reader =
      *TRY(find_reader(arguments.get("--extract").value_or("proctor")).in("--extract"));
  const std::string labels = arguments.get("--labels").value_or("");
  const std::string& path = arguments.positional[0];
  world.console.print(answer_head(format));
  const std::string content = TRY(read_file(path));
  std::string_view rest = content;
  for (int number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view text = python_strip(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (text.empty()) continue;
    const ReplyLine line =
        TRY(read_reply_line(text, labels).in(fmt::format("{}: line {}", path, number)));
    world.console.print(answer_line(format, line, reader.read(line.reading())));
  }
  return complete;
}

}  // namespace proctor
