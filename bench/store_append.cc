// How many completions a second the SQLite store takes, by size of the batch. TMPDIR
// says which disk: on a tmpfs the time is ours, elsewhere mostly the disk's fsync.
#include <filesystem>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <stdlib.h>

#include "proctor/store/store.h"

namespace proctor {
namespace {

constexpr std::size_t body_bytes = 1500;

std::vector<Completion> completions_of(std::size_t batch, std::uint64_t& next) {
  std::vector<Completion> completions(batch);
  for (Completion& completion : completions) {
    const std::uint64_t number = next++;
    completion.trial = {.ordinal = static_cast<std::uint32_t>(number % 14042),
                        .repeat = static_cast<std::uint16_t>(number / 14042)};
    completion.attempts.push_back(
        {.id = fmt::format("01920000-0000-7000-{:016x}", number),
         .outcome = Reply{.text = "The answer is B.",
                          .finish_reason = "stop",
                          .model = "mistral:7b",
                          .tokens = {.prompt = 300, .reply = 6}},
         .status = 200,
         .request = std::string(body_bytes, 'q'),
         .response = std::string(body_bytes, 'r'),
         .started = WallTime(Microseconds(1'700'000'000'000'000 + number)),
         .latency = Microseconds(250'000)});
  }
  return completions;
}

void append(benchmark::State& state) {
  std::string folder = std::filesystem::temp_directory_path() / "proctor-bench-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return state.SkipWithError("no folder");
  {
    Dataset dataset{.name = "bench", .split = "test"};
    Plan plan{.info = {.key = {.provider = "bench"}}, .dataset = &dataset};
    auto store = open_sqlite_store(folder + "/proctor.db", OpenMode::read_write);
    if (!store || !(*store)->open(plan)) return state.SkipWithError("no store");
    std::uint64_t next = 0;
    const auto batch = static_cast<std::size_t>(state.range(0));

    for (auto _ : state) {
      state.PauseTiming();
      const std::vector<Completion> completions = completions_of(batch, next);
      state.ResumeTiming();
      if (!(*store)->append(plan, completions)) state.SkipWithError("not appended");
    }

    state.SetItemsProcessed(state.iterations() * state.range(0));
    store->reset();
    const auto bytes = std::filesystem::file_size(folder + "/proctor.db");
    state.counters["bytes/completion"] =
        static_cast<double>(bytes) / static_cast<double>(next);
  }
  std::filesystem::remove_all(folder);
}
BENCHMARK(append)->Arg(1)->Arg(64)->Arg(1000)->UseRealTime();

}  // namespace
}  // namespace proctor
