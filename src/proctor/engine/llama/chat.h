// A conversation through a chat template that llama.cpp knows, as pieces: what the
// template wrote and what was put into it stay apart. Not for other folders.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/engine/engine.h"
#include "proctor/engine/llama/vocabulary.h"

namespace proctor {

class ChatTemplate {
 public:
  // A name (--chat-template), or the model's own where it is empty. Fault::usage for a
  // name that llama.cpp does not have. A model without a template, or with one that
  // llama.cpp does not know, is an error only when it is asked: see can_chat().
  static Result<ChatTemplate> of(const llama_model* model, const std::string& name);

  Status can_chat() const;
  // "chatml", "the model's own (1f3a...)": part of the identity.
  const std::string& identity() const { return identity_; }

  // A last turn of the assistant is the beginning of the reply. Fault::rejected where
  // the template leaves out or moves a turn.
  Result<std::vector<Piece>> render(std::span<const EngineTurn> turns);

 private:
  // What is between the turns' contents, and whether a content's ends are stripped.
  struct Frame {
    std::vector<std::string> between;  // one more than turns
    std::vector<bool> strips_left, strips_right;
  };

  Result<Frame> frame_of(const std::vector<std::string>& roles) const;

  std::string template_;  // a name or Jinja's text, both of which llama.cpp takes
  std::string identity_;
  std::string why_not_;  // it cannot chat
  std::map<std::vector<std::string>, Frame> frames_;
};

// The names that llama.cpp knows.
std::vector<std::string> chat_template_names();

}  // namespace proctor
