#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include <nlohmann/json.hpp>

#include "proctor/cli/specs.h"
#include "proctor/serve/serve.h"
#include "proctor/submit/submit.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

// What follows `proctor run` in a job: all that was said, but where it is kept.
std::vector<std::string> words_of(const Arguments& run) {
  std::vector<std::string> words = run.positional;
  for (const Option& option : options()) {
    constexpr std::array here = {"--store", "--config", "--dry-run", "--json"};
    if (!option.belongs_to(Command::run) ||
        std::ranges::find(here, option.name) != here.end())
      continue;
    for (const std::string& value : run.all(option.name)) {
      words.emplace_back(option.name);
      if (!option.value.empty()) words.push_back(value);
    }
  }
  return words;
}

Result<ExamJob> job_of(const Arguments& arguments, const Arguments& run) {
  if (run.has("--header"))
    return fail(Fault::usage,
                "--header: a job's script would show it; put the key in "
                "the environment and name it by --api-key-env");
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  ExamJob job{.program = error ? "proctor" : program.string(),
              .words = words_of(run),
              .workdir = fs::current_path().string()};
  job.name = "proctor-" + sha256_hex(join(job.words, "\n")).substr(0, 8);
  job.folder = fs::absolute(arguments.get("--dir").value_or(job.name)).string();
  job.store = store_path(arguments);
  job.is_shared = is_store_url(job.store);
  if (!job.is_shared) job.store = fs::absolute(job.store).string();
  if (shown_store(job.store) != job.store)
    return fail(Fault::usage,
                "--store: a job's script would show the password; put it "
                "into PGPASSWORD or ~/.pgpass");
  job.at_once = TRY(arguments.number("--nodes", NumberRange{1, 100'000})).value_or(0);
  job.shards = TRY(arguments.number("--shards", NumberRange{1, 100'000}))
                   .value_or(std::max(1, job.at_once));
  job.scratch = arguments.get("--scratch").value_or("");
  job.sbatch = arguments.all("--sbatch");
  return job;
}

// What sbatch prints: the job's id, by --parsable.
Result<std::string> submitted(std::vector<std::string> words, const World& world) {
  words.insert(words.begin(), {"sbatch", "--parsable"});
  ChildProcess sbatch = TRY(ChildProcess::start(words, world.environment));
  while (!sbatch.how_it_ended())
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const std::vector<std::string> said = sbatch.last_lines(3);
  if (*sbatch.how_it_ended() != "ended with exit code 0" || said.empty())
    return fail(Fault::usage, "sbatch {}: {}", *sbatch.how_it_ended(),
                join(said, "; "));
  return split(said.back(), ';').front();
}

Status submit_to_slurm(const ExamJob& job, const Arguments& arguments, World& world) {
  const std::string array = TRY(slurm_array(job));
  if (arguments.has("--dry-run")) {
    world.console.print(array + "\n" + slurm_merge(job));
    return {};
  }
  std::error_code error;
  fs::create_directories(job.folder, error);
  const fs::path ask = fs::path(job.folder) / "ask.sh";
  const fs::path merge = fs::path(job.folder) / "merge.sh";
  TRY(write_file(ask, array).in("--dir"));
  TRY(write_file(merge, slurm_merge(job)).in("--dir"));
  const std::string id = TRY(submitted({ask.string()}, world));
  const std::string behind =
      TRY(submitted({"--dependency=afterany:" + id, merge.string()}, world));
  if (arguments.has("--json")) {
    world.console.print(nlohmann::ordered_json{{"array", id},
                                               {"merge", behind},
                                               {"dir", job.folder},
                                               {"store", job.store},
                                               {"shards", job.shards}}
                            .dump() +
                        "\n");
  } else {
    world.console.print(fmt::format("{} {}\n", id, behind));
    world.console.tell(
        fmt::format("{} parts in job {}, merged by job {} into {}; see {}", job.shards,
                    id, behind, job.store, job.folder));
  }
  return {};
}

}  // namespace

Result<int> submit_command(const Arguments& arguments, World& world) {
  const std::string to = arguments.positional.empty() ? "" : arguments.positional[0];
  if (to != "slurm" && to != "kubernetes")
    return fail(Fault::usage, "found {}, expected slurm or kubernetes",
                to.empty() ? "nothing" : to);
  Arguments run = arguments;
  run.command = Command::run;
  run.positional.erase(run.positional.begin());
  ExamJob job = TRY(job_of(arguments, run));
  TRY(check_run(run, world));
  if (to == "slurm") {
    TRY(submit_to_slurm(job, arguments, world));
    return complete;
  }
  for (const char* const needed : {"--image", "--claim", "--dir"})
    if (!arguments.has(needed))
      return fail(Fault::usage, "{} is missing: see proctor submit --help", needed);
  job.program = "proctor";
  world.console.print(
      TRY(kubernetes_job(job, {*arguments.get("--image"), *arguments.get("--claim")})));
  return complete;
}

}  // namespace proctor
