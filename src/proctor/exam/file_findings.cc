#include "proctor/exam/file_findings.h"

#include <nlohmann/json.hpp>

#include "proctor/engine/engine.h"

namespace proctor {
namespace {

using State = Finding::State;

constexpr int most_columns = 100;

std::string inert(std::string_view text) {
  return fit(for_terminal_line(to_valid_utf8(text)), most_columns);
}

std::string in_quotes(std::string_view text) {
  return fmt::format("\"{}\"", inert(text));
}

// What has been read of a file.
struct Seen {
  std::filesystem::path path;
  ModelFile file;
  std::optional<EngineOutlook> outlook;
  std::optional<std::string> digest;
  std::vector<std::string> problems;  // each ends a run before its first question
};

Seen see(const std::filesystem::path& path, const std::filesystem::path& cache) {
  Seen seen{.path = path};
  // Errors name the file, as the line does that they are in.
  const auto without_name = [&](std::string message) {
    const std::string name = path.string() + ": ";
    return message.starts_with(name) ? message.substr(name.size()) : message;
  };
  auto file = read_model_file(path);
  if (!file) {
    seen.problems.push_back(without_name(file.error().message));
    return seen;
  }
  seen.file = *std::move(file);
  seen.digest = known_digest(path, cache);
  if (!seen.file.why_not.empty()) {
    seen.problems.push_back(seen.file.why_not);
    return seen;
  }
  if (!has_engine()) return seen;
  auto outlook = look_at({.model = path});
  if (!outlook) {
    seen.problems.push_back(without_name(outlook.error().message));
    return seen;
  }
  seen.outlook = *std::move(outlook);
  return seen;
}

Finding memory_finding(const EngineOutlook& outlook) {
  const std::string needed =
      fmt::format("needs about {}: {} weights, {} cache for {} tokens, {} buffers",
                  in_bytes(outlook.needed_bytes), in_bytes(outlook.weight_bytes),
                  in_bytes(outlook.cache_bytes), with_thousands(outlook.context),
                  in_bytes(outlook.buffer_bytes));
  if (!outlook.left_bytes) return {State::fine, "memory", needed};
  const bool fits = outlook.needed_bytes <= *outlook.left_bytes;
  return {fits ? State::fine : State::doubtful, "memory",
          fmt::format("{}; {} leaves {}{}", needed, outlook.left_by,
                      in_bytes(*outlook.left_bytes),
                      fits ? "" : ": a smaller `context` needs less")};
}

std::string template_words(const EngineOutlook& outlook) {
  std::vector<std::string> words;
  words.push_back(outlook.family.empty() ? "its own"
                                         : fmt::format("as {}", outlook.family));
  words.emplace_back(outlook.chat.takes_system ? "takes a system message"
                                               : "takes no system message");
  words.emplace_back(outlook.chat.has_thinking_switch ? "has a thinking switch"
                                                      : "no thinking switch");
  if (!outlook.chat.efforts.empty()) {
    words.push_back(
        fmt::format("takes thinking efforts ({})", join(outlook.chat.efforts, ", ")));
  }
  if (outlook.chat.tells_date) words.emplace_back("writes the day");
  return join(words, ", ");
}

std::string bos_words(const EngineOutlook& outlook) {
  if (outlook.bos.empty()) return "none";
  const std::string bos = in_quotes(outlook.bos);
  if (outlook.adds_bos && outlook.writes_bos) {
    return bos + ", by the tokenizer and the chat template: put in once";
  }
  if (outlook.adds_bos) return bos + ", by the tokenizer";
  if (outlook.writes_bos) return bos + ", by the chat template";
  return "not put in";
}

void tell_outlook(const EngineOutlook& outlook, std::vector<Finding>& findings) {
  if (outlook.chat.why_not.empty()) {
    findings.push_back({State::fine, "chat template", template_words(outlook)});
    const std::string& said = outlook.chat.default_system;
    findings.push_back({said.empty() ? State::absent : State::fine, "default system",
                        said.empty() ? "no message of its own" : in_quotes(said)});
  } else {
    findings.push_back({State::doubtful, "chat template", inert(outlook.chat.why_not)});
  }
  findings.push_back({State::fine, "BOS", bos_words(outlook)});
  findings.push_back(
      {State::fine, "EOS", outlook.eos.empty() ? "none" : in_quotes(outlook.eos)});
  findings.push_back(memory_finding(outlook));
}

std::vector<Finding> findings_of(const Seen& seen) {
  const ModelFile& file = seen.file;
  std::vector<Finding> findings;
  const bool is_fine = seen.problems.empty();
  findings.push_back({is_fine ? State::fine : State::wrong,
                      inert(seen.path.filename().string()),
                      is_fine ? file.title : inert(seen.problems.front())});
  if (!file.architecture.empty()) {
    const auto or_unsaid = [](const std::string& word) {
      return word.empty() ? std::string("the file does not say") : inert(word);
    };
    findings.push_back({State::fine, "name", or_unsaid(file.name)});
    findings.push_back({State::fine, "size label", or_unsaid(file.size_label)});
    findings.push_back(
        {State::fine, "weights",
         fmt::format("{} parameters, {}{}{}", with_thousands(file.parameters),
                     in_bytes(file.weight_bytes),
                     file.quantisation.empty() ? "" : ", mostly ", file.quantisation)});
    findings.push_back({State::fine, "architecture",
                        file.context == 0 ? inert(file.architecture)
                                          : fmt::format("{}, trained for {} tokens",
                                                        inert(file.architecture),
                                                        with_thousands(file.context))});
    findings.push_back({State::fine, "licence", or_unsaid(file.license)});
  }
  if (seen.outlook) tell_outlook(*seen.outlook, findings);
  if (seen.digest) findings.push_back({State::fine, "SHA-256", *seen.digest});
  for (const std::string& warning : file.warnings) {
    findings.push_back({State::doubtful, "note", inert(warning)});
  }
  return findings;
}

std::string json_of(const Seen& seen) {
  nlohmann::ordered_json json;
  const auto put = [&](const char* key, const std::string& word) {
    if (!word.empty()) json[key] = to_valid_utf8(word);
  };
  const ModelFile& file = seen.file;
  put("file", seen.path.string());
  json["problems"] = seen.problems;
  json["warnings"] = file.warnings;
  put("title", file.title);
  put("name", file.name);
  put("size_label", file.size_label);
  put("architecture", file.architecture);
  put("license", file.license);
  put("quantisation", file.quantisation);
  if (!file.architecture.empty()) {
    json["parameters"] = file.parameters;
    json["weight_bytes"] = file.weight_bytes;
    if (file.context > 0) json["trained_context"] = file.context;
  }
  put("sha256", seen.digest.value_or(""));
  if (const auto& outlook = seen.outlook) {
    nlohmann::ordered_json& chat = json["chat_template"];
    if (outlook->chat.why_not.empty()) {
      chat["family"] = outlook->family;
      chat["takes_system"] = outlook->chat.takes_system;
      chat["default_system"] = to_valid_utf8(outlook->chat.default_system);
      chat["thinking_switch"] = outlook->chat.has_thinking_switch;
    } else {
      chat["why_not"] = outlook->chat.why_not;
    }
    json["bos"] = {{"text", to_valid_utf8(outlook->bos)},
                   {"by_tokenizer", outlook->adds_bos},
                   {"by_template", outlook->writes_bos}};
    json["eos"] = {{"text", to_valid_utf8(outlook->eos)}};
    json["memory"] = {{"context", outlook->context},
                      {"needed_bytes", outlook->needed_bytes}};
    if (outlook->left_bytes) json["memory"]["left_bytes"] = *outlook->left_bytes;
  }
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

FileFindings findings_of_file(const std::filesystem::path& file,
                              const std::filesystem::path& cache) {
  const Seen seen = see(file, cache);
  return {findings_of(seen), json_of(seen)};
}

}  // namespace proctor
