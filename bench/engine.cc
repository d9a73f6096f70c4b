// Questions per CPU second of the engine's modes on the same prompts, interleaved, and
// how far their scores differ. PROMPTS.txt: prompts, each ended by a line "---".
//
//   bench_engine MODEL.gguf PROMPTS.txt [ROUNDS]
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "proctor/engine/engine.h"

namespace {

using proctor::EngineAnswer;

struct Mode {
  const char* name;
  bool exact, share;
};

std::vector<std::string> prompts_of(const char* path) {
  std::ifstream file(path);
  std::vector<std::string> prompts;
  std::string prompt;
  for (std::string line; std::getline(file, line);) {
    if (line != "---") {
      prompt += (prompt.empty() ? "" : "\n") + line;
      continue;
    }
    prompts.push_back(std::move(prompt));
    prompt.clear();
  }
  return prompts;
}

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::size_t best_of(const EngineAnswer& answer) {
  const auto& all = answer.reply->likelihoods;
  std::size_t best = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].sum > all[best].sum) best = i;
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: bench_engine MODEL.gguf PROMPTS.txt [ROUNDS]\n";
    return 2;
  }
  const std::vector<std::string> prompts = prompts_of(argv[2]);
  const int rounds = argc > 3 ? std::stoi(argv[3]) : 2;
  constexpr Mode modes[] = {{"shared", false, true},
                            {"naive", false, false},
                            {"exact", true, true},
                            {"exact naive", true, false}};
  std::vector<std::vector<EngineAnswer>> kept(std::size(modes));
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t m = 0; m < std::size(modes); ++m) {
      proctor::EngineOptions options;
      options.model = argv[1];
      options.threads = 1;
      options.exact = modes[m].exact;
      options.share = modes[m].share;
      auto engine = proctor::load_engine(options);
      if (!engine) {
        std::cerr << engine.error().message << '\n';
        return 2;
      }
      const double before = cpu_seconds();
      for (std::size_t i = 0; i < prompts.size(); ++i) {
        proctor::EngineRequest request;
        request.tag = i;
        request.text = prompts[i];
        request.continuations = {" A", " B", " C", " D"};
        (*engine)->start(std::move(request));
      }
      std::vector<EngineAnswer> answers(prompts.size());
      std::int64_t asked = 0;
      std::int64_t decoded = 0;
      for (std::size_t ended = 0; ended < prompts.size();) {
        for (EngineAnswer& answer : (*engine)->wait(std::chrono::steady_clock::now() +
                                                    std::chrono::seconds(1))) {
          ++ended;
          if (!answer.reply) {
            std::cerr << answer.reply.error().message << '\n';
            return 1;
          }
          asked += answer.reply->prompt_tokens;
          decoded += answer.reply->decoded;
          answers[answer.tag] = std::move(answer);
        }
      }
      const double spent = cpu_seconds() - before;
      fmt::print(
          "{:12} {:5} questions  {:8.2f} CPU s  {:7.2f} questions per CPU s  "
          "tokens {} decoded {} ({:.2f}x)\n",
          modes[m].name, prompts.size(), spent,
          static_cast<double>(prompts.size()) / spent, asked, decoded,
          static_cast<double>(asked) / static_cast<double>(decoded));
      std::fflush(stdout);
      kept[m] = std::move(answers);
    }
  }
  for (std::size_t m = 0; m + 1 < std::size(modes); ++m) {
    double largest = 0;
    int changed = 0;
    for (std::size_t i = 0; i < prompts.size(); ++i) {
      const EngineAnswer& mine = kept[m][i];
      const EngineAnswer& naive = kept.back()[i];
      for (std::size_t c = 0; c < 4; ++c) {
        largest = std::max(largest, std::abs(mine.reply->likelihoods[c].sum -
                                             naive.reply->likelihoods[c].sum));
      }
      if (best_of(mine) != best_of(naive)) ++changed;
    }
    fmt::print(
        "{:12} against exact naive: largest difference {:.6f}, {} of {} answers "
        "changed\n",
        modes[m].name, largest, changed, prompts.size());
  }
  return 0;
}
