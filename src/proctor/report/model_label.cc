#include "proctor/report/model_label.h"

#include <algorithm>
#include <array>

namespace proctor {
namespace {

constexpr std::string_view digits = "0123456789";

bool is_digit(char c) {
  return digits.find(c) != std::string_view::npos;
}

// llama.cpp's names of what weights are kept in: Q4_K_M, IQ2_XXS, TQ1_0, BF16.
bool is_quantisation(std::string_view word) {
  constexpr std::array<std::string_view, 6> whole = {"F16",  "BF16", "F32",
                                                     "FP16", "FP32", "FP8"};
  std::string upper = ascii_upper(word);
  if (std::ranges::find(whole, upper) != whole.end()) return true;
  if (upper.starts_with("MXFP4")) return true;
  if (upper.starts_with("UD-")) upper.erase(0, 3);  // unsloth's own mixtures
  if (upper.starts_with('I') || upper.starts_with('T')) upper.erase(0, 1);
  if (upper.size() < 2 || upper[0] != 'Q' || !is_digit(upper[1])) return false;
  const std::string_view rest = std::string_view(upper).substr(2);
  return rest.find_first_not_of("_ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") ==
             std::string_view::npos &&
         (rest.empty() || rest[0] == '_');
}

// Without "-00001-of-00003": all parts are one model.
std::string_view without_part(std::string_view stem) {
  constexpr std::size_t length = 15;
  if (stem.size() <= length) return stem;
  const std::string_view end = stem.substr(stem.size() - length);
  const bool is_part = end[0] == '-' && end.substr(6, 4) == "-of-" &&
                       std::ranges::all_of(end.substr(1, 5), is_digit) &&
                       std::ranges::all_of(end.substr(10), is_digit);
  return is_part ? stem.substr(0, stem.size() - length) : stem;
}

// Whether a name says how large the model is: "7B", "135M", "8x7b".
bool has_size(std::string_view name) {
  for (std::size_t i = 1; i < name.size(); ++i) {
    const bool is_unit =
        std::string_view("bBmM").find(name[i]) != std::string_view::npos;
    const bool ends =
        i + 1 == name.size() ||
        std::string_view("-_. :)").find(name[i + 1]) != std::string_view::npos;
    if (is_unit && is_digit(name[i - 1]) && ends) return true;
  }
  return false;
}

// "7.2B", "135M", "40K", "84".
std::string size_text(std::int64_t parameters) {
  const auto n = static_cast<double>(parameters);
  if (n >= 1e9) return fmt::format("{:.1f}B", n / 1e9);
  if (n >= 1e6) return fmt::format("{:.0f}M", n / 1e6);
  return n >= 1e3 ? fmt::format("{:.0f}K", n / 1e3) : std::to_string(parameters);
}

}  // namespace

std::string ModelLabel::weights() const {
  if (ways.empty()) return quantisation;
  return fmt::format("{}{}({})", quantisation, quantisation.empty() ? "" : " ",
                     join(ways, ", "));
}

std::string ModelLabel::text() const {
  const std::string more = weights();
  return more.empty() ? name : name + " " + more;
}

ModelLabel label_of_file(std::string_view file) {
  constexpr std::string_view ending = ".gguf";
  if (!ascii_lower(file).ends_with(ending)) return {.name = std::string(file)};
  const std::string_view stem =
      without_part(file.substr(0, file.size() - ending.size()));
  for (std::size_t i = 1; i < stem.size(); ++i) {
    if (std::string_view(".-_").find(stem[i]) == std::string_view::npos) continue;
    const std::string_view rest = stem.substr(i + 1);
    if (is_quantisation(rest))
      return {std::string(stem.substr(0, i)), ascii_upper(rest)};
  }
  return {.name = std::string(stem)};
}

ModelLabel label_of(const ScoredRun& run) {
  const RunKey& key = run.info.key;
  ModelLabel label;
  if (key.is_in_process()) {
    label = label_of_file(key.model);
  } else {
    const Answerer author = author_of(run);
    // Where the key has a name, that is what was asked for.
    const std::string said = key.model.empty() ? for_terminal_line(author.model) : "";
    label = label_of_file(said.empty() ? key.model : said);
    if (author.parameters && !has_size(label.name))
      label.name += (label.name.empty() ? "" : " ") + size_text(*author.parameters);
    label.name = label.name.empty() ? key.provider : key.provider + "/" + label.name;
  }
  label.ways = run.arithmetic();
  return label;
}

}  // namespace proctor
