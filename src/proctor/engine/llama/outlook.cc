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
  const auto pieces = chat.render(turns, "", false);
  return pieces ? text_of(*pieces) : std::string();
}

// Which of the templates that llama.cpp has by name writes the same conversation.
std::string family_of(ChatTemplate& own, bool takes_system) {
  Turns turns{system_turn, user_turn, {"assistant", "So."}, {"user", "And?"}};
  if (!takes_system) turns.erase(turns.begin());
  const std::string wanted = rendered(own, turns);
  if (wanted.empty()) return {};
  for (const std::string& name : template_families()) {
    const auto pieces = TemplateFamily(name).render(turns);
    if (pieces && text_of(*pieces) == wanted) return name;
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
  outlook.chat = loaded.chat->facts();
  if (!outlook.chat.why_not.empty()) return outlook;
  outlook.family = family_of(*loaded.chat, outlook.chat.takes_system);
  const std::string chat = rendered(*loaded.chat, {user_turn});
  outlook.writes_bos = !outlook.bos.empty() && chat.starts_with(outlook.bos);
  return outlook;
}

}  // namespace proctor
