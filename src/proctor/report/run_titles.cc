#include "proctor/report/run_titles.h"

#include <algorithm>
#include <charconv>

#include "proctor/report/model_label.h"
#include "proctor/report/run_traits.h"

namespace proctor {
namespace {

void add(std::string& list, const std::string& word) {
  if (!word.empty()) list += (list.empty() ? "" : ", ") + word;
}

// "Q4_K_M", "IQ2_XXS", "BF16": the first number.
std::optional<int> bits_of(std::string_view quantisation) {
  const std::size_t at = quantisation.find_first_of("0123456789");
  if (at == std::string_view::npos) return std::nullopt;
  int bits = 0;
  std::from_chars(quantisation.data() + at, quantisation.data() + quantisation.size(),
                  bits);
  return bits;
}

// Those that look alike are told apart by their runs' ids.
void name_twins(std::vector<RunTitle>& names, std::span<const ScoredRun> runs) {
  const std::vector<RunTitle> before = names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto alike = std::ranges::count_if(before, [&](const RunTitle& name) {
      return name.label == before[i].label && name.method == before[i].method;
    });
    if (alike > 1) add(names[i].method, runs[i].short_id());
  }
}

}  // namespace

RunTitles run_titles(std::span<const ScoredRun> runs, Language language) {
  RunTitles names;
  if (runs.empty()) return names;
  for (const ScoredRun& run : runs) {
    const ModelLabel label = label_of(run);
    names.runs.push_back({run.info.name.empty() ? label.text() : run.info.name,
                          {},
                          bits_of(label.quantisation)});
  }
  for (const RunTrait& trait : run_traits()) {
    if (trait.in_charts == RunTrait::InCharts::never) continue;
    const bool differ = trait.differs(runs, language);
    if (!differ && trait.in_charts == RunTrait::InCharts::always)
      add(names.in_common, trait.said_of(runs.front(), language));
    for (std::size_t k = 0; differ && k < runs.size(); ++k)
      add(names.runs[k].method, trait.said_of(runs[k], language));
  }
  name_twins(names.runs, runs);
  return names;
}

}  // namespace proctor
