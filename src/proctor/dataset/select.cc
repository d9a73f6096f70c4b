#include <algorithm>
#include <map>
#include <set>

#include "proctor/dataset/dataset.h"

namespace proctor {
namespace {

// "Social Sciences" and "social_sciences" are one name.
std::string plain(std::string_view name) {
  std::string key = ascii_lower(name);
  std::ranges::replace(key, ' ', '_');
  return key;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

using Names = std::set<std::string>;

Names subjects_of(const Dataset& dataset) {
  Names names;
  for (const Question& question : dataset.questions) names.insert(question.subject);
  return names;
}

// The data set's subjects of one of Hendrycks' categories.
Names of_category(const Names& present, const std::string& category) {
  Names names;
  for (const std::string& name : present) {
    const Subject* subject = find_subject(name);
    if (subject != nullptr && category_key(subject->category) == category) {
      names.insert(name);
    }
  }
  return names;
}

tl::unexpected<Error> unknown(const std::string& word, const Dataset& dataset,
                              const Names& present) {
  std::vector<std::string> known(present.begin(), present.end());
  const std::string few = known.size() <= 8 ? " (" + join(known, ", ") + ")" : "";
  const std::string kind =
      find_subject(word) == nullptr ? "no such subject or category" : "no such subject";
  known.insert(known.end(), {"all", "stem", "humanities", "social_sciences", "other"});
  const std::string near = suggestion(word, known);
  return fail(Fault::usage, "{}: {} in {}{}{}", word, kind, dataset.name, few,
              near.empty() && few.empty() ? "; see proctor list subjects" : near);
}

// A subject's own name comes first: MMLU-Pro has a subject called other.
Result<Names> named(const std::string& word, const Dataset& dataset,
                    const Names& present) {
  for (const std::string& name : present) {
    if (name == word || plain(name) == plain(word)) return Names{name};
  }
  if (plain(word) == "all") return present;
  Names names = of_category(present, plain(word));
  if (names.empty()) return unknown(word, dataset, present);
  return names;
}

}  // namespace

Result<std::vector<std::uint32_t>> select_questions(const Dataset& dataset,
                                                    std::string_view subjects,
                                                    std::optional<int> limit) {
  if (limit && *limit < 1) {
    return fail(Fault::usage, "a limit of {} leaves no question; expected 1 or more",
                *limit);
  }
  const Names present = subjects_of(dataset);
  Names wanted;
  for (const std::string& part : split(subjects, ',')) {
    const std::string word(trimmed(part));
    if (word.empty()) {
      return fail(
          Fault::usage,
          "found an empty subject in \"{}\", expected names with commas between, "
          "a category or all",
          subjects);
    }
    wanted.merge(TRY(named(word, dataset, present)));
  }
  std::vector<std::uint32_t> chosen;
  std::map<std::string_view, int> taken;
  for (std::uint32_t i = 0; i < dataset.questions.size(); ++i) {
    const std::string& subject = dataset.questions[i].subject;
    if (!wanted.contains(subject)) continue;
    if (taken[subject]++ < limit.value_or(INT32_MAX)) chosen.push_back(i);
  }
  if (chosen.empty()) return fail(Fault::usage, "{}: no question", dataset.name);
  return chosen;
}

}  // namespace proctor
