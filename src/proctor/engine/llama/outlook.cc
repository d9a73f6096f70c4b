#include "proctor/engine/llama/outlook.h"

namespace proctor {
namespace {

using Turns = std::vector<EngineTurn>;

const EngineTurn system_turn{"system", "Be short."};
const EngineTurn user_turn{"user", "Why?"};

std::string text_of(const std::vector<Piece>& pieces) {
  std::string text;
  for (const Piece& piece : pieces) text += piece.text;
  return text;
}

std::string rendered(ChatTemplate& chat, const Turns& turns) {
  const auto pieces = chat.render(turns);
  return pieces ? text_of(*pieces) : std::string();
}

// What stands in the system's place where no system message is given: what is written
// before the user's words, less what frames a system message that is given.
std::string default_system_of(const std::vector<Piece>& without,
                              const std::vector<Piece>& with) {
  if (without.size() < 2 || with.size() < 4) return {};
  std::string_view before = without[0].text;
  const std::string_view opening = with[0].text;
  const std::string_view closing = with[2].text;
  if (before.size() < opening.size() + closing.size() || !before.starts_with(opening) ||
      !before.ends_with(closing)) {
    return {};
  }
  before.remove_prefix(opening.size());
  before.remove_suffix(closing.size());
  return std::string(python_strip(before));
}

ChatFacts facts_of(ChatTemplate& chat) {
  ChatFacts facts;
  if (const Status can = chat.can_chat(); !can) {
    facts.why_not = can.error().message;
    return facts;
  }
  const auto without = chat.render(Turns{user_turn});
  const auto with = chat.render(Turns{system_turn, user_turn});
  facts.takes_system = with.has_value();
  if (without && with) facts.default_system = default_system_of(*without, *with);
  return facts;
}

// Which of the templates that llama.cpp has by name writes the same conversation.
std::string family_of(const llama_model* model, ChatTemplate& own, bool takes_system) {
  Turns turns{system_turn, user_turn, {"assistant", "So."}, {"user", "And?"}};
  if (!takes_system) turns.erase(turns.begin());
  const std::string wanted = rendered(own, turns);
  if (wanted.empty()) return {};
  for (const std::string& name : chat_template_names()) {
    auto family = ChatTemplate::of(model, name);
    if (family && rendered(*family, turns) == wanted) return name;
  }
  return {};
}

std::string text_of(const llama_vocab* vocabulary, llama_token token) {
  const char* const text =
      token == LLAMA_TOKEN_NULL ? nullptr : llama_vocab_get_text(vocabulary, token);
  return text == nullptr ? std::string() : text;
}

}  // namespace

EngineOutlook outlook_of(Loaded& loaded) {
  EngineOutlook outlook;
  const llama_vocab* const vocabulary = loaded.vocabulary->get();
  outlook.bos = text_of(vocabulary, llama_vocab_bos(vocabulary));
  outlook.eos = text_of(vocabulary, llama_vocab_eos(vocabulary));
  outlook.adds_bos = !outlook.bos.empty() && llama_vocab_get_add_bos(vocabulary);
  outlook.chat = facts_of(*loaded.chat);
  if (!outlook.chat.why_not.empty()) return outlook;
  outlook.family =
      family_of(loaded.model.get(), *loaded.chat, outlook.chat.takes_system);
  const std::string chat = rendered(*loaded.chat, {user_turn});
  outlook.writes_bos = !outlook.bos.empty() && chat.starts_with(outlook.bos);
  return outlook;
}

}  // namespace proctor
