// The languages that people are spoken to in. Part of report.h.
#pragma once

#include <string>
#include <utility>

#include "proctor/base/base.h"

namespace proctor {

enum class Language { en, ja };

// The text of the user's language, filled in; both have the same places.
template <class... Values>
std::string in_language(Language language, fmt::format_string<Values...> english,
                        fmt::format_string<Values...> japanese, Values&&... values) {
  return fmt::format(language == Language::ja ? japanese : english,
                     std::forward<Values>(values)...);
}

}  // namespace proctor
