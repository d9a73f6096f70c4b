// A conversation through the model's chat template, as pieces: what the template wrote
// and what was put into it stay apart. Not for other folders.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/engine/engine.h"
#include "proctor/engine/llama/family.h"
#include "proctor/engine/llama/jinja.h"
#include "proctor/engine/llama/vocabulary.h"

namespace proctor {

class ChatTemplate {
 public:
  // The model's own where options.chat_template is empty; else a family that llama.cpp
  // knows by name, a file of Jinja, or "none": contents alone, a blank line between
  // them. Fault::usage for a name that is none of these, Fault::data for a file that is
  // no Jinja. A model without a template, or with one that is no Jinja, is an error
  // only when it is asked: see can_chat(). Model and vocabulary must outlive it.
  static Result<ChatTemplate> of(const llama_model* model, const Vocabulary& vocabulary,
                                 const EngineOptions& options);

  // From now on a rendering ends by Fault::cancelled soon after this says so, and no
  // longer by options.is_stopped.
  void stop_by(IsStopped is_stopped) { is_stopped_ = std::move(is_stopped); }
  // Fault::usage: no template, one that writes no date where one is told, or, where
  // `reasoning` is not empty, one that cannot be told so.
  Status can_chat(const std::string& reasoning) const;
  const ChatFacts& facts() const { return facts_; }
  // Part of the run's identity: the template's digest or name, and the date where the
  // template writes one.
  const std::string& identity() const { return identity_; }
  // What identity() is where the options name neither a template nor a date: that of
  // bare text, in which no template has a part.
  const std::string& own_identity() const { return own_identity_; }

  // A last turn of the assistant is the beginning of the reply. `answers_now`: the
  // reply is to begin with the answer, so a thought that the template opens is closed;
  // so it is before a reply that has been begun. Fault::rejected where the template
  // refuses or leaves out a turn for what is in it; Fault::usage where it refuses,
  // leaves out, repeats or moves one for the roles alone.
  Result<std::vector<Piece>> render(std::span<const EngineTurn> turns,
                                    const std::string& reasoning, bool answers_now);

 private:
  struct None {};

  ChatTemplate() = default;
  Status take(const std::string& source);
  void look();
  std::vector<std::string> known_efforts() const;
  TemplateVariables variables_for(const std::string& reasoning) const;
  std::optional<std::string> rendered(std::span<const EngineTurn> turns,
                                      const std::string& reasoning) const;
  Status check_roles(std::span<const EngineTurn> turns,
                     const std::string& reasoning) const;
  Status find_turns(std::span<const EngineTurn> turns,
                    const std::string& reasoning) const;
  Result<std::vector<Piece>> render_jinja(std::span<const EngineTurn> turns,
                                          const std::string& reasoning) const;

  std::variant<None, TemplateFamily, Jinja> template_;
  std::string identity_, own_identity_;
  std::string source_;   // of the Jinja
  std::string why_not_;  // it cannot chat
  bool is_told_date_ = false;
  IsStopped is_stopped_;
  TemplateVariables variables_;
  ChatFacts facts_;
  // What was found of reasoning and roles. One thread renders.
  mutable std::map<std::vector<std::string>, Status> checked_;
  const Vocabulary* vocabulary_ = nullptr;
};

// What a request puts in: its turns through the template, or its bare text.
Result<std::vector<Piece>> pieces_of(ChatTemplate& chat, const EngineRequest& request);

}  // namespace proctor
