#include <algorithm>

#include "proctor/submit/submit.h"
#include "proctor/submit/words.h"

namespace proctor {
namespace {

std::string head(const ExamJob& job, std::string_view what) {
  return fmt::format(
      "#!/bin/bash\n"
      "#SBATCH --job-name={}-{}\n"
      "#SBATCH --output={}/{}.log\n"
      "#SBATCH --open-mode=append\n",
      job.name, what, job.folder, what == "ask" ? "%a" : what);
}

// The part's store, and how it comes to and from the machine's own disk.
std::string store_lines(const ExamJob& job) {
  const std::string folder = for_shell(job.folder);
  if (job.is_shared)
    return fmt::format("store={}\nkeep() {{ :; }}\n", for_shell(job.store));
  if (job.scratch.empty()) {
    return fmt::format("store={}/part-$shard.db\nkeep() {{ :; }}\n", folder);
  }
  return fmt::format(
      "kept={}/part-$shard.db\n"
      "store={}/proctor-$SLURM_JOB_ID-$shard.db\n"
      "[ ! -e \"$kept\" ] || cp \"$kept\" \"$store\"\n"
      "# A file without a log, and under its name only when it is whole.\n"
      "keep() {{\n"
      "  rm -f \"$store.out\"\n"
      "  {} merge \"$store\" --into \"$store.out\" >/dev/null &&\n"
      "    cp \"$store.out\" \"$kept.new\" && mv \"$kept.new\" \"$kept\"\n"
      "}}\n",
      folder, job.scratch, for_shell(job.program));
}

// Nothing in it means anything to a shell, to Slurm or to YAML, but $NAME.
bool is_word(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/_-.$%{}").find(c) != std::string_view::npos;
  });
}

}  // namespace

std::string words_for_shell(const ExamJob& job) {
  std::string text = for_shell(job.program) + " run";
  for (const std::string& word : job.words) text += " " + for_shell(word);
  return text;
}

Status check_job(const ExamJob& job) {
  for (const auto& [field, folder] :
       {std::pair{"`folder`", job.folder}, std::pair{"`scratch`", job.scratch}}) {
    if (!is_word(folder))
      return fail(Fault::usage,
                  "{}: found {}, expected a folder of letters, digits and / _ - .",
                  field, for_terminal_line(folder));
  }
  return {};
}

Result<std::string> slurm_array(const ExamJob& job) {
  TRY(check_job(job));
  std::string text = head(job, "ask");
  text += fmt::format("#SBATCH --array=1-{}{}\n", job.shards,
                      job.at_once > 0 ? fmt::format("%{}", job.at_once) : "");
  text += "#SBATCH --signal=B:TERM@120\n#SBATCH --requeue\n";
  for (const std::string& option : job.sbatch) {
    if (option.empty() || option.find('\n') != option.npos)
      return fail(Fault::usage, "`sbatch`: found {}, expected an option, as --mem=8G",
                  for_terminal_line(option));
    text += fmt::format("#SBATCH {}\n", option);
  }
  text += fmt::format(
      "shard=$SLURM_ARRAY_TASK_ID\n"
      "cd {} || exit 2\n{}"
      "{}{} --store \"$store\" --progress line &\n"
      "asking=$!\n"
      "trap 'kill -TERM $asking' TERM\n"
      "wait $asking\nstatus=$?\n"
      "# A signal ends wait; proctor then keeps what is on its way.\n"
      "while kill -0 $asking 2>/dev/null; do wait $asking; status=$?; done\n"
      "keep || exit 1\n"
      "[ $status -ne 143 ] || scontrol requeue \"$SLURM_JOB_ID\"\n"
      "exit $status\n",
      for_shell(job.workdir), store_lines(job), words_for_shell(job),
      job.is_shared ? "" : fmt::format(" --shard \"$shard/{}\"", job.shards));
  return text;
}

std::string slurm_merge(const ExamJob& job) {
  const std::string store = for_shell(job.store), program = for_shell(job.program);
  const std::string merge = fmt::format(
      "stores=()\n"
      "for ((shard = 1; shard <= {0}; ++shard)); do\n"
      "  store={1}/part-$shard.db\n"
      "  if [ -e \"$store\" ]; then stores+=(\"$store\"); "
      "else echo \"part $shard of {0}: no store\"; fi\n"
      "done\n"
      "[ ${{#stores[@]}} -gt 0 ] || exit 75\n"
      "{2} merge \"${{stores[@]}}\" --into {3} --complete\n",
      job.shards, for_shell(job.folder), program, store);
  return fmt::format(
      "{}cd {} || exit 2\n{}status=$?\n{} report --store {}\nexit $status\n",
      head(job, "merge"), for_shell(job.workdir),
      job.is_shared ? fmt::format("{} verify --complete --store {}\n", program, store)
                    : merge,
      program, store);
}

}  // namespace proctor
