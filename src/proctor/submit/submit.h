// An exam as jobs of a cluster's own scheduler. Texts in, texts out: nothing is started
// here, and nothing stays behind to watch over the jobs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {

// What every job asks a part of.
struct ExamJob {
  std::string program = {};             // proctor's path, where the jobs run
  std::vector<std::string> words = {};  // behind `proctor run`: no store, no part
  std::string workdir = {};  // where it is run, as relative names in `words` mean
  std::string folder = {};   // of scripts, logs and the parts' stores: part-1.db, …
  std::string store = {};    // that takes all parts
  // It is a server's: all jobs ask one run there, and share it among themselves.
  bool is_shared = false;
  std::string name = "proctor";          // of the jobs
  int shards = 1;                        // parts
  int at_once = 0;                       // at most; 0: as the scheduler likes
  std::string scratch = {};              // the machine's own disk, "$TMPDIR"; or empty
  std::vector<std::string> sbatch = {};  // behind #SBATCH, a line each
};

// A job script of bash for an array 1-N of Slurm (`sbatch`). A task runs one part with
// a store of its own: on the shared disk, or in `scratch`, from where it is copied back
// each time that proctor ends. Two minutes before its time is up, or when it is
// pre-empted, proctor is told by SIGTERM, keeps what it has and the task goes back to
// the queue: the same command goes on where it stopped. The number of parts stands in
// the script, so that an array of which tasks were taken out is still the same exam.
// Fault::usage for an option with a line break, and for folders with blanks or what a
// shell would read something into.
Result<std::string> slurm_array(const ExamJob& job);
// The job behind it: merges the parts that there are (of a shared store it looks at the
// sums), says what each run came to, and ends with 75 where a reply is missing.
std::string slurm_merge(const ExamJob& job);

struct KubernetesPlace {
  std::string image = {};  // that has proctor
  std::string claim = {};  // a PersistentVolumeClaim, mounted as `folder`
};
// An Indexed Job in YAML, a part an index, the stores on the claim, where it is run,
// too; and what is to be run there once it has ended, as a comment.
Result<std::string> kubernetes_job(const ExamJob& job, const KubernetesPlace& place);

}  // namespace proctor
