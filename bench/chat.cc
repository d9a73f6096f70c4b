// Questions as chats, through the model's own chat template: one line of JSON for each
// with the prompt's text and tokens, and the reply. bench/server.py sets a llama-server
// beside it.
//
//   bench_chat MODEL.gguf QUESTIONS MAX_TOKENS [exact]
//
// QUESTIONS: user's turns, each ended by a NUL byte.
#include <iostream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "proctor/engine/engine.h"

namespace {

using proctor::EngineAnswer;

int complain(const std::string& message) {
  std::cerr << "bench_chat: " << message << '\n';
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return complain("MODEL.gguf QUESTIONS MAX_TOKENS [exact]");
  const auto text = proctor::read_file(argv[2]);
  if (!text) return complain(text.error().message);
  std::vector<std::string> questions = proctor::split(*text, '\0');
  if (!questions.empty() && questions.back().empty()) questions.pop_back();
  proctor::EngineOptions options;
  options.model = argv[1];
  options.threads = 1;
  options.exact = argc > 4;
  const auto engine = proctor::load_engine(options);
  if (!engine) return complain(engine.error().message);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    proctor::EngineRequest request;
    request.tag = i;
    request.turns = {{"user", questions[i]}};
    request.max_tokens = std::atoi(argv[3]);
    (*engine)->start(std::move(request));
  }
  std::vector<EngineAnswer> answers(questions.size());
  for (std::size_t ended = 0; ended < questions.size();) {
    for (EngineAnswer& answer :
         (*engine)->wait(std::chrono::steady_clock::now() + std::chrono::seconds(1))) {
      ++ended;
      answers[answer.tag] = std::move(answer);
    }
  }
  for (const EngineAnswer& answer : answers) {
    if (!answer.reply) return complain(answer.reply.error().message);
    const nlohmann::json line = {{"prompt", answer.prompt},
                                 {"tokens", answer.tokens},
                                 {"reply", answer.reply->written}};
    std::cout << line.dump() << '\n';
  }
  return 0;
}
