#include <gmock/gmock.h>

#include "engine/gguf_bytes.h"
#include "engine/models.h"

namespace proctor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// A model that can be asked, as far as its header says.
GgufBytes model_with(std::string_view architecture = "llama") {
  return GgufBytes()
      .text("general.architecture", architecture)
      .text("tokenizer.ggml.model", "gpt2")
      .texts("tokenizer.ggml.tokens", 4)
      .text("tokenizer.chat_template", "{{ messages }}")
      .tensor("a", 1000, 0)
      .tensor("b", 32'000, 3);
}

Result<ModelFile> read(const std::string& bytes, const std::string& name = "m.gguf") {
  TemporaryFolder folder;
  return read_model_file(folder.file(name, bytes));
}

std::string title_of(const GgufBytes& bytes) {
  const auto file = read(bytes.bytes());
  return file ? file->title : file.error().message;
}

std::string why_not(const GgufBytes& bytes) {
  const auto file = read(bytes.bytes());
  return file ? file->why_not : file.error().message;
}

TEST(ModelFile, its_title_is_its_name_size_label_and_quantisation) {
  EXPECT_EQ(title_of(model_with()
                         .text("general.name", "SmolLM2 Instruct")
                         .text("general.size_label", "135M")
                         .number("general.file_type", 15)),
            "SmolLM2 Instruct 135M Q4_K_M");
}

TEST(ModelFile, its_title_says_nothing_twice) {
  EXPECT_EQ(title_of(model_with()
                         .text("general.name", "SmolLM2 135m Instruct q4_1")
                         .text("general.size_label", "135M")
                         .number("general.file_type", 3)),
            "SmolLM2 135m Instruct q4_1");
}

TEST(ModelFile,
     a_file_without_names_is_its_architecture_its_parameters_and_their_type) {
  EXPECT_EQ(title_of(model_with()), "llama 33K Q4_1");
}

TEST(ModelFile, parameters_are_those_of_the_tensors_and_not_guessed_by_layers) {
  const auto file = read(model_with().number("llama.block_count", 30).bytes());

  ASSERT_TRUE(file);
  EXPECT_EQ(file->parameters, 33'000);
}

TEST(ModelFile, a_hostile_name_is_one_inert_line_of_a_screen) {
  const std::string title = title_of(
      model_with().text("general.name", "a\x1b[2J\n" + std::string(1000, 'x')));

  EXPECT_EQ(title.find_first_of("\x1b\n"), std::string::npos);
  EXPECT_LE(display_width(title), 80);
}

TEST(ModelFile, context_and_licence_are_as_the_file_says) {
  const auto file = read(model_with()
                             .text("general.license", "apache-2.0")
                             .number("llama.context_length", 8192)
                             .bytes());

  ASSERT_TRUE(file);
  EXPECT_EQ(file->context, 8192);
  EXPECT_EQ(file->license, "apache-2.0");
  EXPECT_EQ(file->why_not, "");
  EXPECT_THAT(file->warnings, IsEmpty());
}

TEST(ModelFile, a_projector_is_no_model) {
  EXPECT_THAT(why_not(model_with("clip")), StartsWith("is a projector (mmproj)"));
  EXPECT_THAT(why_not(model_with().text("general.type", "mmproj")),
              StartsWith("is a projector (mmproj)"));
}

TEST(ModelFile, an_adapter_is_no_model) {
  EXPECT_THAT(why_not(model_with().text("general.type", "adapter")),
              StartsWith("is an adapter (LoRA)"));
}

TEST(ModelFile, another_type_is_named) {
  EXPECT_EQ(why_not(model_with().text("general.type", "imatrix")),
            "is of the type \"imatrix\", and no model");
  EXPECT_EQ(why_not(model_with().text("general.type", "model")), "");
}

TEST(ModelFile, an_encoder_is_told_by_its_architecture) {
  EXPECT_THAT(why_not(model_with("bert")),
              HasSubstr("no model that writes text from left to right (bert reads it"));
}

TEST(ModelFile, an_encoder_is_told_by_its_attention) {
  EXPECT_THAT(why_not(model_with("new-bird").flag("new-bird.attention.causal", false)),
              HasSubstr("(new-bird reads it"));
  EXPECT_EQ(why_not(model_with("new-bird").flag("new-bird.attention.causal", true)),
            "");
}

TEST(ModelFile, a_vocabulary_alone_is_told) {
  EXPECT_EQ(why_not(GgufBytes()
                        .text("general.architecture", "llama")
                        .text("tokenizer.ggml.model", "gpt2")
                        .texts("tokenizer.ggml.tokens", 4)),
            "holds a vocabulary but no weights");
}

TEST(ModelFile, weights_without_a_vocabulary_are_told) {
  EXPECT_THAT(
      why_not(GgufBytes().text("general.architecture", "llama").tensor("a", 10)),
      StartsWith("has no vocabulary"));
}

TEST(ModelFile, an_embedding_model_that_could_write_is_warned_of) {
  const auto file = read(model_with("qwen3").number("qwen3.pooling_type", 3).bytes());

  ASSERT_TRUE(file);
  EXPECT_EQ(file->why_not, "");
  EXPECT_THAT(file->warnings, ElementsAre(StartsWith("is an embedding model")));
}

TEST(ModelFile, a_model_without_a_chat_template_is_warned_of) {
  const auto file = read(GgufBytes()
                             .text("general.architecture", "llama")
                             .text("tokenizer.ggml.model", "gpt2")
                             .texts("tokenizer.ggml.tokens", 4)
                             .tensor("a", 10)
                             .bytes());

  ASSERT_TRUE(file);
  EXPECT_THAT(file->warnings, ElementsAre(StartsWith("has no chat template")));
}

TEST(ModelFile, a_base_model_with_a_template_is_told_by_its_name) {
  const auto of_name = read(model_with().text("general.name", "Qwen3 8B Base").bytes());
  const auto of_file = read(model_with().bytes(), "gemma-3-270m-pt.gguf");
  const auto taught =
      read(model_with().text("general.name", "Base camp Instruct").bytes());

  ASSERT_TRUE(of_name && of_file && taught);
  EXPECT_THAT(of_name->warnings,
              ElementsAre(StartsWith("is a base model by its name (\"base\")")));
  EXPECT_THAT(of_file->warnings,
              ElementsAre(StartsWith("is a base model by its name (\"pt\")")));
  EXPECT_THAT(taught->warnings, IsEmpty());
}

TEST(ModelFile, what_cannot_be_looked_at_is_not_said_to_be_missing) {
  TemporaryFolder folder;
  const auto loop = folder.file("loop.gguf", "");
  std::filesystem::remove(loop);
  std::filesystem::create_symlink(loop, loop);

  const auto file = read_model_file(loop);

  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().message, HasSubstr("loop.gguf: too many"));
}

TEST(ModelFile, a_part_that_is_missing_is_named) {
  TemporaryFolder folder;
  const auto first = folder.file("m-00001-of-00003.gguf", model_with().bytes());
  folder.file("m-00002-of-00003.gguf", model_with().bytes());

  const auto file = read_model_file(first);

  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().fault, Fault::usage);
  EXPECT_THAT(file.error().message,
              HasSubstr("m-00003-of-00003.gguf: no such file; the model has 3 parts"));
}

TEST(ModelFile, its_parts_are_counted_together) {
  TemporaryFolder folder;
  const auto first = folder.file("m-00001-of-00002.gguf", model_with().bytes());
  folder.file("m-00002-of-00002.gguf", model_with().bytes());

  const auto file = read_model_file(first);

  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->parameters, 66'000);
}

TEST(ModelFile, a_later_part_names_the_first) {
  const auto file =
      read(model_with().number("split.no", 1).number("split.count", 3).bytes(),
           "m-00002-of-00003.gguf");

  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().message,
              HasSubstr("is part 2 of 3; name the first: its parts are named "
                        "NAME-00001-of-00003.gguf"));
}

TEST(ModelFile, a_first_part_that_is_not_called_so_is_told) {
  const auto file =
      read(model_with().number("split.no", 0).number("split.count", 3).bytes());

  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().message, HasSubstr("is part 1 of 3, and is not called so"));
}

TEST(ModelFile, a_name_of_no_parts_is_a_name) {
  const auto file = read(model_with().bytes(), "m-00001-of-00000.gguf");

  EXPECT_TRUE(file);
}

}  // namespace
}  // namespace proctor
