// Questions: where they come from, which are asked, and the digest that names them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/http/http.h"
#include "proctor/hub/hub.h"

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
// All right choices as one number: `right`, plus 32 times the set of `also_right` (bit
// 0 is A). Where there is one right choice it is that choice's index.
std::int64_t right_number(const Question& question);
// The other way round. False, and nothing changed, for what is no such number.
bool set_right(Question& question, std::int64_t number);

// The letter of a choice: 0 is A.
char letter_of(int choice);
// Those of the first so many choices: "ABCD".
std::string labels_of(std::size_t choices);

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

// Which of a file's columns are what: --columns question=Q,choices=A+B+C+D,answer=Key,
// subject=S,id=I,context=P. A single choices column holds a list. answer=Key@1: its
// numbers count from 1; @0 says that they do not. The context's text and a blank line
// are put before the question.
struct Columns {
  std::string question, answer, subject, id, context;
  std::optional<int> first_answer;  // what the first choice is called: 0 or 1
  std::vector<std::string> choices;
};
Result<Columns> parse_columns(std::string_view text);

struct DatasetRequest {
  // "cais/mmlu" or another hub data set, "sample", a folder in Hendrycks' layout or a
  // .zip of one, a .csv, .jsonl or .parquet file.
  std::string name;
  // "val" is another name of "validation". A single file is one split: read_dataset
  // takes it as it is for "test" and "" and finds the sibling of a file named
  // S_test.csv (../dev/S_dev.csv) for another split; else that is Fault::usage, so that
  // no question becomes its own example. For a file of shots ask for "".
  std::string split = "test";
  std::optional<Columns> columns;
  std::filesystem::path cache_dir;  // empty: the hub's conventions
  // Empty: Proctor's pin for known data sets, else main. Without the Parquet plug-in
  // what is Parquet comes from the datasets-server, which has main's rows only.
  std::string revision;
  // What is going to be asked, as --subject has it. Only used where a hub data set's
  // file of all subjects cannot be had (it is missing, or not in the cache and the hub
  // is not to be asked) or where there is none (MMLU-Redux): if this is a list of
  // single subjects, their files are read instead, and the data set, so its digest too,
  // is theirs alone. A name that a data set of the hub is known not to have is
  // Fault::usage before anything is downloaded.
  std::string subjects;
  // Leaves out every question whose flaw is not "ok". Fault::usage where the data set
  // says of no question whether it is.
  bool drop_bad_labels = false;
};

// What reading needs of the outside world.
using DatasetWorld = HubWorld;

// The whole split, checked: every question has text, 1 to 26 choices, none empty,
// and a right one. Keys and choices that the data set itself corrects (error_type and
// correct_answer of MMLU-Redux) are corrected. A passage (article, context, …) that
// stands beside questions and is not asked is told to `world.talk`. Errors are
// Fault::data or Fault::usage and name file, line and column, what was found, what was
// expected. Hub trouble is Fault::network or denied.
Result<Dataset> read_dataset(const DatasetRequest& request, DatasetWorld& world);

// ---- The readers by format (each also checks every question) ----

// RFC 4180, strictly, in UTF-8: with a header that names question, choices (choice0…,
// A…, option_a…) and answer (letter, or digit from 0) or what `columns` names; or
// Hendrycks' own form, without a header: question, four choices, letter. Which of the
// two it is, the first line says, or it is an error. `subject` is the file's where no
// column says another. Nothing is read as missing: "None" and "NA" are choices.
Result<std::vector<Question>> read_csv(std::string_view content,
                                       const std::optional<Columns>& columns,
                                       const std::string& subject,
                                       const std::string& split);
// An object a line: question or question_stem, choices (a list) or options, answer or
// answerKey (index from 0, or letter) or answer_index; id and subject or category where
// they are. Choices may have labels, {"text": […], "label": […]} or {"A": "…", …}; then
// the answer is one of them, or a choice's text. Lines may be blank.
Result<std::vector<Question>> read_jsonl(std::string_view content,
                                         const std::optional<Columns>& columns,
                                         const std::string& subject,
                                         const std::string& split);
// By the Arrow plug-in, loaded at the first call. Fault::usage where there is none.
Result<std::vector<Question>> read_parquet(const std::filesystem::path& path,
                                           const std::optional<Columns>& columns,
                                           const std::string& subject,
                                           const std::string& split);
bool parquet_is_available();
// Proctor's own exam, compiled in. Splits test and dev.
Result<std::vector<Question>> sample_exam(std::string_view split);

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

// The rows (positions in questions) that "--subject S,S|all|CATEGORY" and "--limit N
// per subject" name, in canonical order. An unknown subject is Fault::usage with the
// nearest name.
Result<std::vector<std::uint32_t>> select_questions(const Dataset& dataset,
                                                    std::string_view subjects,
                                                    std::optional<int> limit);

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
