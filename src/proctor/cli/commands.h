// One function a command, one file each. They return the exit code; an error is told by
// main and becomes 2 (1 from an error after the first question). Not for other folders.
#pragma once

#include "proctor/cli/options.h"
#include "proctor/console/console.h"

namespace proctor {

// A command's hands on the outside world.
struct World {
  Console& console;
  Environment& environment;
};

enum ExitCode : int {
  complete = 0,
  broke = 1,     // an error after the first question: store, disk
  misused = 2,   // usage, configuration, data or store before it: nothing was asked
  partial = 3,   // ended with questions failed
  denied = 4,    // the provider said no for good
  lacking = 75,  // --complete: replies are missing
  interrupted = 130,
  terminated = 143,
};

Result<int> run_command(const Arguments& arguments, World& world);
// All that can be known to be wrong with it before a question is asked.
Status check_run(const Arguments& arguments, World& world);
Result<int> submit_command(const Arguments& arguments, World& world);
Result<int> report_command(const Arguments& arguments, World& world);
Result<int> chart_command(const Arguments& arguments, World& world);
Result<int> html_command(const Arguments& arguments, World& world);
Result<int> view_command(const Arguments& arguments, World& world);
Result<int> show_command(const Arguments& arguments, World& world);
Result<int> compare_command(const Arguments& arguments, World& world);
Result<int> audit_command(const Arguments& arguments, World& world);
Result<int> rescore_command(const Arguments& arguments, World& world);
Result<int> export_command(const Arguments& arguments, World& world);
Result<int> import_command(const Arguments& arguments, World& world);
Result<int> forget_command(const Arguments& arguments, World& world);
Result<int> merge_command(const Arguments& arguments, World& world);
Result<int> prompt_command(const Arguments& arguments, World& world);
Result<int> extract_command(const Arguments& arguments, World& world);
Result<int> verify_command(const Arguments& arguments, World& world);
Result<int> doctor_command(const Arguments& arguments, World& world);
Result<int> list_command(const Arguments& arguments, World& world);
Result<int> completions_command(const Arguments& arguments, World& world);
Result<int> man_command(const Arguments& arguments, World& world);
Result<int> init_command(const Arguments& arguments, World& world);
Result<int> version_command(const Arguments& arguments, World& world);

// --format and --store mean the same everywhere.
std::string store_path(const Arguments& arguments);
// " --store X" for a command that goes on there; empty for the default store.
std::string store_option(const Arguments& arguments);
// "proctor 0.1.0" and what it was built with.
std::string version_text();

}  // namespace proctor
