// Questions: what one is, which are asked, what is known of data sets by name, and the
// digest that names a split. Pure: where questions come from is dataset's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {

struct Question {
  std::string id;  // the data set's own, or "<subject>/<split>/<index>"
  std::string subject;
  std::string text;
  std::vector<std::string> choices;  // 1 to 26
  int right = 0;                     // index into choices
  int index = 0;                     // position within its subject and split, from 0
  std::string worked;  // a worked answer (MMLU-Pro's cot_content), or empty
  // Other choices that count as right (MMLU-Redux), ascending; nearly always empty.
  std::vector<int> also_right = {};
  // What its data set says is wrong with it (MMLU-Redux's error_type): "ok", another
  // word, or empty where the data set says nothing. Not kept in a store.
  std::string flaw = {};
  // The column of a passage that stands beside the question and is not asked; nearly
  // always empty. Not kept in a store.
  std::string unasked = {};

  bool operator==(const Question&) const = default;
};

// Whether the letter names a choice that counts as right.
bool is_right(const Question& question, char letter);

// The letter of a choice: 0 is A.
char letter_of(int choice);
// Those of the first so many choices: "ABCD".
std::string labels_of(std::size_t choices);

// The letters of all choices that count as right, ascending: mostly one. Whoever shows
// a key shows these.
std::vector<std::string> right_letters(const Question& question);

// Adds what a question asks to a sum: its text, its choices and those that are right.
void add_content(const Question& question, Sha256& hash);

// One split of one data set, all its subjects, in canonical order: by the subject's
// name (bytes), and within a subject as the source has it. So the same rows in one file
// or in 57 give the same order, and the same digest.
struct Dataset {
  std::string name;      // as the user names it: "cais/mmlu", "sample", a path
  std::string split;     // "test"; of a single file what its name says
  std::string revision;  // the hub's commit, or empty
  std::string digest;    // digest_of(questions)
  int dropped = 0;       // questions left out by drop_bad_labels
  std::vector<Question> questions;
};

// SHA-256 over all questions in order: subject, text, choices, right, worked, each with
// its length. The same rows give the same digest, whatever file or wire format they
// came in: ids and names are not part of it.
std::string digest_of(std::span<const Question> questions);

// ---- Subjects ----

struct Subject {
  std::string_view name;  // "abstract_algebra"
  std::string_view
      category;  // STEM, humanities, social sciences, other; MMLU-Pro: none
  std::string_view subcategory;    // "math"
  std::string_view lm_eval_group;  // of MMLU: stem, humanities, social_sciences, other
  std::string_view also = {};      // a second category: CMMLU's "China specific"
};
// MMLU's 57, by name.
std::span<const Subject> mmlu_subjects();
// Those of a data set that is known by name ("haonan-li/cmmlu"), by name; none where it
// is not, or where the name has a configuration that is a subject
// ("cais/mmlu:anatomy").
std::span<const Subject> known_subjects(std::string_view dataset);
// As the data set has it; MMLU's where the data set's subjects are not known.
const Subject* find_subject(std::string_view name,
                            std::string_view dataset = "cais/mmlu");
// A category's name on the command line: stem, humanities, social_sciences, other,
// china_specific; empty for none.
std::string_view category_key(std::string_view category);

// How many questions of each subject; all where neither is set. With both, the sample.
struct Portion {
  std::optional<int> first = {};   // in canonical order
  std::optional<int> sample = {};  // at random, the same ones every time
};

// The rows (positions in questions) of subjects, in canonical order. Each word between
// the commas is a subject, a category, a subcategory (in that order), "all", or a
// pattern in which * stands for anything. An unknown one is Fault::usage with the
// nearest name.
Result<std::vector<std::uint32_t>> select_questions(const Dataset& dataset,
                                                    std::string_view subjects,
                                                    const Portion& portion);

// Fault::usage for what --subject names and a data set whose subjects are known has
// not: to be said before it is downloaded.
Status check_subjects(std::string_view dataset, std::string_view subjects);

// ---- What is known by name ----

struct KnownDataset {
  std::string_view name;   // "cais/mmlu"
  std::string_view also;   // another owner's name of it, or empty
  std::string_view title;  // "MMLU"
  std::string_view licence;
  std::string_view splits;    // "test, validation, dev"
  std::string_view revision;  // the pinned commit, or empty
  std::string_view about;     // size and where it comes from
};
std::span<const KnownDataset> known_datasets();
// By a name with or without a configuration: "openai/MMMLU:JA_JP". Null: not known.
const KnownDataset* find_dataset(std::string_view name);

}  // namespace proctor
