#include "proctor/engine/llama/chat.h"

#include <algorithm>

#include "proctor/engine/thoughts.h"

namespace proctor {
namespace {

using Values = std::vector<std::pair<std::string, TemplateVariables::Value>>;

bool is_switch(const std::string& reasoning) {
  return reasoning == "on" || reasoning == "off";
}

// What templates call the switch: Qwen, GLM, SmolLM3 and most others; DeepSeek, Granite
// and Kimi; MiniMax; Ling; Seed.
void add_switch(bool on, Values& values) {
  values.emplace_back("enable_thinking", on);
  values.emplace_back("thinking", on);
  values.emplace_back("thinking_mode", std::string(on ? "enabled" : "disabled"));
  values.emplace_back("thinking_option", std::string(on ? "on" : "off"));
  if (!on) values.emplace_back("thinking_budget", 0);
}

// gpt-oss and most others; Muse; Kimi.
void add_effort(const std::string& effort, Values& values) {
  for (const char* name : {"reasoning_effort", "reasoning_strength", "thinking_effort"})
    values.emplace_back(name, effort);
}

std::string in_digits(std::chrono::year_month_day date) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

bool tells_date(std::string_view source) {
  constexpr std::array<std::string_view, 3> names = {"strftime_now", "date_string",
                                                     "datetime"};
  return std::ranges::any_of(names, [&](std::string_view name) {
    return source.find(name) != std::string_view::npos;
  });
}

// A template that tells the day is another one every day, so the day is in its name.
std::string name_of(const std::string& source, std::chrono::year_month_day date) {
  const std::string name = "jinja:" + sha256_hex(source).substr(0, 16);
  return tells_date(source) ? name + " " + in_digits(date) : name;
}

std::vector<std::string> roles_of(std::span<const EngineTurn> turns) {
  std::vector<std::string> roles;
  for (const EngineTurn& turn : turns) roles.push_back(turn.role);
  return roles;
}

// A text that no content holds.
std::string seal_for(std::span<const EngineTurn> turns) {
  std::string seal = "\x01";
  while (std::ranges::any_of(turns, [&](const EngineTurn& turn) {
    return turn.content.find(seal) != std::string::npos;
  })) {
    seal += '\x01';
  }
  return seal;
}

// The text apart at each seal, as pieces of the same kind.
void add_unsealed(const Piece& piece, const std::string& seal,
                  std::vector<Piece>& pieces) {
  std::string_view rest = piece.text;
  for (auto at = rest.find(seal); at != std::string_view::npos; at = rest.find(seal)) {
    pieces.push_back({std::string(rest.substr(0, at)), piece.is_template});
    rest.remove_prefix(at + seal.size());
  }
  pieces.push_back({std::string(rest), piece.is_template});
}

tl::unexpected<Error> refused(Fault fault, const Error& words,
                              std::span<const EngineTurn> turns) {
  if (words.fault == Fault::cancelled) return tl::unexpected(words);
  return fail(fault, "the chat template says: {} (the turns are {}); {}", words.message,
              join(roles_of(turns), ", "), way_out_of(roles_of(turns)));
}

bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

}  // namespace

Result<ChatTemplate> ChatTemplate::of(const llama_model* model,
                                      const Vocabulary& vocabulary,
                                      const EngineOptions& options) {
  ChatTemplate made;
  made.vocabulary_ = &vocabulary;
  made.variables_ = {.bos = vocabulary.bos_text(),
                     .eos = vocabulary.eos_text(),
                     .date = options.date.value_or(usual_template_date),
                     .others = {}};
  made.is_told_date_ = options.date.has_value();
  made.is_stopped_ = options.is_stopped;
  const char* const own = llama_model_chat_template(model, nullptr);
  if (own != nullptr) made.own_identity_ = name_of(own, usual_template_date);
  const std::string& asked = options.chat_template;
  const std::vector<std::string> families = template_families();
  if (asked == "none") {
    made.identity_ = asked;
  } else if (std::ranges::find(families, asked) != families.end()) {
    made.template_ = TemplateFamily(asked);
    made.identity_ = asked;
  } else if (!asked.empty()) {
    if (!is_file(asked)) {
      return fail(Fault::usage,
                  "`chat_template` {}: neither a file nor a known name{}; expected a "
                  "file of Jinja, none, or a name that proctor list templates shows",
                  asked, suggestion(asked, families));
    }
    const std::string place = "`chat_template` " + asked;
    const TemplateFile file = TRY(read_template_file(asked).in(place));
    TRY(made.take(file.jinja).in(place));
  } else if (own != nullptr) {
    if (const Status taken = made.take(own); !taken) {
      made.why_not_ =
          fmt::format("the model's own chat template: {}", taken.error().message);
    }
  } else {
    made.why_not_ = "the model has no chat template of its own";
  }
  made.look();
  return made;
}

Status ChatTemplate::take(const std::string& source) {
  identity_ = name_of(source, variables_.date);
  facts_.tells_date = tells_date(source);
  source_ = source;
  template_ = TRY(Jinja::of(source, is_stopped_));
  return {};
}

// What the template can be told, found out by telling it.
void ChatTemplate::look() {
  facts_.why_not = why_not_;
  if (!std::holds_alternative<Jinja>(template_)) return;
  const EngineTurn user{"user", "@@user@@"}, system{"system", "@@system@@"};
  const std::vector<EngineTurn> alone{user}, both{system, user};
  const auto differs = [&](const std::string& one, const std::string& other) {
    const auto a = rendered(alone, one), b = rendered(alone, other);
    return a && b && *a != *b;
  };
  facts_.has_thinking_switch = differs("on", "off");
  facts_.efforts = known_efforts();
  const auto with_system = rendered(both, ""), without = rendered(alone, "");
  if (!with_system) return;
  const std::size_t at = with_system->find(system.content);
  facts_.takes_system = at != std::string::npos;
  if (!without || !facts_.takes_system) return;
  // The default is what stands in the system message's place where there is none.
  const std::string_view before = std::string_view(*with_system).substr(0, at);
  const std::string_view behind =
      std::string_view(*with_system).substr(at + system.content.size());
  if (without->size() > before.size() + behind.size() && without->starts_with(before) &&
      without->ends_with(behind)) {
    facts_.default_system =
        without->substr(before.size(), without->size() - before.size() - behind.size());
  }
}

// Those that give another text than a word that nobody knows: their own, or the word
// itself. One that gives the same may be what the template takes for granted; then it
// names it.
std::vector<std::string> ChatTemplate::known_efforts() const {
  const std::vector<EngineTurn> turns{{"user", "x"}};
  std::map<std::string, std::optional<std::string>> texts;
  for (const char* effort : {"minimal", "low", "medium", "high"})
    texts[effort] = rendered(turns, effort);
  const auto unknown = rendered(turns, "@@effort@@");
  const bool has_efforts = texts["low"] != texts["high"];
  const auto names = [&](const std::string& effort) {
    return source_.find('\'' + effort + '\'') != std::string::npos ||
           source_.find('"' + effort + '"') != std::string::npos;
  };
  std::vector<std::string> known;
  for (const std::string effort : {"minimal", "low", "medium", "high"}) {
    const auto& text = texts[effort];
    if (text && (text != unknown || (has_efforts && names(effort))))
      known.push_back(effort);
  }
  return known;
}

Status ChatTemplate::can_chat(const std::string& reasoning) const {
  if (!why_not_.empty()) {
    return fail(Fault::usage,
                "{}: a base model is asked by `protocols` mmlu; or name one by "
                "`chat_template` (a file of Jinja, none, or one of proctor list "
                "templates)",
                why_not_);
  }
  if (is_told_date_ && !facts_.tells_date) {
    return fail(Fault::usage, "`template_date`: the chat template ({}) writes no date",
                identity_);
  }
  if (reasoning.empty()) return {};
  const bool can =
      is_switch(reasoning)
          ? facts_.has_thinking_switch
          : std::ranges::find(facts_.efforts, reasoning) != facts_.efforts.end();
  if (can) return {};
  std::vector<std::string> offers = facts_.efforts;
  if (facts_.has_thinking_switch) offers.insert(offers.begin(), {"on", "off"});
  const std::string offered = offers.empty()
                                  ? "nothing of the kind; leave `reasoning` out"
                                  : join(offers, ", ") + " alone";
  return fail(Fault::usage, "`reasoning` {}: the chat template ({}) offers {}",
              reasoning, identity_, offered);
}

TemplateVariables ChatTemplate::variables_for(const std::string& reasoning) const {
  TemplateVariables variables = variables_;
  Values& values = variables.others;
  if (reasoning.empty()) {
    values.emplace_back("enable_thinking", true);  // as llama-server says
  } else {
    add_switch(reasoning != "off", values);
  }
  if (!reasoning.empty() && !is_switch(reasoning)) add_effort(reasoning, values);
  return variables;
}

std::optional<std::string> ChatTemplate::rendered(std::span<const EngineTurn> turns,
                                                  const std::string& reasoning) const {
  const auto pieces =
      std::get<Jinja>(template_).render(turns, variables_for(reasoning), is_stopped_);
  return pieces ? std::optional(text_of(*pieces)) : std::nullopt;
}

// Whether every turn is in the result, told once for each list of roles: by contents
// that stand nowhere else. Turns keep their order, but for the system's, which some
// templates put beside the last question.
Status ChatTemplate::check_roles(std::span<const EngineTurn> turns,
                                 const std::string& reasoning) const {
  std::vector<std::string> key{reasoning};
  for (const EngineTurn& turn : turns) key.push_back(turn.role);
  if (const auto known = checked_.find(key); known != checked_.end())
    return known->second;
  Status found = find_turns(turns, reasoning);
  if (found || found.error().fault != Fault::cancelled) checked_.emplace(key, found);
  return found;
}

Status ChatTemplate::find_turns(std::span<const EngineTurn> turns,
                                const std::string& reasoning) const {
  std::vector<EngineTurn> marked(turns.begin(), turns.end());
  for (std::size_t i = 0; i < marked.size(); ++i)
    marked[i].content = fmt::format("@@turn {}@@", i + 1);
  const auto pieces =
      std::get<Jinja>(template_).render(marked, variables_for(reasoning), is_stopped_);
  if (!pieces) return refused(Fault::usage, pieces.error(), turns);
  const std::string whole = text_of(*pieces);
  std::size_t behind = 0;  // the turn before
  for (std::size_t i = 0; i < marked.size(); ++i) {
    const std::string& mark = marked[i].content;
    const std::size_t at = whole.find(mark);
    const bool is_there = at != std::string::npos;
    const bool is_twice = is_there && whole.find(mark, at + 1) != std::string::npos;
    const bool is_moved = is_there && at < behind && marked[i].role != "system";
    if (is_there && !is_twice && !is_moved) {
      if (marked[i].role != "system") behind = at;
      continue;
    }
    return fail(Fault::usage, "the chat template {} turn {} ({}); {}",
                is_twice   ? "repeats"
                : is_moved ? "moves"
                           : "leaves out",
                i + 1, marked[i].role, way_out_of(roles_of(turns)));
  }
  return {};
}

// A special token's text that came from a content must not become the token. The pieces
// tell contents from the template, but for a content that the template has taken apart;
// so the text of a special token is broken by a seal beforehand.
Result<std::vector<Piece>> ChatTemplate::render_jinja(
    std::span<const EngineTurn> turns, const std::string& reasoning) const {
  TRY(check_roles(turns, reasoning));
  const std::string seal = seal_for(turns);
  std::vector<EngineTurn> sealed(turns.begin(), turns.end());
  for (EngineTurn& turn : sealed) vocabulary_->break_specials(turn.content, seal);
  const auto pieces =
      std::get<Jinja>(template_).render(sealed, variables_for(reasoning), is_stopped_);
  if (!pieces) return refused(Fault::rejected, pieces.error(), turns);
  // It shows every turn of these roles; does it show what is in this question's?
  const std::string whole = text_of(*pieces);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    if (whole.find(python_strip(sealed[i].content)) != std::string::npos) continue;
    return fail(Fault::rejected,
                "the chat template leaves out turn {} ({}), or changes it; {}", i + 1,
                sealed[i].role, way_out_of(roles_of(turns)));
  }
  std::vector<Piece> unsealed;
  for (const Piece& piece : *pieces) add_unsealed(piece, seal, unsealed);
  return unsealed;
}

Result<std::vector<Piece>> ChatTemplate::render(std::span<const EngineTurn> turns,
                                                const std::string& reasoning,
                                                bool answers_now) {
  TRY(can_chat(reasoning));
  const bool goes_on = turns.size() > 1 && turns.back().role == "assistant";
  const std::span<const EngineTurn> before =
      goes_on ? turns.first(turns.size() - 1) : turns;
  std::vector<Piece> pieces;
  if (auto* const family = std::get_if<TemplateFamily>(&template_)) {
    pieces = TRY(family->render(before));
  } else if (std::holds_alternative<Jinja>(template_)) {
    pieces = TRY(render_jinja(before, reasoning));
  } else {
    for (const EngineTurn& turn : before) {
      if (!pieces.empty()) pieces.push_back({"\n\n", true});
      pieces.push_back({turn.content, false});
    }
    if (goes_on) pieces.push_back({"\n\n", true});
  }
  if (goes_on || answers_now) {
    pieces.push_back({before_answer(last_of_template(pieces)), true});
  }
  if (goes_on) pieces.push_back({turns.back().content, false});
  return pieces;
}

Result<std::vector<Piece>> pieces_of(ChatTemplate& chat, const EngineRequest& request) {
  if (request.turns.empty()) return std::vector<Piece>{{request.text, false}};
  // A continuation is the answer, and a grammar holds the reply to it.
  const bool answers_now = !request.continuations.empty() || !request.grammar.empty();
  return chat.render(request.turns, request.reasoning, answers_now);
}

}  // namespace proctor
