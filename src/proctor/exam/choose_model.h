// Which model a ModelSpec names: a provider's, a file, a baseline; where it is asked,
// and with which key. Nothing is asked yet. Part of exam.h.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/backend/backend.h"
#include "proctor/exam/spec.h"
#include "proctor/exam/world.h"

namespace proctor {

// `provider` is null for a baseline and for a file in this process.
struct ModelChoice {
  ModelSpec spec;
  const Provider* provider = nullptr;
  Model model;
  std::vector<Model> also_at;  // the same at its other addresses
  std::filesystem::path file;  // a .gguf, or empty
  // The command that starts its server for a run, with {port} and {model} in it; empty
  // where there is one already or none is needed.
  std::string serve;
  // What says where it is asked: "`base_url`", "OLLAMA_HOST"; empty: the table does.
  std::string asked_at;

  std::string title() const;  // "ollama/mistral:7b"
  bool is_in_process() const { return provider == nullptr && !file.empty(); }
};

// Where a provider's key is looked up, in this order: the spec's variable, else the
// provider's own.
std::vector<std::string> key_variables_of(const Provider& provider,
                                          const ModelSpec& spec);
// Where it is asked, as it names a run: whatever their order, with blanks between.
std::string addresses_in_name(const ModelChoice& choice);
// Whether one of them is set.
bool has_key(const Provider& provider, const ModelSpec& spec,
             const Environment& environment);
// Fault::usage with the nearest provider; where it is to be asked, also for a key that
// is missing, with the variables it is looked for in, and for a file that is not there.
Result<ModelChoice> choose_model(const ModelSpec& spec, const Environment& environment,
                                 bool is_asked);
// The same with the file of a model of the hub ("hf:owner/repo:Q4_K_M"), downloaded
// where it is not in the cache. Of any other model the spec as it is.
Result<ModelSpec> with_file_here(ModelSpec spec, const ExamWorld& world);
// A line for a person that says where it is asked, where a variable of the environment
// decided that; else empty.
std::string where_asked(const ModelChoice& choice);

// What a person can do about a provider's no, to be put behind the error; or empty.
std::string advice_on(const Error& error, const ModelChoice& choice);

HttpOptions http_options(const Environment& environment, std::size_t connections);

}  // namespace proctor
