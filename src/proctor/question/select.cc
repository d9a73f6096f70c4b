#include <algorithm>
#include <map>
#include <set>

#include "proctor/question/question.h"

namespace proctor {
namespace {

// "Social Sciences" and "social_sciences" are one name.
std::string plain(std::string_view name) {
  std::string key = ascii_lower(name);
  std::ranges::replace(key, ' ', '_');
  return key;
}

using Names = std::set<std::string>;

Names subjects_of(const Dataset& dataset) {
  Names names;
  for (const Question& question : dataset.questions) names.insert(question.subject);
  return names;
}

// Subjects to choose from, and the data set that they belong to.
struct Choice {
  std::string_view dataset;
  Names present;
};

Names of_category(const Choice& choice, const std::string& category) {
  Names names;
  for (const std::string& name : choice.present) {
    const Subject* subject = find_subject(name, choice.dataset);
    if (subject != nullptr && (category_key(subject->category) == category ||
                               category_key(subject->also) == category)) {
      names.insert(name);
    }
  }
  return names;
}

std::vector<std::string> categories_of(const Choice& choice) {
  std::set<std::string, std::less<>> keys;
  for (const std::string& name : choice.present) {
    const Subject* subject = find_subject(name, choice.dataset);
    if (subject == nullptr) continue;
    for (const std::string_view category : {subject->category, subject->also}) {
      if (!category.empty()) keys.emplace(category_key(category));
    }
  }
  return {keys.begin(), keys.end()};
}

tl::unexpected<Error> unknown(const std::string& word, const Choice& choice) {
  std::vector<std::string> known(choice.present.begin(), choice.present.end());
  const std::string few = known.size() <= 14 ? " (" + join(known, ", ") + ")" : "";
  const auto categories = categories_of(choice);
  known.emplace_back("all");
  known.insert(known.end(), categories.begin(), categories.end());
  const std::string near = suggestion(word, known);
  return fail(Fault::usage, "{}: no such subject{} in {}{}{}", word,
              find_subject(word) == nullptr ? " or category" : "", choice.dataset, few,
              near.empty() && few.empty() ? "; see proctor list subjects" : near);
}

// A subject's own name comes first: MMLU-Pro has a subject called other.
Result<Names> named(const std::string& word, const Choice& choice) {
  for (const std::string& name : choice.present) {
    if (name == word || plain(name) == plain(word)) return Names{name};
  }
  if (plain(word) == "all") return choice.present;
  Names names = of_category(choice, plain(word));
  if (names.empty()) return unknown(word, choice);
  return names;
}

Result<Names> all_named(std::string_view subjects, const Choice& choice) {
  Names wanted;
  for (const std::string& part : split(subjects, ',')) {
    const std::string word(trimmed(part, " "));
    if (word.empty()) {
      return fail(
          Fault::usage,
          "found an empty subject in \"{}\", expected names with commas between, "
          "a category or all",
          subjects);
    }
    wanted.merge(TRY(named(word, choice)));
  }
  return wanted;
}

}  // namespace

Result<std::vector<std::uint32_t>> select_questions(const Dataset& dataset,
                                                    std::string_view subjects,
                                                    std::optional<int> limit) {
  if (limit && *limit < 1) {
    return fail(Fault::usage, "a limit of {} leaves no question; expected 1 or more",
                *limit);
  }
  const Names wanted = TRY(all_named(subjects, {dataset.name, subjects_of(dataset)}));
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

Status check_subjects(std::string_view dataset, std::string_view subjects) {
  Choice choice{dataset, {}};
  for (const Subject& subject : known_subjects(dataset)) {
    choice.present.emplace(subject.name);
  }
  if (!subjects.empty() && !choice.present.empty()) TRY(all_named(subjects, choice));
  return {};
}

}  // namespace proctor
