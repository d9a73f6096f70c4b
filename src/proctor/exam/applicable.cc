#include "proctor/exam/applicable.h"

#include <algorithm>
#include <array>

#include "proctor/exam/evaluation.h"

namespace proctor {
namespace {

enum Kind : unsigned {
  in_process = 1,     // a .gguf here
  own_server = 2,     // a .gguf by a llama-server of ours
  takes_context = 4,  // a server's model, by what can be told there
  takes_seed = 8,
  by_command = 16,  // and how it comes to be
  there = 32,       // it is there already
  baseline = 64,
};
constexpr unsigned servers = own_server | by_command | there;
constexpr unsigned llama_cpp = in_process | own_server;
constexpr unsigned writers = in_process | servers;

struct Row {
  std::string_view option;
  bool (*is_set)(const ModelSpec& model, const ExamSpec& exam);
  unsigned kinds;
  std::string_view what;  // they are, for a person
};

// One field of a spec, whether it is set.
template <auto field>
bool set_in_model(const ModelSpec& model, const ExamSpec&) {
  return bool(model.*field);
}
template <auto field>
bool set_in_exam(const ModelSpec&, const ExamSpec& exam) {
  return bool(exam.*field);
}

constexpr std::string_view of_server = "a model at a server";
constexpr std::string_view of_file = "a .gguf in this process";
constexpr std::string_view of_llama_cpp =
    "a .gguf in this process or by `computes` server";
constexpr std::string_view of_writer = "a model that writes";
constexpr std::array rows = {
    Row{"`base_url`", set_in_model<&ModelSpec::base_url>, there | by_command,
        of_server},
    Row{"`base_url` twice",
        [](const ModelSpec& model, const ExamSpec&) { return !model.also_at.empty(); },
        there, "a model at servers that are there"},
    Row{"`key_variable`", set_in_model<&ModelSpec::key_variable>, servers, of_server},
    Row{"`headers`",
        [](const ModelSpec& model, const ExamSpec&) { return !model.headers.empty(); },
        servers, of_server},
    Row{"`extra_body`", set_in_model<&ModelSpec::extra_body>, servers, of_server},
    Row{"`concurrency`", set_in_model<&ModelSpec::concurrency>, servers, of_server},
    Row{"`timeout`", set_in_model<&ModelSpec::timeout>, servers, of_server},
    Row{"`retries`", set_in_model<&ModelSpec::retries>, servers, of_server},
    Row{"`rpm`", set_in_model<&ModelSpec::rpm>, servers, of_server},
    Row{"`tpm`", set_in_model<&ModelSpec::tpm>, servers, of_server},
    Row{"`rpd`", set_in_model<&ModelSpec::rpd>, servers, of_server},
    Row{"`computes`", set_in_model<&ModelSpec::computes>, llama_cpp,
        "a .gguf without `serve`"},
    Row{"`serve`", set_in_model<&ModelSpec::serve>, by_command,
        "a model of a server or a .gguf"},
    Row{"`serve_wait`", set_in_model<&ModelSpec::serve_wait>, own_server | by_command,
        "`serve` and `computes` server"},
    Row{"`exact`", set_in_model<&ModelSpec::exact>, in_process, of_file},
    Row{"`precision`", set_in_model<&ModelSpec::precision>, in_process, of_file},
    Row{"`threads`", set_in_model<&ModelSpec::threads>, llama_cpp, of_llama_cpp},
    Row{"`gpu_layers`", set_in_model<&ModelSpec::gpu_layers>, llama_cpp, of_llama_cpp},
    Row{"`chat_template`", set_in_model<&ModelSpec::chat_template>, llama_cpp,
        of_llama_cpp},
    Row{"`template_date`", set_in_model<&ModelSpec::template_date>, in_process,
        of_file},
    Row{"`context`", set_in_model<&ModelSpec::context>, llama_cpp | takes_context,
        "a .gguf in this process or by `computes` server, and ollama"},
    Row{"`max_tokens`", set_in_exam<&ExamSpec::max_tokens>, writers, of_writer},
    Row{"`temperature`", set_in_exam<&ExamSpec::temperature>, writers, of_writer},
    Row{"`stop`", set_in_exam<&ExamSpec::stop>, writers, of_writer},
    Row{"`seed`", set_in_exam<&ExamSpec::seed>, llama_cpp | takes_seed | baseline,
        "a model that can be told one, or baseline/random"},
};

unsigned kinds_of(const ModelChoice& choice) {
  if (choice.provider == nullptr)
    return choice.model.provider == "baseline" ? baseline : in_process;
  const Provider& provider = *choice.provider;
  const unsigned told = (provider.takes_context ? takes_context : 0U) |
                        (provider.seed_name.empty() ? 0U : takes_seed);
  if (choice.serve.empty()) return told | there;
  return told | (choice.spec.serve ? by_command : own_server);
}

// What the user asks of the sampling, as far as models refuse it.
Sampling own_sampling(const ExamSpec& exam) {
  Sampling own{.reasoning = exam.reasoning.value_or("")};
  if (exam.temperature) own.temperature = exam.temperature->value;
  own.stop = exam.stop.value_or(std::vector<std::string>());
  std::erase(own.stop, "");
  return own;
}

std::string titles_of(std::span<const ModelChoice> choices) {
  std::vector<std::string> titles;
  for (const ModelChoice& choice : choices) titles.push_back(choice.title());
  return join(titles, ", ");
}

Status check_sampling(const ExamSpec& exam, std::span<const ModelChoice> choices) {
  const Sampling own = own_sampling(exam);
  bool temperature = false, stop = false;
  for (const ModelChoice& choice : choices) {
    const Sampling sent = sampling_for(choice.model, own, true).sampling;
    temperature = temperature || sent.temperature.has_value();
    stop = stop || sent.stop.size() == own.stop.size();
  }
  if (own.temperature && !temperature) {
    return fail(Fault::usage,
                "`temperature`: {} would refuse or ignore {}; leave it out, or say "
                "`temperature` default",
                titles_of(choices), *own.temperature);
  }
  if (!own.stop.empty() && !stop) {
    return fail(Fault::usage, "`stop`: {} would refuse it; leave it out, or say {}",
                titles_of(choices), "`stop` ''");
  }
  return {};
}

// A thought that nothing is left of but another name for the run.
Status check_can_think(const Protocol& protocol) {
  const std::string& reasoning = protocol.sampling.reasoning;
  if (reasoning.empty() || reasoning == "off" || !protocol.answers_at_once()) return {};
  return fail(Fault::usage,
              "`reasoning` {}: `protocols` {} {}, so that nothing is thought before; "
              "leave it out, or say off",
              reasoning, protocol.name,
              protocol.scoring != Scoring::generate ? "scores the answer at once"
              : protocol.sampling.only_letters ? "is held to a letter by `only_letters`"
                                               : "begins the reply itself");
}

}  // namespace

Status check_applies(const ModelSpec& model, const ExamSpec& exam,
                     std::span<const ModelChoice> choices) {
  for (const Row& row : rows) {
    if (!row.is_set(model, exam)) continue;
    if (choices.empty()) {
      return fail(Fault::usage, "{}: it is for {}, and none is named", row.option,
                  row.what);
    }
    const bool applies = std::ranges::any_of(choices, [&](const ModelChoice& choice) {
      return (kinds_of(choice) & row.kinds) != 0;
    });
    if (!applies) {
      return fail(Fault::usage, "{}: it is for {}, not for {}", row.option, row.what,
                  titles_of(choices));
    }
  }
  return choices.empty() ? Status() : check_sampling(exam, choices);
}

Status check_applies(const ModelSpec& model, std::span<const Exam> exams) {
  const bool any_chats = std::ranges::any_of(
      exams, [](const Exam& exam) { return exam.protocol.form != Form::text; });
  if (any_chats || (!model.chat_template && !model.template_date)) return {};
  std::vector<std::string> names;
  for (const Exam& exam : exams) names.push_back(exam.protocol.name);
  return fail(
      Fault::usage,
      "{}: `protocols` {} sends bare text, in which no chat template has a part",
      model.chat_template ? "`chat_template`" : "`template_date`", join(names, ","));
}

Status check_can_be_sent(const Exam& exam, const ModelChoice& choice) {
  const Sampling& sampling = exam.protocol.sampling;
  if (sampling.only_letters && exam.protocol.scoring != Scoring::generate) {
    return fail(Fault::usage,
                "`only_letters`: `protocols` {} scores continuations, so no reply is "
                "written",
                exam.protocol.name);
  }
  if (choice.provider == nullptr) {
    if (!sampling.reasoning.empty() && choice.file.empty()) {
      return fail(Fault::usage, "`reasoning` {}: {} cannot be told so",
                  sampling.reasoning, choice.title());
    }
    if (!sampling.reasoning.empty() && exam.protocol.form == Form::text) {
      return fail(
          Fault::usage,
          "`reasoning` {}: the protocol sends bare text, which is only continued",
          sampling.reasoning);
    }
    if (sampling.only_letters && choice.file.empty()) {
      return fail(Fault::usage, "`only_letters`: {} writes nothing else anyway",
                  choice.title());
    }
    return check_can_think(exam.protocol);
  }
  const Evaluation evaluation = evaluation_of(exam, choice);
  const Prompt first = prompt_for(evaluation, evaluation.plan.trials.front());
  const auto request = choice.provider->dialect->encode(choice.model, first);
  if (request) return check_can_think(exam.protocol);
  const Error& error = request.error();
  if (error.message.starts_with('`')) return tl::unexpected(error);
  return tl::unexpected(
      error.in(fmt::format("{}: `protocols` {}", choice.title(), exam.protocol.name)));
}

}  // namespace proctor
