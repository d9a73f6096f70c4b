#include "proctor/report/language.h"

namespace proctor {

Result<Language> language_named(std::string_view name) {
  if (name == "en") return Language::en;
  if (name == "ja") return Language::ja;
  return fail(Fault::usage, "found {}, expected en or ja", name);
}

Result<Language> language_of(const Environment& environment) {
  if (const auto name = environment.get("PROCTOR_LANG"))
    return language_named(*name).in("PROCTOR_LANG");
  for (const char* const variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (const auto locale = environment.get(variable))
      return locale->starts_with("ja") ? Language::ja : Language::en;
  }
  return Language::en;
}

}  // namespace proctor
