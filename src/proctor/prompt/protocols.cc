#include <algorithm>

#include "proctor/prompt/embedded.h"
#include "proctor/prompt/prompt.h"

namespace proctor {
namespace {

// What stands between the quotes of the line `short = ["a", "b"]`, found without
// reading the file: a start of the program reads one protocol, not forty.
std::vector<std::string> short_names_in(std::string_view toml) {
  constexpr std::string_view key = "\nshort = [";
  const std::size_t start = toml.find(key);
  if (start == std::string_view::npos) return {};
  const std::string_view rest = toml.substr(start + key.size());
  std::vector<std::string> names = split(rest.substr(0, rest.find(']')), ',');
  for (std::string& name : names) {
    std::erase(name, '"');
    name = std::string(python_strip(name));
  }
  return names;
}

const EmbeddedProtocol* embedded_named(std::string_view name) {
  for (const EmbeddedProtocol& embedded : embedded_protocols())
    if (embedded.name == name) return &embedded;
  for (const EmbeddedProtocol& embedded : embedded_protocols())
    for (const std::string& candidate : short_names_in(embedded.toml))
      if (candidate == name) return &embedded;
  return nullptr;
}

Result<Protocol> read_embedded(const EmbeddedProtocol& embedded) {
  return parse_protocol(embedded.toml, std::string(embedded.name) + ".toml");
}

}  // namespace

Result<Protocol> find_protocol(std::string_view name) {
  if (name.ends_with(".toml")) return read_protocol(name);
  if (const EmbeddedProtocol* embedded = embedded_named(name))
    return read_embedded(*embedded);
  std::vector<std::string> candidates = protocol_names();
  for (const EmbeddedProtocol& embedded : embedded_protocols())
    for (std::string& short_name : short_names_in(embedded.toml))
      candidates.push_back(std::move(short_name));
  const std::string meant = suggestion(name, candidates);
  return fail(Fault::usage, "no such protocol: {}{}", for_terminal_line(name),
              meant.empty() ? "; `proctor list protocols` shows them" : meant);
}

std::vector<std::string> protocol_names() {
  std::vector<std::string> names;
  for (const EmbeddedProtocol& embedded : embedded_protocols())
    names.emplace_back(embedded.name);
  return names;
}

std::vector<Protocol> built_in_protocols() {
  std::vector<Protocol> protocols;
  for (const EmbeddedProtocol& embedded : embedded_protocols())
    if (Result<Protocol> protocol = read_embedded(embedded))
      protocols.push_back(*std::move(protocol));
  return protocols;
}

}  // namespace proctor
