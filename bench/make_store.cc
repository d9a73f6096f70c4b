// Makes a store of N replies to N questions, for what is measured on a large one:
//   bench_make_store 100000 big.db [replies.jsonl]
// Without a file of replies ({"reply": …} a line) they are 1,000 made-up characters.
#include <charconv>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "proctor/prompt/prompt.h"
#include "proctor/store/store.h"

namespace proctor {
namespace {

constexpr std::size_t batch = 1000;

std::vector<std::string> replies_of(const char* path) {
  std::vector<std::string> replies;
  std::ifstream file(path == nullptr ? "" : path);
  for (std::string line; std::getline(file, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (json.is_object()) replies.push_back(json.value("reply", ""));
  }
  for (char letter = 'A'; replies.empty() || letter <= 'D'; ++letter) {
    if (path != nullptr && !replies.empty()) break;
    std::string text;
    while (text.size() < 960) text += "Let us look at what the options say. ";
    replies.push_back(text + "The answer is (" + letter + ").");
  }
  return replies;
}

Question question_of(std::size_t i) {
  return {.id = fmt::format("q{}", i),
          .subject = fmt::format("subject_{:02}", i % 57),
          .text = fmt::format("Question {}: what follows from what was said?", i),
          .choices = {"one", "two", "three", "four"},
          .right = static_cast<int>(i % 4),
          .index = static_cast<int>(i / 57)};
}

Attempt attempt_of(std::size_t i, const std::string& text) {
  return {.id = fmt::format("01920000-0000-7000-8000-{:012x}", i),
          .outcome = Reply{.text = text,
                           .finish_reason = "stop",
                           .model = "made-up",
                           .tokens = {.prompt = 300, .reply = 250}},
          .status = 200,
          .request = std::string(1500, 'q'),
          .response = "{\"choices\":[" + text + "]}",
          .started = WallTime(
              Microseconds(1'700'000'000'000'000 + static_cast<std::int64_t>(i))),
          .latency = Microseconds(250'000)};
}

Status make(std::size_t n, const char* path, const std::vector<std::string>& replies) {
  Dataset dataset{.name = "made-up", .split = "test"};
  for (std::size_t i = 0; i < n; ++i) dataset.questions.push_back(question_of(i));
  dataset.digest = digest_of(dataset.questions);
  const Protocol protocol = TRY(find_protocol("mmlu_pro_official_local"));
  Plan plan{.info = {.key = {.provider = "made-up",
                             .dataset_digest = dataset.digest,
                             .protocol = identity_of(protocol)},
                     .dataset = dataset.name,
                     .split = dataset.split,
                     .protocol = protocol.name,
                     .extract = protocol.extract,
                     .subjects = "all"},
            .dataset = &dataset};
  const auto store = TRY(open_sqlite_store(path, OpenMode::read_write));
  TRY(store->open(plan));
  std::vector<Completion> completions;
  for (std::size_t i = 0; i < n; ++i) {
    completions.push_back(
        {.trial = {.ordinal = static_cast<std::uint32_t>(i)}, .attempts = {}});
    completions.back().attempts.push_back(attempt_of(i, replies[i % replies.size()]));
    if (completions.size() < batch && i + 1 < n) continue;
    TRY(store->append(plan, completions));
    completions.clear();
  }
  return {};
}

}  // namespace
}  // namespace proctor

int main(int argc, char** argv) {
  std::size_t n = 0;
  const std::string_view count = argc > 1 ? argv[1] : "";
  std::from_chars(count.data(), count.data() + count.size(), n);
  if (argc < 3 || n == 0) {
    std::fputs("bench_make_store N STORE [REPLIES.jsonl]\n", stderr);
    return 2;
  }
  const auto replies = proctor::replies_of(argc > 3 ? argv[3] : nullptr);
  const auto made = proctor::make(n, argv[2], replies);
  if (made) return 0;
  std::fprintf(stderr, "%s\n", made.error().message.c_str());
  return 1;
}
