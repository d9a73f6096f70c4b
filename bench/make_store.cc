// Makes a store of N replies to N questions, for what is measured on a large one:
//   bench_make_store 100000 big.db [replies.jsonl [MODEL]]
// Without a file of replies ({"reply": …} a line) they are 1,000 made-up characters. A
// line may have its question, too: {"id", "subject", "question", "choices", "right": 0,
// "reply"}. A store that is there gets one more run, of that model.
#include <algorithm>
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

struct Asked {
  Question question;
  std::string reply;
};

Question made_up(std::size_t i) {
  return {.id = fmt::format("q{}", i),
          .subject = fmt::format("subject_{:02}", i % 57),
          .text = fmt::format("Question {}: what follows from what was said?", i),
          .choices = {"one", "two", "three", "four"},
          .right = static_cast<int>(i % 4),
          .index = static_cast<int>(i / 57)};
}

// The question of a line; made up where it has none.
Question question_of(const nlohmann::json& json, std::size_t i) {
  if (!json.contains("question")) return made_up(i);
  return {.id = json.value("id", fmt::format("q{}", i)),
          .subject = json.value("subject", ""),
          .text = json.value("question", ""),
          .choices = json.value("choices", std::vector<std::string>()),
          .right = json.value("right", 0),
          .index = static_cast<int>(i)};
}

std::vector<nlohmann::json> lines_of(const char* path) {
  std::vector<nlohmann::json> lines;
  std::ifstream file(path == nullptr ? "" : path);
  for (std::string line; std::getline(file, line);) {
    auto json = nlohmann::json::parse(line, nullptr, false);
    if (json.is_object()) lines.push_back(std::move(json));
  }
  for (char letter = 'A'; path == nullptr && letter <= 'D'; ++letter) {
    std::string text;
    while (text.size() < 960) text += "Let us look at what the options say. ";
    lines.push_back({{"reply", text + "The answer is (" + letter + ")."}});
  }
  return lines;
}

// Questions stand in the order of their subjects.
std::vector<Asked> asked_of(std::size_t n, const std::vector<nlohmann::json>& lines) {
  std::vector<Asked> asked;
  for (std::size_t i = 0; i < n; ++i) {
    const nlohmann::json& line = lines[i % lines.size()];
    asked.push_back({question_of(line, i), line.value("reply", "")});
  }
  std::ranges::stable_sort(asked, {},
                           [](const Asked& one) { return one.question.subject; });
  return asked;
}

Attempt attempt_of(std::size_t i, const std::string& text, const std::string& model) {
  return {
      .id = fmt::format("01920000-0000-7000-{:.4}-{:012x}", sha256_hex(model), i),
      .outcome = Reply{.text = text,
                       .finish_reason = "stop",
                       .model = model,
                       .tokens = {.prompt = 300, .reply = 250}},
      .status = 200,
      .request = std::string(1500, 'q'),
      .response = "{\"choices\":[" + text + "]}",
      .started =
          WallTime(Microseconds(1'700'000'000'000'000 + static_cast<std::int64_t>(i))),
      .latency = Microseconds(250'000 + 37 * static_cast<std::int64_t>(text.size()))};
}

Status make(std::size_t n, const char* path, const std::vector<nlohmann::json>& lines,
            const std::string& model) {
  const std::vector<Asked> asked = asked_of(n, lines);
  Dataset dataset{.name = "made-up", .split = "test"};
  for (const Asked& one : asked) dataset.questions.push_back(one.question);
  dataset.digest = digest_of(dataset.questions);
  const Protocol protocol = TRY(find_protocol("mmlu_pro_official_local"));
  Plan plan{.info = {.key = {.provider = "made-up",
                             .model = model,
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
    completions.back().attempts.push_back(attempt_of(i, asked[i].reply, model));
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
    std::fputs("bench_make_store N STORE [REPLIES.jsonl [MODEL]]\n", stderr);
    return 2;
  }
  const auto lines = proctor::lines_of(argc > 3 ? argv[3] : nullptr);
  if (lines.empty()) {
    std::fputs("no line of JSON in the file of replies\n", stderr);
    return 2;
  }
  const auto made = proctor::make(n, argv[2], lines, argc > 4 ? argv[4] : "");
  if (made) return 0;
  std::fprintf(stderr, "%s\n", made.error().message.c_str());
  return 1;
}
