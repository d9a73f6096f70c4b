#include "proctor/report/exam_tables.h"

#include <map>

namespace proctor {

Table datasets_table() {
  Table table{{{.title = "data set", .key = "dataset"},
               {"title"},
               {"splits"},
               {"licence"},
               {"about"}},
              {}};
  for (const KnownDataset& dataset : known_datasets()) {
    table.rows.push_back({std::string(dataset.name), std::string(dataset.title),
                          std::string(dataset.splits), std::string(dataset.licence),
                          std::string(dataset.about)});
  }
  return table;
}

Table known_subjects_table(std::string_view dataset) {
  Table table{{{"subject"},
               {"category"},
               {"subcategory"},
               {.title = "group in lm-eval", .key = "lm_eval_group"}},
              {}};
  for (const Subject& subject : known_subjects(dataset)) {
    std::string category(category_key(subject.category));
    if (!subject.also.empty())
      category += fmt::format(", {}", category_key(subject.also));
    table.rows.push_back({std::string(subject.name), category,
                          std::string(subject.subcategory),
                          std::string(subject.lm_eval_group)});
  }
  return table;
}

Table subjects_table(const Dataset& dataset) {
  std::map<std::string, std::int64_t> counts;
  for (const Question& question : dataset.questions) ++counts[question.subject];
  Table table{{{"subject"}, {"questions", Align::right}}, {}};
  for (const auto& [subject, count] : counts)
    table.rows.push_back({subject, with_thousands(count)});
  return table;
}

}  // namespace proctor
