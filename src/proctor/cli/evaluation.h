// From the command line to an Evaluation: model, protocol, data set, selection, shots.
// Not for other folders.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proctor/backend/backend.h"
#include "proctor/cli/console.h"
#include "proctor/cli/options.h"
#include "proctor/run/run.h"

namespace proctor {

// A model as the command line names it. `provider` is null for a baseline and for a
// file.
struct ModelChoice {
  const Provider* provider = nullptr;
  Model model;
  std::filesystem::path file;  // a .gguf, or empty
  // The command that starts its server for a run, with {port} and {model} in it; empty
  // where there is one already or none is needed.
  std::string serve;
  // What says where it is asked: "--base-url", "OLLAMA_HOST"; empty: the table does.
  std::string asked_at;
  std::string title() const;  // "ollama/mistral:7b"
};
// Where a provider's key is looked up, in this order: --api-key-env's variable, else
// the provider's own.
std::vector<std::string> key_variables_of(const Provider& provider,
                                          const Arguments& arguments);
// "provider/name", "provider", or a path that ends in .gguf. Fault::usage with the
// nearest provider, or naming the variable that a key is missing from, where
// `needs_key`.
Result<ModelChoice> choose_model(std::string_view spec, const Arguments& arguments,
                                 const Environment& environment, bool needs_key);
// Says where it is asked, where a variable of the environment decided that.
void say_where(const ModelChoice& choice, World& world);
// The positional models, --type's, or the seed's default.
Result<std::vector<std::string>> model_specs(const Arguments& arguments);

// All that does not hang on the model. Plans point to the dataset.
struct Exam {
  std::shared_ptr<const Dataset> dataset;  // exams of one split share it
  std::vector<std::uint32_t> selection;
  std::string subjects;  // as asked for
  Protocol protocol;
  std::string protocol_asked;  // as --protocol names it: a name, or a file
  std::map<std::string, std::vector<Question>> shots;
  const Reader* reader = nullptr;
};
// One for each name of --protocol, in its order: "P1,P2".
Result<std::vector<Exam>> prepare_exams(const Arguments& arguments, World& world);
// Of the one protocol; Fault::usage where --protocol names several.
Result<Exam> prepare_exam(const Arguments& arguments, World& world);

// `engine`: EngineInfo::identity of a file's engine, else empty.
Evaluation evaluation_of(const Exam& exam, const ModelChoice& choice,
                         const Arguments& arguments, const std::string& engine = {});

// What of the exam's protocol the model is not sent, for a person: see sampling_for().
std::string left_out_of(const Exam& exam, const ModelChoice& choice,
                        const Arguments& arguments);

HttpOptions http_options(const Environment& environment, std::size_t connections);

}  // namespace proctor
