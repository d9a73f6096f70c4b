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
  const auto show = [&](const ReplyLine& line) {
    world.console.print(answer_line(format, line, reader.read(line.reading())));
  };
  TRY(each_reply_line(content, labels, show).in(path));
  return complete;
}

}  // namespace proctor
