// Which shots are shown, and in what order. Private to this folder.
#pragma once

#include <span>
#include <vector>

#include "proctor/prompt/prompt.h"

namespace proctor {

// Positions in `shots`, at most `most` of them.
std::vector<std::size_t> shot_order(ShotOrder order, std::span<const Question> shots,
                                    int most);

}  // namespace proctor
