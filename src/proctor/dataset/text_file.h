// What every text format asks of a file before it is parsed.
#pragma once

#include <string_view>

#include "proctor/base/base.h"

namespace proctor {

// The content without a byte order mark. Fault::data with line and byte for what is
// empty, not UTF-8, or holds a NUL.
Result<std::string_view> checked_text(std::string_view content);

}  // namespace proctor
