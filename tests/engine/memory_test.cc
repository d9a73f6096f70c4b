#include "proctor/engine/memory.h"

#include <limits>

#include <gmock/gmock.h>

#include "engine/models.h"

namespace proctor {
namespace {

// A made-up /sys/fs/cgroup, and a process in it.
class Groups {
 public:
  explicit Groups(const std::string& of_process) { folder_.file("self", of_process); }
  Groups& file(const std::string& name, const std::string& content) {
    std::filesystem::create_directories((folder_.path() / "root" / name).parent_path());
    folder_.file("root/" + name, content + "\n");
    return *this;
  }
  Groups& group(const std::string& name, const std::string& most,
                const std::string& used) {
    return file(name + "/memory.max", most).file(name + "/memory.current", used);
  }
  std::optional<std::int64_t> left() const {
    return left_in_groups(folder_.path() / "root", folder_.path() / "self");
  }

 private:
  TemporaryFolder folder_;
};

TEST(Memory, what_a_control_group_has_not_used_is_left) {
  Groups groups("0::/\n");
  groups.group(".", "1000", "300");

  EXPECT_EQ(groups.left(), 700);
}

TEST(Memory, what_the_kernel_keeps_of_files_is_not_used) {
  Groups groups("0::/\n");
  groups.group(".", "1000", "900");
  groups.file("memory.stat", "anon 100\ninactive_file 500\nactive_file 200\nfile 700");

  EXPECT_EQ(groups.left(), 800);
}

TEST(Memory, the_limit_of_a_group_above_counts) {
  Groups groups("0::/slurm/job/step\n");
  groups.group("slurm/job/step", "max", "100");
  groups.group("slurm/job", "1000", "400");
  groups.group("slurm", "5000", "4000");

  EXPECT_EQ(groups.left(), 600);
}

TEST(Memory, a_group_without_a_limit_leaves_no_number) {
  Groups groups("0::/\n");
  groups.group(".", "max", "300");

  EXPECT_EQ(groups.left(), std::nullopt);
}

TEST(Memory, control_groups_of_version_1_are_read_too) {
  Groups groups("5:memory:/docker/1a2b\n4:cpu,cpuacct:/docker/1a2b\n");
  groups.file("memory/docker/1a2b/memory.limit_in_bytes", "1000");
  groups.file("memory/docker/1a2b/memory.usage_in_bytes", "900");
  groups.file("memory/docker/1a2b/memory.stat",
              "inactive_file 1\ntotal_inactive_file 600\ntotal_active_file 100");

  EXPECT_EQ(groups.left(), 800);
}

TEST(Memory, a_group_that_is_out_of_sight_leaves_the_mounted_one) {
  Groups groups("5:memory:/docker/1a2b\n");
  groups.file("memory/memory.limit_in_bytes", "1000");
  groups.file("memory/memory.usage_in_bytes", "100");

  EXPECT_EQ(groups.left(), 900);
}

TEST(Memory, a_header_that_asks_for_everything_gets_the_largest_number) {
  GgufHeader header;
  header.texts["general.architecture"] = "llama";
  for (const std::string key :
       {"block_count", "embedding_length", "feed_forward_length",
        "attention.head_count", "attention.head_count_kv", "attention.key_length",
        "attention.value_length"}) {
    header.numbers["llama." + key] = std::int64_t{1} << 32U;
  }
  header.lengths["tokenizer.ggml.tokens"] =
      std::numeric_limits<std::int64_t>::max() / 4;
  header.tensor_bytes = std::numeric_limits<std::int64_t>::max() / 4;

  const MemoryNeed need = memory_for(
      header, {.context = 1 << 30, .portion = 512, .outputs = 64, .flash = false});

  EXPECT_EQ(need.cache, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(need.buffers, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(need.sum(), std::numeric_limits<std::int64_t>::max());
}

}  // namespace
}  // namespace proctor
