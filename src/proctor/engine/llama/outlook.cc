#include "proctor/engine/llama/outlook.h"

namespace proctor {
namespace {

using Turns = std::vector<EngineTurn>;

const EngineTurn system_turn{"system", "Be short."};
const EngineTurn user_turn{"user", "Why?"};

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

}  // namespace

EngineOutlook outlook_of(Loaded& loaded) {
  EngineOutlook outlook;
  outlook.bos = loaded.vocabulary->bos_text();
  outlook.eos = loaded.vocabulary->eos_text();
  outlook.adds_bos =
      !outlook.bos.empty() && llama_vocab_get_add_bos(loaded.vocabulary->get());
  outlook.chat = loaded.chat->facts();
  if (!outlook.chat.why_not.empty()) return outlook;
  outlook.family = family_of(*loaded.chat, outlook.chat.takes_system);
  const std::string chat = rendered(*loaded.chat, {user_turn});
  outlook.writes_bos = !outlook.bos.empty() && chat.starts_with(outlook.bos);
  return outlook;
}

}  // namespace proctor
