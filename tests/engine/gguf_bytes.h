// A model file as bytes: its keys and tensors one after another.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace proctor {

class GgufBytes {
 public:
  GgufBytes& text(std::string_view key, std::string_view value) {
    begin_key(key, 8);
    put_text(keys_, value);
    return *this;
  }
  GgufBytes& number(std::string_view key, std::uint32_t value) {
    begin_key(key, 4);
    put(keys_, value, 4);
    return *this;
  }
  GgufBytes& flag(std::string_view key, bool value) {
    begin_key(key, 7);
    put(keys_, value ? 1 : 0, 1);
    return *this;
  }
  GgufBytes& texts(std::string_view key, std::uint32_t count) {
    begin_key(key, 9);
    put(keys_, 8, 4);
    put(keys_, count, 8);
    for (std::uint32_t i = 0; i < count; ++i) put_text(keys_, "x");
    return *this;
  }
  // One row of 32 bits each, or of another type by ggml's number.
  GgufBytes& tensor(std::string_view name, std::uint64_t numbers,
                    std::uint32_t type = 0) {
    put_text(tensors_, name);
    put(tensors_, 1, 4);
    put(tensors_, numbers, 8);
    put(tensors_, type, 4);
    put(tensors_, 0, 8);  // all lie on each other: nobody reads them
    ++tensor_count_;
    return *this;
  }
  std::string bytes(std::size_t weights = 1U << 16U) const {
    std::string whole = "GGUF";
    put(whole, 3, 4);
    put(whole, tensor_count_, 8);
    put(whole, key_count_, 8);
    whole += keys_ + tensors_;
    whole.resize((whole.size() + 31) / 32 * 32 + weights);
    return whole;
  }

  static void put(std::string& bytes, std::uint64_t number, int width) {
    for (int i = 0; i < width; ++i) {
      bytes += static_cast<char>(number >> (8U * static_cast<unsigned>(i)));
    }
  }
  static void put_text(std::string& bytes, std::string_view text) {
    put(bytes, text.size(), 8);
    bytes += text;
  }

 private:
  void begin_key(std::string_view key, std::uint32_t type) {
    put_text(keys_, key);
    put(keys_, type, 4);
    ++key_count_;
  }

  std::string keys_, tensors_;
  std::uint64_t key_count_ = 0, tensor_count_ = 0;
};

}  // namespace proctor
