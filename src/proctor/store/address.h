// What stands in the address of a store, apart from libpq, which reads it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace proctor {

// Passwords as they stand in it, and as they are meant.
std::vector<std::string> passwords_in(std::string_view url);

}  // namespace proctor
