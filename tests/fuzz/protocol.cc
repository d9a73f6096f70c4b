// A protocol of the user's own.
#include "fuzz/fuzz.h"
#include "proctor/prompt/prompt.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto protocol = proctor::parse_protocol(text_of(data, size), "own.toml");
  if (!protocol) {
    PROMISE(protocol.error().message.find("own.toml") != std::string::npos);
    return 0;
  }
  const proctor::Question question{
      .id = "a/test/0", .subject = "a", .text = "Q", .choices = {"x", "y"}};
  PROMISE(!proctor::identity_of(*protocol).empty());
  if (protocol->shots == 0) proctor::render(*protocol, {}, question);
  return 0;
}
