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

// "computer_science", "health": no category that is called so has come before.
Names of_subcategory(const Choice& choice, const std::string& subcategory) {
  Names names;
  for (const std::string& name : choice.present) {
    const Subject* subject = find_subject(name, choice.dataset);
    if (subject != nullptr && plain(subject->subcategory) == subcategory)
      names.insert(name);
  }
  return names;
}

// Whether the name is the pattern, in which * stands for anything: where it does not go
// on, the last star takes one letter more.
bool matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0, n = 0, taken = 0;
  std::size_t star = std::string_view::npos;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

Names of_pattern(const Choice& choice, const std::string& pattern) {
  Names names;
  if (pattern.find('*') == std::string::npos) return names;
  for (const std::string& name : choice.present) {
    if (matches(pattern, plain(name))) names.insert(name);
  }
  return names;
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
  for (const auto& of : {of_category, of_subcategory, of_pattern}) {
    Names names = of(choice, plain(word));
    if (!names.empty()) return names;
  }
  return unknown(word, choice);
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

// By a sum over subject and position that is the same everywhere: a larger sample holds
// the smaller one, so a run can grow.
void shuffle(const Dataset& dataset, std::vector<std::uint32_t>& rows) {
  std::vector<std::pair<std::string, std::uint32_t>> order;
  for (const std::uint32_t row : rows) {
    const Question& question = dataset.questions[row];
    Sha256 hash;
    hash.add_field(question.subject);
    hash.add_number(static_cast<std::uint64_t>(question.index));
    order.emplace_back(hash.hex(), row);
  }
  std::ranges::sort(order);
  std::ranges::transform(order, rows.begin(),
                         [](const auto& one) { return one.second; });
}

}  // namespace

Result<std::vector<std::uint32_t>> select_questions(const Dataset& dataset,
                                                    std::string_view subjects,
                                                    const Portion& portion) {
  for (const auto& n : {portion.first, portion.sample}) {
    if (n && *n < 1) {
      return fail(Fault::usage, "a limit of {} leaves no question; expected 1 or more",
                  *n);
    }
  }
  const Names wanted = TRY(all_named(subjects, {dataset.name, subjects_of(dataset)}));
  std::map<std::string_view, std::vector<std::uint32_t>> of_subject;
  for (std::uint32_t i = 0; i < dataset.questions.size(); ++i) {
    const std::string& subject = dataset.questions[i].subject;
    if (wanted.contains(subject)) of_subject[subject].push_back(i);
  }
  std::vector<std::uint32_t> chosen;
  for (auto& [subject, rows] : of_subject) {
    if (portion.sample) shuffle(dataset, rows);
    const int most = portion.sample.value_or(portion.first.value_or(INT32_MAX));
    if (rows.size() > static_cast<std::size_t>(most))
      rows.resize(static_cast<std::size_t>(most));
    chosen.insert(chosen.end(), rows.begin(), rows.end());
  }
  std::ranges::sort(chosen);
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
