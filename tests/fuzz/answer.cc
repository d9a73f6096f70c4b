// Replies of models, through every reader.
#include <array>

#include "fuzz/fuzz.h"
#include "proctor/answer/answer.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::array<std::string, 4> choices = {"Paris", "Rome and Paris", "4",
                                                     "None of the above"};
  const std::string reply = proctor::to_valid_utf8(text_of(data, size));
  for (const proctor::Reader& reader : proctor::readers()) {
    const proctor::Answer answer =
        reader.read({.reply = reply, .labels = "ABCD", .choices = choices});
    PROMISE(!answer.rule.empty());
    PROMISE(!answer.letter || (*answer.letter >= 'A' && *answer.letter <= 'Z'));
    PROMISE(!answer.text || !proctor::first_invalid_utf8(*answer.text));
  }
  return 0;
}
