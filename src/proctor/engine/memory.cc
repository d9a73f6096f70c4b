#include "proctor/engine/memory.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <set>
#include <thread>

#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif

#include "proctor/engine/engine.h"

namespace proctor {
namespace {

std::optional<std::int64_t> number_in(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::int64_t number = 0;
  if (file >> number) return number;
  return std::nullopt;
}

// What Linux says is free or can be freed.
std::optional<std::int64_t> available() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  std::int64_t kilobytes = 0;
  std::string unit;
  while (file >> key >> kilobytes) {
    if (key == "MemAvailable:") return kilobytes * 1024;
    std::getline(file, unit);
  }
  return std::nullopt;
}

// The pages of files among what a group uses: the model's own are there once it has
// been read, and would be counted against it the next time.
std::int64_t file_pages(const std::filesystem::path& stat, std::string_view prefix) {
  std::ifstream file(stat);
  std::string key;
  std::int64_t bytes = 0;
  std::int64_t sum = 0;
  while (file >> key >> bytes) {
    if (key == fmt::format("{}inactive_file", prefix) ||
        key == fmt::format("{}active_file", prefix)) {
      sum = plus(sum, std::max<std::int64_t>(0, bytes));
    }
  }
  return sum;
}

// Where the two versions keep what.
struct GroupFiles {
  const char *most, *used, *prefix;
};
constexpr GroupFiles version_2{"memory.max", "memory.current", ""};
constexpr GroupFiles version_1{"memory.limit_in_bytes", "memory.usage_in_bytes",
                               "total_"};

std::optional<std::int64_t> left_in(const std::filesystem::path& group,
                                    const GroupFiles& files) {
  const auto most = number_in(group / files.most);  // "max" is no number
  const auto used = number_in(group / files.used);
  if (!most || !used) return std::nullopt;
  const std::int64_t held = std::max<std::int64_t>(
      0, *used - file_pages(group / "memory.stat", files.prefix));
  return std::max<std::int64_t>(0, *most - held);
}

std::optional<std::int64_t> left_of_address_space() {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return std::nullopt;
  }
  const std::int64_t pages = number_in("/proc/self/statm").value_or(0);
  const auto used = pages * static_cast<std::int64_t>(::sysconf(_SC_PAGESIZE));
  return std::max<std::int64_t>(0, static_cast<std::int64_t>(limit.rlim_cur) - used);
}

std::size_t physical_cores() {
  std::set<std::string> cores;  // hyper-threads of one core name the same siblings
#ifdef __linux__
  cpu_set_t mine;
  CPU_ZERO(&mine);
  if (::sched_getaffinity(0, sizeof mine, &mine) == 0) {
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (!CPU_ISSET(static_cast<std::size_t>(cpu), &mine)) continue;
      std::ifstream file(fmt::format(
          "/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", cpu));
      std::string siblings;
      if (!(file >> siblings)) siblings = fmt::format("{}", cpu);
      cores.insert(siblings);
    }
  }
#endif
  if (!cores.empty()) return cores.size();
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

std::int64_t plus(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max()
                                            : sum;
}

std::int64_t times(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product)
             ? std::numeric_limits<std::int64_t>::max()
             : product;
}

std::optional<std::int64_t> left_in_groups(const std::filesystem::path& root,
                                           const std::filesystem::path& groups) {
  std::optional<std::int64_t> least;
  std::ifstream file(groups);
  for (std::string line; std::getline(file, line);) {  // "0::/a/b", "5:memory:/a/b"
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string_view kinds =
        std::string_view(line).substr(first + 1, second - first - 1);
    const bool is_2 = kinds.empty();
    if (!is_2 && kinds != "memory") continue;
    const std::filesystem::path top = is_2 ? root : root / "memory";
    std::filesystem::path name = std::filesystem::path(line.substr(second + 1))
                                     .relative_path()
                                     .lexically_normal();
    // Inside a container some of the folders are out of sight; the others count.
    while (true) {
      const auto left = left_in(top / name, is_2 ? version_2 : version_1);
      if (left && (!least || *left < *least)) least = left;
      if (name.empty() || name == ".") break;
      name = name.parent_path();
    }
  }
  return least;
}

MemoryNeed memory_for(const GgufHeader& header, const MemoryUse& use) {
  const auto of = [&](std::string_view key, std::int64_t otherwise) {
    return std::clamp<std::int64_t>(header.of_architecture(key, otherwise), 0,
                                    std::int64_t{1} << 32U);
  };
  const std::int64_t layers = of("block_count", 32);
  const std::int64_t width = of("embedding_length", 4096);
  const std::int64_t heads = std::max<std::int64_t>(1, of("attention.head_count", 32));
  const auto architecture = header.texts.find("general.architecture");
  const bool each_layer =
      architecture != header.texts.end() &&
      header.lengths.contains(architecture->second + ".attention.head_count_kv");
  const std::int64_t cached_heads =  // an array has them layer by layer, summed
      each_layer ? of("attention.head_count_kv", times(heads, layers))
                 : times(of("attention.head_count_kv", heads), layers);
  const std::int64_t keys = of("attention.key_length", width / heads);
  const std::int64_t values = of("attention.value_length", width / heads);
  const auto vocabulary = header.lengths.find("tokenizer.ggml.tokens");
  const std::int64_t tokens =
      vocabulary == header.lengths.end() ? 0 : vocabulary->second;
  const std::int64_t inner = of("feed_forward_length", times(width, 4));

  MemoryNeed need;
  need.weights = header.tensor_bytes;
  if (use.float32) {
    need.weights = 0;
    for (const auto& [type, count] : header.parameters)
      need.weights = plus(need.weights, times(count, 4));
  }
  need.cache = times(times(use.context, cached_heads),
                     times(plus(keys, values), use.cache_bytes));
  // The graph's largest rows at once: a layer's activations, which token sees which,
  // the attention's scores where there is no flash attention, the logits twice (the
  // graph's and the ones handed out).
  const std::int64_t a_cell = use.flash ? 2 : plus(4, times(heads, 8));
  const std::int64_t a_row = times(plus(times(width, 6), times(inner, 3)), 4);
  need.buffers =
      plus(times(use.portion, a_row), times(times(use.portion, use.context), a_cell));
  need.buffers = plus(need.buffers, times(times(use.outputs, tokens), 8));
  need.buffers = plus(need.buffers, plus(times(tokens, 160), std::int64_t{24} << 20U));
  return need;
}

std::optional<MemoryLeft> memory_left() {
  std::optional<MemoryLeft> least;
  const auto see = [&](std::optional<std::int64_t> bytes, std::string_view limit) {
    if (bytes && (!least || *bytes < least->bytes)) least = MemoryLeft{*bytes, limit};
  };
  see(left_of_address_space(), "ulimit -v");
  see(left_in_groups("/sys/fs/cgroup", "/proc/self/cgroup"), "the control group");
  see(available(), "free memory");
  return least;
}

std::string in_bytes(std::int64_t bytes) {
  const auto number = static_cast<double>(bytes);
  if (bytes >= 1'000'000'000) return fmt::format("{:.1f} GB", number / 1e9);
  if (bytes >= 1'000'000) return fmt::format("{:.0f} MB", number / 1e6);
  return fmt::format("{:.0f} kB", number / 1e3);
}

int idle_cores() {
  const auto cores = static_cast<double>(physical_cores());
  double load = 0;
  if (::getloadavg(&load, 1) != 1) load = 0;
  return static_cast<int>(std::max(1.0, std::round(cores - load)));
}

}  // namespace proctor
