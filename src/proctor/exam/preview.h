// What a model would be sent, without sending it. Part of exam.h.
#pragma once

#include <string>

#include "proctor/exam/choose_model.h"
#include "proctor/prompt/prompt.h"
#include "proctor/question/question.h"

namespace proctor {

// The text; of several messages each behind its role.
std::string prompt_text(const Prompt& prompt);
// One object: question, messages or text, and of a provider's model the request's
// address and body without secrets, or why it cannot be sent.
std::string prompt_json(const Question& question, const Prompt& prompt,
                        const ModelChoice& choice);

}  // namespace proctor
