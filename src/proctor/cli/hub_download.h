// The line that shows how a model of the hub comes. Not for other folders.
#pragma once

#include <cstdint>
#include <functional>

#include "proctor/cli/console.h"

namespace proctor {

// To be told of bytes so far and in all. The console must outlive it.
std::function<void(std::uint64_t done, std::uint64_t total)> download_bar(
    Console& console, std::string_view name);

}  // namespace proctor
