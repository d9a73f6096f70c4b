#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/submit/submit.h"

namespace proctor {
namespace {

using testing::HasSubstr;
using testing::Not;

const ExamJob job{.program = "/opt/it's/proctor",
                  .words = {"openai/m", "--system", "say 'A'\nor $B"},
                  .workdir = "/home/me/my exams",
                  .folder = "/shared/jobs",
                  .store = "/home/me/my exams/all.db",
                  .name = "proctor-1",
                  .shards = 8,
                  .at_once = 3,
                  .sbatch = {"--mem=8G"}};

TEST(SlurmArray, has_the_number_of_parts_written_down) {
  const std::string script = slurm_array(job).value();

  EXPECT_THAT(script, HasSubstr("#SBATCH --array=1-8%3\n"));
  EXPECT_THAT(script, HasSubstr("--shard \"$shard/8\""));
  EXPECT_THAT(script, Not(HasSubstr("TASK_COUNT")));
  EXPECT_THAT(script, HasSubstr("#SBATCH --mem=8G\n"));
}

TEST(SlurmArray, quotes_what_a_shell_would_read_something_into) {
  const std::string script = slurm_array(job).value();

  EXPECT_THAT(script, HasSubstr("cd '/home/me/my exams' ||"));
  EXPECT_THAT(script, HasSubstr("'/opt/it'\\''s/proctor' run"));
  EXPECT_THAT(script, HasSubstr("'say '\\''A'\\''\nor $B'"));
}

TEST(SlurmArray, takes_no_option_of_two_lines_and_no_folder_that_is_a_command) {
  for (const char* const option : {"--mem=1\nrm -rf /", ""}) {
    ExamJob other = job;
    other.sbatch = {option};
    EXPECT_FALSE(slurm_array(other));
  }
  for (const char* const folder : {"a b", "a;b", "$(id)", "`id`", "a\nb", "a\"b"}) {
    ExamJob other = job;
    other.folder = folder;
    EXPECT_FALSE(slurm_array(other)) << folder;
    EXPECT_FALSE(kubernetes_job(other, {"i", "c"})) << folder;
    other = job;
    other.scratch = folder;
    EXPECT_FALSE(slurm_array(other)) << folder;
  }
}

TEST(SlurmMerge, goes_through_all_parts_and_asks_for_completeness) {
  const std::string script = slurm_merge(job);

  EXPECT_THAT(script, HasSubstr("shard <= 8;"));
  EXPECT_THAT(script, HasSubstr("--into '/home/me/my exams/all.db' --complete"));
}

TEST(SlurmScripts, of_a_shared_store_have_no_parts) {
  ExamJob shared = job;
  shared.store = "postgresql://me@host/exams";
  shared.is_shared = true;

  const std::string ask = slurm_array(shared).value(), merge = slurm_merge(shared);
  EXPECT_THAT(ask, Not(HasSubstr("--shard")));
  EXPECT_THAT(ask, HasSubstr("store='postgresql://me@host/exams'\n"));
  EXPECT_THAT(merge,
              HasSubstr("verify --complete --store 'postgresql://me@host/exams'"));
  EXPECT_THAT(merge, Not(HasSubstr(" merge ")));
}

TEST(KubernetesJob, escapes_what_yaml_would_read_something_into) {
  const std::string yaml = kubernetes_job(job, {"a\"b", "c\\d"}).value();

  EXPECT_THAT(yaml, HasSubstr("image: \"a\\\"b\"\n"));
  EXPECT_THAT(yaml, HasSubstr("claimName: \"c\\\\d\"\n"));
  EXPECT_THAT(yaml, HasSubstr("completions: 8\n"));
  EXPECT_THAT(yaml, HasSubstr("'say '\\\\''A'\\\\''\\nor $B'"));
}

}  // namespace
}  // namespace proctor
