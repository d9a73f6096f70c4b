// The words of a protocol's file. Private to this folder.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "proctor/prompt/prompt.h"

namespace proctor {

std::string_view name_of(Form form);
std::string_view name_of(Scoring scoring);
std::string_view name_of(ShotOrder order);

// A key of [texts].
struct TextField {
  std::string_view name;
  std::string Templates::*text;
  std::span<const std::string_view> places;  // what it may hold; none: literal text
};
std::span<const TextField> text_fields();

}  // namespace proctor
