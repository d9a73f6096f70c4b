// Replies read a second by each reader, on one core.
//
// PROCTOR_REPLIES names a JSONL file whose lines hold `output` and, if there are any,
// `choices`; without it replies are made up.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "proctor/answer/answer.h"

namespace proctor {
namespace {

struct Stored {
  std::string reply, labels;
  std::vector<std::string> choices;
};

std::vector<Stored> replies_in(const char* path) {
  std::vector<Stored> replies;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const auto row = nlohmann::json::parse(line);
    auto choices = row.value("choices", std::vector<std::string>{});
    const std::size_t n =
        choices.empty() ? 4 : std::min<std::size_t>(choices.size(), 26);
    replies.push_back({row.at("output"), std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZ", n),
                       std::move(choices)});
  }
  return replies;
}

std::vector<Stored> made_up() {
  std::vector<Stored> replies;
  for (int i = 0; i < 1000; ++i) {
    std::string reply;
    for (int line = 0; line < i % 25; ++line) {
      reply +=
          "We know that the first statement holds, so the value is 3.5 m/s at most. ";
    }
    reply += i % 3 == 0 ? "Therefore, the answer is (B)." : "**Answer:** C";
    replies.push_back({reply, "ABCD", {"3.5 m/s", "7 m/s", "12 m/s", "none of these"}});
  }
  return replies;
}

const std::vector<Stored>& replies() {
  static const std::vector<Stored> all = [] {
    const char* const path = std::getenv("PROCTOR_REPLIES");
    return path != nullptr ? replies_in(path) : made_up();
  }();
  return all;
}

void read_all(benchmark::State& state, const Reader& reader) {
  std::size_t at = 0, bytes = 0;
  const std::vector<Stored>& all = replies();
  for (auto _ : state) {
    const Stored& stored = all[at];
    at = at + 1 == all.size() ? 0 : at + 1;
    bytes += stored.reply.size();
    benchmark::DoNotOptimize(reader.read(
        {.reply = stored.reply, .labels = stored.labels, .choices = stored.choices}));
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

// The slowest single reply, the best of five readings of each.
void slowest(benchmark::State& state, const Reader& reader) {
  using clock = std::chrono::steady_clock;
  double worst = 0;
  for (auto _ : state) {
    worst = 0;
    for (const Stored& stored : replies()) {
      double best = 1e9;
      for (int i = 0; i < 5; ++i) {
        const auto begin = clock::now();
        benchmark::DoNotOptimize(reader.read({.reply = stored.reply,
                                              .labels = stored.labels,
                                              .choices = stored.choices}));
        best =
            std::min(best, std::chrono::duration<double>(clock::now() - begin).count());
      }
      worst = std::max(worst, best);
    }
  }
  state.counters["worst_us"] = worst * 1e6;
}

const int registered = [] {
  for (const Reader& reader : readers()) {
    benchmark::RegisterBenchmark(("read/" + std::string(reader.name)).c_str(), read_all,
                                 reader);
  }
  benchmark::RegisterBenchmark("slowest/proctor", slowest, **find_reader("proctor"))
      ->Iterations(1)
      ->Unit(benchmark::kMillisecond);
  return 0;
}();

}  // namespace
}  // namespace proctor
