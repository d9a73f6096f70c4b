// The files of data/protocols, as they were when the program was built. Private to this
// folder.
#pragma once

#include <span>
#include <string_view>

namespace proctor {

struct EmbeddedProtocol {
  std::string_view name;  // the file's, without .toml
  std::string_view toml;
};

// By name.
std::span<const EmbeddedProtocol> embedded_protocols();

}  // namespace proctor
