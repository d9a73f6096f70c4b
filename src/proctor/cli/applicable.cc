#include "proctor/cli/applicable.h"

#include <algorithm>
#include <array>

namespace proctor {
namespace {

enum Kind : unsigned {
  in_process = 1,     // a .gguf here
  own_server = 2,     // a .gguf by a llama-server of ours: --engine server
  takes_context = 4,  // a server's model, by what can be told there
  takes_seed = 8,
  by_command = 16,  // and how it comes to be: --serve
  there = 32,       // it is there already
  baseline = 64,
};
constexpr unsigned servers = own_server | by_command | there;
constexpr unsigned llama_cpp = in_process | own_server;
constexpr unsigned writers = in_process | servers;

struct Row {
  std::string_view option;
  unsigned kinds;
  std::string_view what;  // they are, for a person
};
constexpr std::array rows = {
    Row{"--base-url", there | by_command, "a model at a server"},
    Row{"--api-key-env", servers, "a model at a server"},
    Row{"--header", servers, "a model at a server"},
    Row{"--extra-body", servers, "a model at a server"},
    Row{"--concurrency", servers, "a model at a server"},
    Row{"--timeout", servers, "a model at a server"},
    Row{"--retries", servers, "a model at a server"},
    Row{"--engine", llama_cpp, "a .gguf without --serve"},
    Row{"--serve", by_command, "a model of a server or a .gguf"},
    Row{"--serve-wait", own_server | by_command, "--serve and --engine server"},
    Row{"--exact", in_process, "a .gguf in this process"},
    Row{"--precision", in_process, "a .gguf in this process"},
    Row{"--threads", llama_cpp, "a .gguf in this process or by --engine server"},
    Row{"--gpu-layers", llama_cpp, "a .gguf in this process or by --engine server"},
    Row{"--chat-template", llama_cpp, "a .gguf in this process or by --engine server"},
    Row{"--template-date", in_process, "a .gguf in this process"},
    Row{"--context", llama_cpp | takes_context,
        "a .gguf in this process or by --engine server, and ollama"},
    Row{"--max-tokens", writers, "a model that writes"},
    Row{"--temperature", writers, "a model that writes"},
    Row{"--stop", writers, "a model that writes"},
    Row{"--seed", llama_cpp | takes_seed | baseline,
        "a model that can be told one, or baseline/random"},
};

unsigned kinds_of(const ModelChoice& choice, const Arguments& arguments) {
  if (choice.provider == nullptr)
    return choice.model.provider == "baseline" ? baseline : in_process;
  const Provider& provider = *choice.provider;
  const unsigned told = (provider.takes_context ? takes_context : 0U) |
                        (provider.seed_name.empty() ? 0U : takes_seed);
  if (choice.serve.empty()) return told | there;
  return told | (arguments.has("--serve") ? by_command : own_server);
}

// What the user asks of the sampling, as far as models refuse it.
Result<Sampling> own_sampling(const Arguments& arguments) {
  Sampling own{.reasoning = arguments.get("--reasoning").value_or("")};
  if (arguments.get("--temperature") != "default")
    own.temperature = TRY(arguments.decimal("--temperature", 0, 100));
  own.stop = arguments.all("--stop");
  std::erase(own.stop, "");
  return own;
}

std::string titles_of(std::span<const ModelChoice> choices) {
  std::vector<std::string> titles;
  for (const ModelChoice& choice : choices) titles.push_back(choice.title());
  return join(titles, ", ");
}

Status check_sampling(std::span<const ModelChoice> choices,
                      const Arguments& arguments) {
  const Sampling own = TRY(own_sampling(arguments));
  bool temperature = false, stop = false;
  for (const ModelChoice& choice : choices) {
    const Sampling sent = sampling_for(choice.model, own, true).sampling;
    temperature = temperature || sent.temperature.has_value();
    stop = stop || sent.stop.size() == own.stop.size();
  }
  if (own.temperature && !temperature) {
    return fail(Fault::usage,
                "--temperature: {} would refuse or ignore {}; leave it out, or say "
                "--temperature default",
                titles_of(choices), *own.temperature);
  }
  if (!own.stop.empty() && !stop) {
    return fail(Fault::usage, "--stop: {} would refuse it; leave it out, or say {}",
                titles_of(choices), "--stop ''");
  }
  return {};
}

}  // namespace

Status check_options_apply(std::span<const ModelChoice> choices,
                           const Arguments& arguments) {
  for (const Row& row : rows) {
    if (!arguments.has(row.option)) continue;
    if (choices.empty()) {
      return fail(Fault::usage, "{}: it is for {}, and none is named", row.option,
                  row.what);
    }
    const bool applies = std::ranges::any_of(choices, [&](const ModelChoice& choice) {
      return (kinds_of(choice, arguments) & row.kinds) != 0;
    });
    if (!applies) {
      return fail(Fault::usage, "{}: it is for {}, not for {}", row.option, row.what,
                  titles_of(choices));
    }
  }
  return choices.empty() ? Status() : check_sampling(choices, arguments);
}

}  // namespace proctor
