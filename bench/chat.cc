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

#include "ask.h"

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
  proctor::EngineOptions options;
  options.model = argv[1];
  options.threads = 1;
  options.exact = argc > 4;
  const auto engine = proctor::load_engine(options);
  if (!engine) return complain(engine.error().message);
  std::vector<proctor::EngineRequest> requests;
  for (const std::string& question : parts_of(*text)) {
    proctor::EngineRequest& request = requests.emplace_back();
    request.turns = {{"user", question}};
    request.max_tokens = std::atoi(argv[3]);
  }
  for (const EngineAnswer& answer : ask(**engine, std::move(requests))) {
    if (!answer.reply) return complain(answer.reply.error().message);
    const nlohmann::json line = {{"prompt", answer.prompt},
                                 {"tokens", answer.tokens},
                                 {"reply", answer.reply->written}};
    std::cout << line.dump() << '\n';
  }
  return 0;
}
