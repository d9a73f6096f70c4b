#include "proctor/study/subjects_title.h"

#include <algorithm>
#include <map>

namespace proctor {
namespace {

constexpr std::size_t most_named = 3;

std::map<std::string, Names> categories_of(const Names& all, std::string_view dataset) {
  std::map<std::string, Names> categories;
  for (const std::string& name : all) {
    const Subject* subject = find_subject(name, dataset);
    if (subject == nullptr) continue;
    for (const std::string_view category : {subject->category, subject->also}) {
      if (!category.empty())
        categories[std::string(category_key(category))].insert(name);
    }
  }
  return categories;
}

}  // namespace

std::string subjects_title(const Names& counted, const Names& all,
                           std::string_view dataset) {
  if (counted.size() == 1) return *counted.begin();
  if (counted.empty()) return {};
  if (counted == all) return "all";
  for (const auto& [category, names] : categories_of(all, dataset)) {
    if (names == counted) return category;
  }
  if (counted.size() <= most_named) {
    return join(std::vector<std::string>(counted.begin(), counted.end()), ", ");
  }
  return fmt::format("{} subjects", counted.size());
}

std::string subjects_title(const Tally& tally, const Dataset& dataset) {
  Names counted, all;
  for (const auto& [name, ledger] : tally.by_subject) counted.insert(name);
  for (const Question& question : dataset.questions) all.insert(question.subject);
  return subjects_title(counted, all, dataset.name);
}

std::string subjects_title(const std::vector<SubjectReplies>& subjects,
                           std::string_view dataset) {
  Names counted, all;
  for (const SubjectReplies& subject : subjects) {
    all.insert(subject.name);
    if (subject.replied > 0) counted.insert(subject.name);
  }
  return subjects_title(counted, all, dataset);
}

std::string with_count(const std::string& title, std::size_t subjects) {
  const bool is_said = subjects < 2 || title.find(',') != std::string::npos ||
                       title == fmt::format("{} subjects", subjects);
  return is_said ? title : fmt::format("{} ({} subjects)", title, subjects);
}

}  // namespace proctor
