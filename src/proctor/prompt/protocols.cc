#include <algorithm>

#include "proctor/prompt/prompt.h"

namespace proctor {

std::span<const EmbeddedFile> protocol_files();  // of data/protocols, compiled in

namespace {

std::string_view protocol_name(const EmbeddedFile& file) {
  return file.name.substr(0, file.name.rfind(".toml"));
}

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

const EmbeddedFile* embedded_named(std::string_view name) {
  for (const EmbeddedFile& embedded : protocol_files())
    if (protocol_name(embedded) == name) return &embedded;
  for (const EmbeddedFile& embedded : protocol_files())
    for (const std::string& candidate : short_names_in(embedded.content))
      if (candidate == name) return &embedded;
  return nullptr;
}

Result<Protocol> read_embedded(const EmbeddedFile& embedded) {
  return parse_protocol(embedded.content, std::string(embedded.name));
}

}  // namespace

Result<Protocol> find_protocol(std::string_view name) {
  if (name.ends_with(".toml")) return read_protocol(name);
  if (const EmbeddedFile* embedded = embedded_named(name))
    return read_embedded(*embedded);
  std::vector<std::string> candidates = protocol_names();
  for (const EmbeddedFile& embedded : protocol_files())
    for (std::string& short_name : short_names_in(embedded.content))
      candidates.push_back(std::move(short_name));
  const std::string meant = suggestion(name, candidates);
  return fail(Fault::usage, "no such protocol: {}{}", for_terminal_line(name),
              meant.empty() ? "; `proctor list protocols` shows them" : meant);
}

std::vector<std::string> protocol_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& embedded : protocol_files())
    names.emplace_back(protocol_name(embedded));
  return names;
}

std::vector<Protocol> built_in_protocols() {
  std::vector<Protocol> protocols;
  for (const EmbeddedFile& embedded : protocol_files())
    if (Result<Protocol> protocol = read_embedded(embedded))
      protocols.push_back(*std::move(protocol));
  return protocols;
}

}  // namespace proctor
