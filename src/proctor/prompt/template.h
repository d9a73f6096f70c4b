// Texts with places in them: "Question: {question|strip}". Private to this folder.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {

// What may stand in a place.
struct Place {
  std::string_view name;
  std::string_view value;
};

// {name} or {name|filter|filter}; {{ and }} are braces. One pass: a value is copied,
// never read, so that braces in a question stay what they are.
// Requires a template that check_template() accepts; a place that is not among `places`
// becomes nothing.
std::string fill(std::string_view text, std::span<const Place> places);

// Fault::usage for a brace that does not close, an unknown place or filter.
Status check_template(std::string_view text,
                      std::span<const std::string_view> known_places);

}  // namespace proctor
