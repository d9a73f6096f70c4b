#include "proctor/cli/specs.h"

namespace proctor {

Result<int> extract_command(const Arguments& arguments, World& world) {
  TRY(expect_words(arguments, 1, "one .jsonl file"));
  const Reader& reader =
      *TRY(find_reader(arguments.get("--extract").value_or("proctor")).in("--extract"));
  const std::string labels = arguments.get("--labels").value_or("");
  const std::string& path = arguments.positional[0];
  const std::string content = TRY(read_file(path));
  std::string_view rest = content;
  for (int number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view text = python_strip(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (text.empty()) continue;
    const ReplyLine line =
        TRY(read_reply_line(text, labels).in(fmt::format("{}: line {}", path, number)));
    world.console.print(answer_json(line, reader.read(line.reading())) + "\n");
  }
  return complete;
}

}  // namespace proctor
