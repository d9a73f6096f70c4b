// Where questions come from: files, folders and the hub become a Dataset.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/http/http.h"
#include "proctor/hub/hub.h"
#include "proctor/question/question.h"

namespace proctor {

// Which of a file's columns are what: --columns question=Q,choices=A+B+C+D,answer=Key,
// subject=S,id=I,context=P. A single choices column holds a list. answer=Key@1: its
// numbers count from 1; @0 says that they do not, @text that an answer is the text of a
// choice. The context's text and a blank line are put before the question.
struct Columns {
  std::string question, answer, subject, id, context;
  std::optional<int> first_answer;  // what the first choice is called: 0 or 1
  bool answer_is_text = false;
  std::vector<std::string> choices;
};
Result<Columns> parse_columns(std::string_view text);

struct DatasetRequest {
  // "cais/mmlu" or another hub data set, "sample", a folder (docs/datasets.md says
  // which; FOLDER:NAME is a configuration in it) or a .zip of one, a .csv, .tsv, .json,
  // .jsonl, .parquet or .arrow file.
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

// The whole split, checked: every question has text, 1 to 26 choices, none empty,
// and a right one. Keys and choices that the data set itself corrects (error_type and
// correct_answer of MMLU-Redux) are corrected. A passage (article, context, …) that
// stands beside questions and is not asked is told to `world.talk`. Errors are
// Fault::data or Fault::usage and name file, line and column, what was found, what was
// expected. Hub trouble is Fault::network or denied.
Result<Dataset> read_dataset(const DatasetRequest& request, HubWorld& world);

// ---- The readers by format (each also checks every question) ----

// RFC 4180, strictly, in UTF-8, fields parted by commas, tabs or semicolons: with a
// header that names question, choices (choice0…, A…, option_a…, or a list as text) and
// answer (letter, digit from 0, or a choice's text) or what `columns` names; or
// Hendrycks' own form, without a header: question, four choices, letter. Which of these
// it is, the first line says, or it is an error. `subject` is the file's where no
// column says another. Nothing is read as missing: "None" and "NA" are choices; empty
// ones at a row's end are none.
Result<std::vector<Question>> read_csv(std::string_view content,
                                       const std::optional<Columns>& columns,
                                       const std::string& subject,
                                       const std::string& split);
// An object a line, or one document that holds them, as a list or in columns: question
// or question_stem, choices (a list) or options, answer or answerKey (index from 0,
// letter, or a choice's text) or answer_index; id and subject or category where they
// are. Choices may have labels, {"text": […], "label": […]} or {"A": "…", …}; then the
// answer is one of them, or a choice's text. Lines may be blank.
Result<std::vector<Question>> read_json(std::string_view content,
                                        const std::optional<Columns>& columns,
                                        const std::string& subject,
                                        const std::string& split);
// Parquet, or one of Arrow's own formats, by the Arrow plug-in, loaded at the first
// call. Fault::usage where there is none.
Result<std::vector<Question>> read_parquet(const std::filesystem::path& path,
                                           const std::optional<Columns>& columns,
                                           const std::string& subject,
                                           const std::string& split);
// JSON Lines as a Parquet file, by the same plug-in: of each column its key in the
// lines and its type in Arrow's words: string, int64, double, bool, list<item: string>
// or list<item: struct<letter: string, logprob: double>>. What is null or not there is
// null; Fault::data where a line has another key or a value of another type.
Result<std::string> parquet_of(
    std::string_view json_lines,
    std::span<const std::pair<std::string_view, std::string_view>> columns);
bool parquet_is_available();
// Proctor's own exam, compiled in. Splits test and dev.
Result<std::vector<Question>> sample_exam(std::string_view split);

}  // namespace proctor
