// One reply as it is written: what the next token is, and when it ends. Not for other
// folders.
#pragma once

#include <optional>
#include <string>

#include "proctor/base/base.h"
#include "proctor/engine/engine.h"
#include "proctor/engine/llama/session.h"
#include "proctor/engine/llama/vocabulary.h"

namespace proctor {

class Writer {
 public:
  // `room`: tokens that the context leaves for the reply. `open_until`: ends the
  // thought that the prompt has begun. The vocabulary must outlive it.
  static Result<Writer> of(const EngineRequest& request, const Vocabulary& vocabulary,
                           std::size_t room,
                           std::optional<std::string_view> open_until);

  // How many tokens it may come to.
  std::size_t most() const { return most_; }
  // Chooses the next token from the logits at `index` of the session's last decode.
  // Fault::data where they are no numbers.
  Result<llama_token> next(Session& session, std::int32_t index);
  // Takes a token in. Why the reply ends with it, if it does: stop, length. A stop
  // string ends an answer, and no thought before it.
  std::optional<std::string> take(llama_token token);

  // Ends before the stop string, and before a character that the limit has cut; other
  // invalid UTF-8 is replaced.
  std::string text() const { return to_valid_utf8(text_); }
  std::int64_t tokens() const { return tokens_; }

 private:
  Writer() = default;
  std::size_t first_stop(std::size_t from) const;

  const Vocabulary* vocabulary_ = nullptr;
  std::vector<std::string> stop_;
  std::size_t longest_stop_ = 0;
  std::optional<std::string_view> open_until_;
  std::size_t most_ = 0;
  SamplerPointer sampler_;  // none: the likeliest token
  std::string text_;
  std::int64_t tokens_ = 0;
};

}  // namespace proctor
