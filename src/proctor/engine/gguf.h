// What a GGUF file says of itself before its weights. Hostile bytes are welcome: every
// length is checked. Not for other folders.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {

struct GgufHeader {
  std::uint32_t version = 0;
  std::map<std::string, std::int64_t> numbers;  // scalars; of a short array its sum
  std::map<std::string, std::string> texts;
  std::map<std::string, std::int64_t> lengths;  // of arrays
  std::int64_t tensors = 0;
  std::map<std::uint32_t, std::int64_t> parameters;  // of the tensors, by their type
  std::int64_t header_bytes = 0;  // up to the end of the tensors' list
  std::int64_t tensor_bytes = 0;  // of all tensors
  std::int64_t needed_bytes = 0;  // the file is at least as long

  std::string text(const std::string& key) const;  // empty where there is none
  std::int64_t number(const std::string& key, std::int64_t otherwise) const;
  // "llama.block_count" for "block_count"; `otherwise` where there is none.
  std::int64_t of_architecture(std::string_view key, std::int64_t otherwise) const;
};

// `bytes` is the beginning of a file, or all of it. Fault::data says what is wrong;
// "is cut" where the bytes end inside the header.
Result<GgufHeader> parse_gguf(std::string_view bytes);
// The header of a file that is whole: every tensor lies inside it.
Result<GgufHeader> read_gguf(const std::filesystem::path& path);
// "Q4_K" for a tensor's type; empty for one that is newer than the table.
std::string_view tensor_type_name(std::uint32_t type);
// The files of a model: one, or all parts of "name-00001-of-00003.gguf".
std::vector<std::filesystem::path> parts_of(const std::filesystem::path& model);

}  // namespace proctor
