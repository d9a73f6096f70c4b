// Letters that a server scores: how likely each is as the first token that it would
// write. Not for other folders.
#pragma once

#include <string>
#include <string_view>

#include "proctor/backend/json.h"

namespace proctor {

// Fault::usage unless what is scored are the letters themselves, each with a blank
// before it or without: of anything longer a server tells the first token's likelihood
// only.
Status check_letters(const Prompt& prompt);
// Fault::usage where continuations are scored at all: `server` gives no likelihoods.
Status check_generates(const Prompt& prompt, std::string_view server);

// What llama.cpp's grammars call one letter, with the blank that begins a word or
// without.
std::string letters_grammar(std::string_view labels);
// Tokens that such a reply may take: the blank may be one of its own.
constexpr int most_of_a_letter = 2;
// Holds a reply that is written to one letter where the prompt wants that. Fault::usage
// where the server cannot.
Status add_only_letters(const Model& model, const Prompt& prompt, nlohmann::json& body);

// Puts each letter's log-probability into the reply, and makes the likeliest letter its
// text, the first of equals; finish_reason becomes "scored". "A" and " A" are the same
// letter, and their probabilities are added. A letter that is not among the tokens that
// the server lists is not known, and stands in no list; where none is known, the text
// is empty. Fault::usage where the answer lists no tokens. Reads the forms of OpenAI's
// chats and completions, of llama-server and of ollama.
Status read_letters(simdjson::dom::element answer, const Prompt& prompt, Reply& reply);

}  // namespace proctor
