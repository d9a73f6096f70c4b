#include "proctor/engine/gguf.h"

#include <gmock/gmock.h>

#include "engine/gguf_bytes.h"
#include "engine/models.h"

namespace proctor {
namespace {

using ::testing::HasSubstr;

constexpr auto put = GgufBytes::put;
constexpr auto put_text = GgufBytes::put_text;

// Two keys and one tensor of 4 x 2 numbers of 32 bits, whole.
std::string small_file() {
  std::string bytes = "GGUF";
  put(bytes, 3, 4);
  put(bytes, 1, 8);
  put(bytes, 3, 8);
  put_text(bytes, "general.architecture");
  put(bytes, 8, 4);
  put_text(bytes, "llama");
  put_text(bytes, "llama.block_count");
  put(bytes, 4, 4);
  put(bytes, 7, 4);
  put_text(bytes, "llama.attention.head_count_kv");
  put(bytes, 9, 4);
  put(bytes, 4, 4);
  put(bytes, 2, 8);
  put(bytes, 3, 4);
  put(bytes, 5, 4);
  put_text(bytes, "token_embd.weight");
  put(bytes, 2, 4);
  put(bytes, 4, 8);
  put(bytes, 2, 8);
  put(bytes, 0, 4);
  put(bytes, 0, 8);
  bytes.resize((bytes.size() + 31) / 32 * 32);
  bytes.resize(bytes.size() + 32);
  return bytes;
}

TEST(Gguf, a_header_says_its_keys_and_its_tensors_bytes) {
  const auto header = parse_gguf(small_file());

  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->of_architecture("block_count", 0), 7);
  EXPECT_EQ(header->tensor_bytes, 32);
  EXPECT_EQ(header->needed_bytes, static_cast<std::int64_t>(small_file().size()));
}

TEST(Gguf, an_array_of_a_number_a_layer_is_summed) {
  const auto header = parse_gguf(small_file());

  ASSERT_TRUE(header);
  EXPECT_EQ(header->of_architecture("attention.head_count_kv", 0), 8);
  EXPECT_EQ(header->lengths.at("llama.attention.head_count_kv"), 2);
}

TEST(Gguf, a_header_that_is_cut_anywhere_is_an_error) {
  const std::string whole = small_file();
  const auto header = parse_gguf(whole);
  ASSERT_TRUE(header);

  for (std::int64_t size = 0; size < header->header_bytes; ++size) {
    const auto cut = parse_gguf(whole.substr(0, static_cast<std::size_t>(size)));

    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().fault, Fault::data);
  }
}

TEST(Gguf, a_length_larger_than_the_file_is_an_error_and_no_allocation) {
  std::string bytes = "GGUF";
  put(bytes, 3, 4);
  put(bytes, 0, 8);
  put(bytes, 1, 8);
  put(bytes, ~std::uint64_t{0}, 8);

  const auto header = parse_gguf(bytes);

  ASSERT_FALSE(header);
  EXPECT_THAT(header.error().message, HasSubstr("is cut"));
}

TEST(Gguf, a_tensor_of_more_numbers_than_any_is_an_error) {
  std::string bytes = "GGUF";
  put(bytes, 3, 4);
  put(bytes, 1, 8);
  put(bytes, 0, 8);
  put_text(bytes, "t");
  put(bytes, 3, 4);
  for (int i = 0; i < 3; ++i) put(bytes, std::uint64_t{1} << 40U, 8);

  const auto header = parse_gguf(bytes);

  ASSERT_FALSE(header);
  EXPECT_THAT(header.error().message, HasSubstr("too large to be true"));
}

TEST(Gguf, what_is_no_gguf_is_told_by_how_it_begins) {
  const auto header = parse_gguf("{\"model\": 1}");

  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().message, "is not a GGUF file: it begins with \"{\"mo\"");
}

TEST(Gguf, a_file_that_lost_its_end_names_both_sizes) {
  TemporaryFolder folder;
  const std::string whole = small_file();
  const auto path = folder.file("m.gguf", whole.substr(0, whole.size() - 8));

  const auto header = read_gguf(path);

  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().fault, Fault::data);
  EXPECT_THAT(header.error().message,
              HasSubstr(fmt::format("its tensors need {} bytes, it has {}",
                                    whole.size(), whole.size() - 8)));
}

TEST(Gguf, a_model_in_three_files_is_known_by_its_first) {
  const auto parts = parts_of("/m/big-00001-of-00003.gguf");

  ASSERT_EQ(parts.size(), 3);
  EXPECT_EQ(parts[2], "/m/big-00003-of-00003.gguf");
  EXPECT_EQ(parts_of("/m/big.gguf").size(), 1);
}

TEST(Digest, it_is_the_files_sha256_and_kept_by_what_the_file_is) {
  TemporaryFolder folder;
  const auto path = folder.file("m.gguf", "abc");
  const auto cache = folder.path() / "cache";

  const auto first = model_digest(path, cache, {});
  const auto again = model_digest(path, cache, {});

  ASSERT_TRUE(first);
  EXPECT_EQ(*first, sha256_hex("abc"));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *first);
  EXPECT_TRUE(std::filesystem::exists(cache / "gguf-sha256"));
}

TEST(Digest, a_file_that_changes_is_read_again) {
  TemporaryFolder folder;
  const auto path = folder.file("m.gguf", "abc");
  const auto cache = folder.path() / "cache";
  ASSERT_TRUE(model_digest(path, cache, {}));

  folder.file("m.gguf", "abcd");

  const auto digest = model_digest(path, cache, {});
  ASSERT_TRUE(digest);
  EXPECT_EQ(*digest, sha256_hex("abcd"));
}

}  // namespace
}  // namespace proctor
