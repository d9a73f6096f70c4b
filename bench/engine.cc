// One mode of the engine on a list of prompts: one line of JSON with the CPU seconds of
// this process, the tokens, and each prompt's letter log-probabilities. bench/engine.py
// sets the modes side by side.
//
//   bench_engine MODEL.gguf PROMPTS shared|naive|exact|exact-naive [THREADS]
//
// PROMPTS: prompts, each ended by a NUL byte.
#include <algorithm>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "ask.h"

namespace {

using proctor::EngineAnswer;

struct Mode {
  std::string_view name;
  bool exact, share;
};
constexpr Mode modes[] = {{"shared", false, true},
                          {"naive", false, false},
                          {"exact", true, true},
                          {"exact-naive", true, false}};

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::vector<proctor::EngineRequest> requests_of(
    const std::vector<std::string>& prompts) {
  std::vector<proctor::EngineRequest> requests;
  for (const std::string& prompt : prompts) {
    proctor::EngineRequest& request = requests.emplace_back();
    request.text = prompt;
    request.continuations = {" A", " B", " C", " D"};
  }
  return requests;
}

int complain(const std::string& message) {
  std::cerr << "bench_engine: " << message << '\n';
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return complain("MODEL.gguf PROMPTS MODE [THREADS]");
  const auto* const mode = std::ranges::find(modes, argv[3], &Mode::name);
  if (mode == std::end(modes)) return complain("no such mode");
  const auto text = proctor::read_file(argv[2]);
  if (!text) return complain(text.error().message);
  const std::vector<std::string> prompts = parts_of(*text);
  proctor::EngineOptions options;
  options.model = argv[1];
  options.threads = argc > 4 ? std::atoi(argv[4]) : 1;
  options.exact = mode->exact;
  options.share = mode->share;
  const auto engine = proctor::load_engine(options);
  if (!engine) return complain(engine.error().message);

  const double before = cpu_seconds();
  const std::vector<EngineAnswer> answers = ask(**engine, requests_of(prompts));
  const double spent = cpu_seconds() - before;

  std::int64_t asked = 0, decoded = 0;
  auto scores = nlohmann::json::array();
  for (const EngineAnswer& answer : answers) {
    if (!answer.reply) return complain(answer.reply.error().message);
    asked += answer.reply->prompt_tokens;
    decoded += answer.reply->decoded;
    auto row = nlohmann::json::array();
    for (const auto& letter : answer.reply->likelihoods) row.push_back(letter.sum);
    scores.push_back(std::move(row));
  }
  const nlohmann::json line = {{"n", prompts.size()},
                               {"cpu_s", spent},
                               {"prompt_tokens", asked},
                               {"decoded", decoded},
                               {"build", (*engine)->info().build},
                               {"identity", (*engine)->info().identity},
                               {"scores", std::move(scores)}};
  std::cout << line.dump() << '\n';
  return 0;
}
