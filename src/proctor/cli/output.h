// In which form a command answers, and -o FILE. Not for other folders.
#pragma once

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/cli/commands.h"
#include "proctor/console/console.h"

namespace proctor {

// --json, --format's word, else -o's ending; nothing said, or an ending that says
// nothing: the first of `forms`, which are those that the command has.
Result<TableFormat> format_of(const Arguments& arguments,
                              std::initializer_list<TableFormat> forms = {
                                  TableFormat::terminal, TableFormat::markdown,
                                  TableFormat::csv, TableFormat::json});

struct Output {
  struct Taken {
    std::filesystem::path path;
    std::string_view what;
  };
  std::optional<std::string> path;  // nothing or "-": stdout
  std::vector<Taken> taken;         // what the command reads

  bool to_file() const { return path && *path != "-"; }
};
Output output_of(const Arguments& arguments);

// Fault::usage where it is a folder or what the command reads. To be asked before the
// work is done.
Status check_output(const Output& output);

// What the command prints goes to -o's file, whole or not at all, and --bom's mark
// before it.
Result<int> with_output(const Arguments& arguments, Console& console,
                        const std::function<Result<int>()>& command);

}  // namespace proctor
