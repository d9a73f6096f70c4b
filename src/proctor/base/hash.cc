#include <cassert>

#include <openssl/evp.h>

#include "proctor/base/base.h"

namespace proctor {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  [[maybe_unused]] const int ok =
      EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr);
  assert(ok == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(std::string_view bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

void Sha256::add_field(std::string_view bytes) {
  add_number(bytes.size());
  add(bytes);
}

void Sha256::add_number(std::uint64_t number) {
  std::array<char, 8> little_endian{};
  for (char& byte : little_endian) {
    byte = static_cast<char>(number & 0xFF);
    number >>= 8;
  }
  add({little_endian.data(), little_endian.size()});
}

std::string Sha256::hex() {
  std::array<unsigned char, 32> digest{};
  EVP_DigestFinal_ex(state_->context, digest.data(), nullptr);
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.hex();
}

std::string git_blob_hex(std::string_view content) {
  const std::string whole =
      fmt::format("blob {}", content.size()) + '\0' + std::string(content);
  std::array<unsigned char, 20> digest{};
  EVP_Digest(whole.data(), whole.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

}  // namespace proctor
