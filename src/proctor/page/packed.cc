#include "proctor/page/packed.h"

#include <new>

#include <libdeflate.h>

#include "proctor/base/base.h"

namespace proctor {
namespace {

// zlib's usual level: the next ones take twice the time for a few percent.
constexpr int level = 6;

}  // namespace

struct Packer::State {
  Packing packing;
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(level);
  std::string packed;  // kept: it is as large as the largest
  explicit State(Packing how) : packing(how) {
    if (compressor == nullptr) throw std::bad_alloc();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { libdeflate_free_compressor(compressor); }
};

Packer::Packer(Packing packing) : state_(std::make_unique<State>(packing)) {}
Packer::~Packer() = default;

PagePart Packer::part(std::string id, std::string bytes) {
  if (state_->packing == Packing::none) return {std::move(id), std::move(bytes)};
  std::string& packed = state_->packed;
  packed.resize(libdeflate_zlib_compress_bound(state_->compressor, bytes.size()));
  const std::size_t size = libdeflate_zlib_compress(
      state_->compressor, bytes.data(), bytes.size(), packed.data(), packed.size());
  return {std::move(id), packed.substr(0, size)};
}

std::string element_of(const PagePart& part) {
  return fmt::format(
      "<script type=\"application/octet-stream\" id=\"{}\">{}</script>\n", part.id,
      base64_of(part.bytes));
}

std::string json_in_html(std::string json) {
  // Outside of a string JSON has none.
  return replace_all(std::move(json), "<", "\\u003c");
}

std::string policy_hash(std::string_view text) {
  const std::string hex = sha256_hex(text);
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  return "sha256-" + base64_of(bytes);
}

}  // namespace proctor
