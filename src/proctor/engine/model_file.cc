#include "proctor/engine/model_file.h"

#include <algorithm>
#include <array>

#include "proctor/engine/memory.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

constexpr int title_columns = 80;

// general.file_type: what most of the weights were quantised to, by llama.cpp's
// numbers.
struct FileType {
  std::int64_t number;
  std::string_view name;
};
constexpr std::array file_types = {
    FileType{0, "F32"},     FileType{1, "F16"},      FileType{2, "Q4_0"},
    FileType{3, "Q4_1"},    FileType{7, "Q8_0"},     FileType{8, "Q5_0"},
    FileType{9, "Q5_1"},    FileType{10, "Q2_K"},    FileType{11, "Q3_K_S"},
    FileType{12, "Q3_K_M"}, FileType{13, "Q3_K_L"},  FileType{14, "Q4_K_S"},
    FileType{15, "Q4_K_M"}, FileType{16, "Q5_K_S"},  FileType{17, "Q5_K_M"},
    FileType{18, "Q6_K"},   FileType{19, "IQ2_XXS"}, FileType{20, "IQ2_XS"},
    FileType{21, "Q2_K_S"}, FileType{22, "IQ3_XS"},  FileType{23, "IQ3_XXS"},
    FileType{24, "IQ1_S"},  FileType{25, "IQ4_NL"},  FileType{26, "IQ3_S"},
    FileType{27, "IQ3_M"},  FileType{28, "IQ2_S"},   FileType{29, "IQ2_M"},
    FileType{30, "IQ4_XS"}, FileType{31, "IQ1_M"},   FileType{32, "BF16"},
    FileType{36, "TQ1_0"},  FileType{37, "TQ2_0"},   FileType{38, "MXFP4"},
    FileType{39, "NVFP4"},  FileType{40, "Q1_0"},    FileType{41, "Q2_0"},
};

// Those that do not say so themselves, by attention.causal.
constexpr std::array<std::string_view, 12> encoders = {
    "bert",         "modern-bert",  "nomic-bert", "nomic-bert-moe",  "neo-bert",
    "jina-bert-v2", "jina-bert-v3", "eurobert",   "gemma-embedding", "llama-embed",
    "t5",           "t5encoder",
};

// What the names of models that were not taught to converse have in them.
constexpr std::array<std::string_view, 4> base_words = {"base", "pt", "pretrain",
                                                        "pretrained"};
constexpr std::array<std::string_view, 5> taught_words = {"instruct", "it", "chat",
                                                          "sft", "dpo"};

bool has(std::string_view text, std::string_view part) {
  return ascii_lower(text).find(ascii_lower(part)) != std::string::npos;
}

std::string inert(std::string_view text) {
  return for_terminal_line(to_valid_utf8(text));
}

// "135M", as size labels are written.
std::string size_word(std::int64_t parameters) {
  struct Unit {
    double size;
    char letter;
  };
  const auto number = static_cast<double>(parameters);
  for (const Unit unit :
       {Unit{1e12, 'T'}, Unit{1e9, 'B'}, Unit{1e6, 'M'}, Unit{1e3, 'K'}}) {
    if (number < unit.size) continue;
    const double count = number / unit.size;
    std::string word = fmt::format("{:.{}f}", count, count < 10 ? 1 : 0);
    if (word.ends_with(".0")) word.resize(word.size() - 2);
    return word + unit.letter;
  }
  return fmt::format("{}", parameters);
}

std::string quantisation_of(const GgufHeader& header) {
  const std::int64_t number = header.number("general.file_type", -1);
  const auto* const known = std::ranges::find(file_types, number, &FileType::number);
  if (known != file_types.end()) return std::string(known->name);
  if (header.parameters.empty()) return {};
  const auto most = std::ranges::max_element(
      header.parameters, {}, [](const auto& each) { return each.second; });
  return std::string(tensor_type_name(most->first));
}

std::string title_of(const ModelFile& file) {
  std::string title = file.name.empty() ? file.architecture : file.name;
  const auto add = [&](const std::string& word) {
    if (word.empty() || has(title, word)) return;
    title += (title.empty() ? "" : " ") + word;
  };
  if (!file.size_label.empty()) {
    add(file.size_label);
  } else if (file.parameters > 0) {
    add(size_word(file.parameters));
  }
  add(file.quantisation);
  return fit(inert(title), title_columns);
}

bool is_encoder(const GgufHeader& header) {
  return header.of_architecture("attention.causal", 1) == 0 ||
         std::ranges::find(encoders, header.text("general.architecture")) !=
             encoders.end();
}

// Why it cannot sit an exam; empty where it can.
std::string why_not(const GgufHeader& header) {
  const std::string type = header.text("general.type");
  const std::string architecture = header.text("general.architecture");
  if (type == "mmproj" || architecture == "clip") {
    return "is a projector (mmproj), by which a model sees or hears, and no model; "
           "name "
           "the model's own file";
  }
  if (type == "adapter") {
    return "is an adapter (LoRA) to a model, and no model; merge it into one";
  }
  if (!type.empty() && type != "model") {
    return fmt::format("is of the type \"{}\", and no model", inert(type));
  }
  if (is_encoder(header)) {
    return fmt::format(
        "is no model that writes text from left to right ({} reads it whole, for "
        "embeddings), so it cannot sit an exam",
        inert(architecture));
  }
  const std::string kind = header.text("tokenizer.ggml.model");
  const auto words = header.lengths.find("tokenizer.ggml.tokens");
  if (kind.empty() || kind == "none" || kind == "no_vocab" ||
      words == header.lengths.end() || words->second == 0) {
    return "has no vocabulary, so no text can be put in; take a GGUF that was "
           "converted "
           "with its tokenizer";
  }
  if (header.tensors == 0) return "holds a vocabulary but no weights";
  return {};
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : ascii_lower(text)) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_letter) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  return words;
}

// The word by which its names say that it was not taught to converse, if they do.
std::optional<std::string> base_word_of(const GgufHeader& header,
                                        const fs::path& model) {
  std::optional<std::string> found;
  for (const std::string& name :
       {header.text("general.name"), header.text("general.basename"),
        header.text("general.finetune"), model.stem().string()}) {
    for (const std::string& word : words_of(name)) {
      if (std::ranges::find(taught_words, word) != taught_words.end()) return {};
      if (std::ranges::find(base_words, word) != base_words.end()) found = word;
    }
  }
  return found;
}

std::vector<std::string> warnings_of(const GgufHeader& header, const fs::path& model) {
  std::vector<std::string> warnings;
  if (header.of_architecture("pooling_type", 0) > 0) {
    warnings.emplace_back(
        "is an embedding model (it has a pooling type): it was not trained to write "
        "answers");
  }
  if (header.text("tokenizer.chat_template").empty()) {
    warnings.emplace_back(
        "has no chat template: take a protocol of raw text (mmlu), or name one by "
        "`chat_template`");
  } else if (const auto word = base_word_of(header, model)) {
    warnings.push_back(
        fmt::format("is a base model by its name (\"{}\"): it was not taught to "
                    "converse; take a protocol of raw text (mmlu)",
                    *word));
  }
  return warnings;
}

// The parts of a split model know how many they are, whatever they are called.
Status check_part(const GgufHeader& header, const fs::path& model, std::size_t parts) {
  const std::int64_t count = header.number("split.count", 0);
  const std::int64_t number = header.number("split.no", 0);
  if (count <= 1) return {};
  const std::string expected =
      fmt::format("its parts are named NAME-00001-of-{:05d}.gguf and so on", count);
  if (number > 0) {
    return fail(Fault::usage, "{}: is part {} of {}; name the first: {}",
                model.string(), number + 1, count, expected);
  }
  if (parts == 1) {
    return fail(Fault::usage, "{}: is part 1 of {}, and is not called so: {}",
                model.string(), count, expected);
  }
  return {};
}

}  // namespace

Result<GgufHeader> read_headers(const fs::path& model) {
  const auto parts = parts_of(model);
  GgufHeader header = TRY(read_gguf(parts.front()));
  TRY(check_part(header, model, parts.size()));
  for (std::size_t i = 1; i < parts.size(); ++i) {
    std::error_code problem;
    if (!fs::exists(parts[i], problem)) {
      return fail(Fault::usage,
                  "{}: no such file; the model has {} parts, which must lie in one "
                  "folder",
                  parts[i].string(), parts.size());
    }
    const GgufHeader part = TRY(read_gguf(parts[i]));
    header.tensor_bytes = plus(header.tensor_bytes, part.tensor_bytes);
    header.tensors = plus(header.tensors, part.tensors);
    for (const auto& [type, count] : part.parameters) {
      header.parameters[type] = plus(header.parameters[type], count);
    }
  }
  return header;
}

ModelFile model_file_of(const GgufHeader& header, const fs::path& model) {
  ModelFile file;
  file.name = header.text("general.name");
  file.size_label = header.text("general.size_label");
  file.architecture = header.text("general.architecture");
  file.license = header.text("general.license");
  file.quantisation = quantisation_of(header);
  for (const auto& [type, count] : header.parameters) {
    file.parameters = plus(file.parameters, count);
  }
  file.weight_bytes = header.tensor_bytes;
  file.context = static_cast<int>(std::clamp<std::int64_t>(
      header.of_architecture("context_length", 0), 0, 1 << 30));
  file.title = title_of(file);
  file.why_not = why_not(header);
  if (file.why_not.empty()) file.warnings = warnings_of(header, model);
  return file;
}

Result<ModelFile> read_model_file(const fs::path& model) {
  return model_file_of(TRY(read_headers(model)), model);
}

}  // namespace proctor
