// Bodies that servers send, in every dialect, as answers and as errors.
#include "fuzz/fuzz.h"
#include "proctor/backend/backend.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body = text_of(data, size);
  const proctor::Prompt written;
  const proctor::Prompt letters = {.continuations = {" A", " B"}, .labels = "AB"};
  for (const proctor::Provider& provider : proctor::providers()) {
    for (const proctor::Prompt& prompt : {written, letters}) {
      const auto reply = provider.dialect->decode(body, prompt);
      if (!reply) continue;
      PROMISE(!proctor::first_invalid_utf8(reply->text));
      PROMISE(!proctor::first_invalid_utf8(reply->reasoning));
      PROMISE(reply->logprobs.size() <= prompt.labels.size());
    }
  }
  proctor::HttpResponse response;
  response.body = body;
  response.headers = {{"retry-after", std::string(body)}};
  for (const int status : {400, 401, 404, 429, 500, 503}) {
    response.status = status;
    PROMISE(!proctor::error_of(response).message.empty());
    const auto wait = proctor::wait_asked_for(response, {});
    PROMISE(!wait || wait->count() >= 0);
  }
  return 0;
}
