// The .env of the working folder. Whoever made the folder wrote it, so it gives keys
// and nothing else: no program to start, no address to send a key to, no proxy. Part of
// exam.h.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/exam/spec.h"

namespace proctor {

struct Dotenv {
  std::map<std::string, std::string> keys;
  std::vector<std::string> ignored;  // the names of its other variables
};

// All variables of such a text, as python-dotenv reads it. Fault::data with the line.
Result<std::map<std::string, std::string>> parse_dotenv(std::string_view content,
                                                        const Environment& environment);
// The file's variables of those names; nothing where there is no file. Fault::io or
// Fault::data, which name it and never tell what it holds.
Result<Dotenv> read_dotenv(const std::filesystem::path& path,
                           std::span<const std::string> names,
                           const Environment& environment);
// What a .env may set: the providers' keys, the spec's key variable and HF_TOKEN.
std::vector<std::string> dotenv_names(const ModelSpec& spec);
// Whether the spec names a provider's model whose key is needed and not set.
bool lacks_a_key(const ModelSpec& spec, const Environment& environment);

}  // namespace proctor
