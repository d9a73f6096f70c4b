// What a command line asks for, as the library's values: models, an exam, the stored
// runs that it means; and in which form and where the answer goes. Not for other
// folders.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "proctor/cli/commands.h"
#include "proctor/console/console.h"
#include "proctor/exam/exam.h"
#include "proctor/store/store.h"
#include "proctor/study/study.h"

namespace proctor {

// --json, --format's word, else -o's ending; nothing said, or an ending that says
// nothing: the first of `forms`, which are those that the command has.
Result<TableFormat> format_of(const Arguments& arguments,
                              std::initializer_list<TableFormat> forms = {
                                  TableFormat::terminal, TableFormat::markdown,
                                  TableFormat::csv, TableFormat::json});
// -o, --bom, and what the command reads.
Result<Output> output_of(const Arguments& arguments);

// with_flags() of what is a message of the library in an object of findings_of_file or
// prompt_json.
std::string json_with_flags(const std::string& json);

// The positional models, --type's, or the seed's default.
Result<std::vector<std::string>> model_names(const Arguments& arguments);
// What is set for all models, numbers apart: enough to know what is secret.
ModelSpec model_texts(const Arguments& arguments);
// What is set for all models.
Result<ModelSpec> model_settings(const Arguments& arguments);
// The same for each of model_names().
Result<std::vector<ModelSpec>> model_specs(const Arguments& arguments);
Result<ExamSpec> exam_spec(const Arguments& arguments);
// The same where there can be one data set alone.
Result<ExamSpec> one_exam_spec(const Arguments& arguments);
// One for each data set and protocol.
Result<std::vector<Exam>> prepare_exams(const Arguments& arguments, World& world);
Result<RunNotes> run_notes(const Arguments& arguments);
// The words that follow `proctor run` to ask the same again: the model, and options
// that say what is sent. Files are named by their whole path. Not in them: which
// questions, what the run's key has (address, added fields, a server's command),
// --header lines, and what changes no answer.
std::vector<std::string> command_of(const Exam& exam, const ModelChoice& choice,
                                    const Arguments& arguments);

// The command's hands as the library takes them. Under --quiet it says nothing.
ExamWorld exam_world(const Arguments& arguments, World& world);
// The same, but for questions: what is said of them is said under --quiet, too.
ExamWorld reading_world(World& world);

// Fault::usage where there are not so many words without a dash.
Status expect_words(const Arguments& arguments, std::size_t count,
                    std::string_view what, std::string_view hint = {});

// ---- What is stored ----

// --store, which must be there.
Result<std::unique_ptr<Store>> open_for_reading(const Arguments& arguments);
// Made where it is not there; brought to today's schema where it is older, which `talk`
// is told.
Result<std::unique_ptr<Store>> open_for_writing(const Arguments& arguments,
                                                const StoreWorld& world);
// --extract and --subject.
Look look_of(const Arguments& arguments);
// Whether "last" and a command without a name mean all runs: --all. Else those that are
// forgotten or never had a reply are left out.
Among among_of(const Arguments& arguments);
// find_run; where several have that name, it is said on stderr which one is taken.
Result<StoredRun> run_called(Store& store, const std::string& word, Among among,
                             Console& console);
// The one run a command is about; "last" where none is named.
Result<StoredRun> run_named(Store& store, const Arguments& arguments, Console& console);

// Those that `names` names, as --extract and --subject read them; none named: all that
// are meant (score_runs). It is said on stderr how many were left out.
Result<std::vector<ScoredRun>> runs_meant(Store& store, const Arguments& arguments,
                                          const std::vector<std::string>& names,
                                          Console& console);
// Says of each run what it lacks; whether one lacks a reply.
Result<bool> tell_missing(Store& store, std::span<const StoredRun> runs,
                          Console& console);
// "2 runs are hidden …" on stderr, where there are any.
void tell_hidden(std::size_t hidden, Console& console);

}  // namespace proctor
