// The readers that the table in answer.cc names. docs/readers.md has each rule in
// words.
#pragma once

#include "proctor/answer/answer.h"

namespace proctor {

Answer read_first_letter(const Reading& reading);

}  // namespace proctor
