// The languages that people are spoken to in. Part of report.h.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "proctor/base/base.h"

namespace proctor {

enum class Language { en, ja };

// "en" or "ja"; Fault::usage for anything else.
Result<Language> language_named(std::string_view name);
// PROCTOR_LANG's, else that of the locale (LC_ALL, LC_MESSAGES, LANG), else English.
Result<Language> language_of(const Environment& environment);

// The text of the user's language, filled in; both have the same places.
template <class... Values>
std::string in_language(Language language, fmt::format_string<Values...> english,
                        fmt::format_string<Values...> japanese, Values&&... values) {
  return fmt::format(language == Language::ja ? japanese : english,
                     std::forward<Values>(values)...);
}

}  // namespace proctor
