#include "proctor/engine/llama/jinja.h"

#include <array>
#include <cstdint>
#include <ctime>
#include <utility>
#include <vector>

#ifdef PROCTOR_HAS_JINJA
#include <jinja/lexer.h>
#include <jinja/parser.h>
#include <jinja/runtime.h>

#include "proctor/engine/llama/bounds.h"
#endif

namespace proctor {

#ifdef PROCTOR_HAS_JINJA

namespace {

using jinja::mk_val;

// Far more than any known template has. llama.cpp's parser and runtime call themselves
// once more for each level, so that without a limit a file could end the program.
constexpr int most_blocks = 600;  // around one place; an elif is one inside its if
constexpr int most_brackets = 50;
constexpr int most_words = 4000;  // of one expression
constexpr std::int64_t most_of_range = 10'000;

// How deep the parser is about to go.
class Depth {
 public:
  // One word of the template, and the one after it.
  void add(const jinja::token& word, const jinja::token& next) {
    using Token = jinja::token;
    ++words_;
    if (word.t == Token::open_expression || word.t == Token::open_statement) {
      brackets_ = words_ = 0;
    }
    if (word.t == Token::open_statement) add_statement(next.value);
    // {% set x %} has a body, {% set x = 1 %} has none.
    if (word.t == Token::equals && brackets_ == 0) is_set_ = false;
    if (word.t == Token::close_statement && std::exchange(is_set_, false)) open();
    if (word.t == Token::open_paren || word.t == Token::open_square_bracket ||
        word.t == Token::open_curly_bracket) {
      ++brackets_;
    }
    if (word.t == Token::close_paren || word.t == Token::close_square_bracket ||
        word.t == Token::close_curly_bracket) {
      --brackets_;
    }
  }
  bool is_too_deep() const {
    return deep_ > most_blocks || brackets_ > most_brackets || words_ > most_words;
  }

 private:
  void add_statement(std::string_view name) {
    is_set_ = name == "set";
    if (name == "elif" && !blocks_.empty()) {
      ++blocks_.back();
      ++deep_;
    }
    for (const std::string_view block : {"if", "for", "macro", "call", "filter"}) {
      if (name == block) open();
    }
    if (name.starts_with("end") && name != "endgeneration" && !blocks_.empty()) {
      deep_ -= blocks_.back();
      blocks_.pop_back();
    }
  }
  void open() {
    blocks_.push_back(1);
    ++deep_;
  }

  std::vector<int> blocks_;  // that are open, each with its elifs
  int deep_ = 0;             // their sum
  int brackets_ = 0, words_ = 0;
  bool is_set_ = false;
};

Status check_size(const std::vector<jinja::token>& words) {
  Depth depth;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    depth.add(words[i], words[i + 1]);
    if (depth.is_too_deep()) {
      return fail(Fault::data, "nested deeper or longer than any chat template is");
    }
  }
  return {};
}

jinja::value string_of(std::string_view text, bool is_input) {
  return mk_val<jinja::value_string>(jinja::string(std::string(text), is_input));
}

void set(jinja::value& object, const std::string& name, const jinja::value& value) {
  object->insert(string_of(name, false), value);
}

// The parts of what a failing template throws: "... at line 3, column 7 in source: ...
// Error: Jinja Exception: words".
std::string words_of(std::string_view thrown) {
  constexpr std::string_view before = "Error: ";
  constexpr std::string_view raised = "Jinja Exception: ";
  if (const auto at = thrown.rfind(before); at != std::string_view::npos) {
    thrown.remove_prefix(at + before.size());
  }
  if (thrown.starts_with(raised)) thrown.remove_prefix(raised.size());
  return for_terminal_line(trimmed(thrown));
}

// Noon of the day everywhere: no clock and no time zone is in a prompt.
std::tm calendar_of(std::chrono::year_month_day date) {
  std::tm time{};
  time.tm_year = static_cast<int>(date.year()) - 1900;
  time.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  time.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
  time.tm_hour = 12;
  const std::time_t seconds = ::timegm(&time);
  ::gmtime_r(&seconds, &time);  // the day of the week and of the year, too
  return time;
}

std::string formatted(const std::tm& time, const std::string& format) {
  std::array<char, 256> text{};
  const std::size_t length =
      std::strftime(text.data(), text.size(), format.c_str(), &time);
  return {text.data(), length};
}

jinja::value strftime_now(const std::tm& time) {
  return mk_val<jinja::value_func>(
      "strftime_now", [time](const jinja::func_args& arguments) -> jinja::value {
        arguments.ensure_vals<jinja::value_string>();
        return string_of(formatted(time, arguments.get_pos(0)->as_string().str()),
                         false);
      });
}

// As llama.cpp's, but with an end: it makes the whole list.
jinja::value bounded_range() {
  return mk_val<jinja::value_func>(
      "range", [](const jinja::func_args& arguments) -> jinja::value {
        arguments.ensure_count(1, 3);
        std::int64_t from = 0, to = arguments.get_pos(0)->as_int(), step = 1;
        if (arguments.count() > 1) {
          from = to;
          to = arguments.get_pos(1)->as_int();
        }
        if (arguments.count() > 2) step = arguments.get_pos(2)->as_int();
        if (step == 0) throw std::runtime_error("range() by steps of 0");
        auto all = mk_val<jinja::value_array>();
        for (std::int64_t i = from; step > 0 ? i < to : i > to;) {
          all->push_back(mk_val<jinja::value_int>(i));
          if (std::ssize(all->as_array()) > most_of_range) {
            throw std::runtime_error("range() of too many numbers");
          }
          if (__builtin_add_overflow(i, step, &i)) break;
        }
        return all;
      });
}

jinja::value value_of(const TemplateVariables::Value& value) {
  if (const bool* yes = std::get_if<bool>(&value)) {
    return mk_val<jinja::value_bool>(*yes);
  }
  if (const int* number = std::get_if<int>(&value)) {
    return mk_val<jinja::value_int>(*number);
  }
  return string_of(std::get<std::string>(value), false);
}

}  // namespace

struct Jinja::Program {
  std::string source;
  Bounds bounds;
  jinja::program parsed;
  bool takes_lists = false;  // contents are lists of parts, and no strings
};

Result<Jinja> Jinja::of(const std::string& source, const IsStopped& is_stopped) {
  if (source.size() > most_bytes) {
    return fail(Fault::data, "larger than any chat template is");
  }
  if (const auto at = first_invalid_utf8(source)) {
    return fail(Fault::data, "byte {} is no UTF-8", *at);
  }
  try {
    const jinja::lexer_result words = jinja::lexer().tokenize(source);
    TRY(check_size(words.tokens));
    auto program = std::make_unique<Program>();
    program->source = words.source;
    program->parsed = jinja::parse_from_tokens(words);
    program->bounds.hold(program->parsed);
    Jinja made(std::move(program));
    if (!TRY(made.shows_a_turn(is_stopped))) {
      made.program_->takes_lists = true;
      made.program_->takes_lists = TRY(made.shows_a_turn(is_stopped));
    }
    return made;
  } catch (const std::exception& problem) {
    return fail(Fault::data, "{}", words_of(problem.what()));
  }
}

Result<bool> Jinja::shows_a_turn(const IsStopped& is_stopped) const {
  const EngineTurn system{"system", "@@system@@"}, user{"user", "@@user@@"};
  for (const std::vector<EngineTurn>& turns : {std::vector{user}, {system, user}}) {
    const auto pieces = render(turns, {}, is_stopped);
    if (!pieces && pieces.error().fault != Fault::rejected)
      return tl::unexpected(pieces.error());
    if (!pieces) continue;
    for (const Piece& piece : *pieces) {
      if (piece.text.find(user.content) != std::string::npos) return true;
    }
  }
  return false;
}

Result<std::vector<Piece>> Jinja::render(std::span<const EngineTurn> turns,
                                         const TemplateVariables& variables,
                                         const IsStopped& is_stopped) const {
  program_->bounds.begin(is_stopped);
  try {
    auto messages = mk_val<jinja::value_array>();
    for (const EngineTurn& turn : turns) {
      jinja::value content = string_of(turn.content, true);
      if (program_->takes_lists) {
        jinja::value part = mk_val<jinja::value_object>();
        set(part, "type", string_of("text", false));
        set(part, "text", content);
        auto parts = mk_val<jinja::value_array>();
        parts->push_back(part);
        content = parts;
      }
      jinja::value message = mk_val<jinja::value_object>();
      set(message, "role", string_of(turn.role, false));
      set(message, "content", content);
      messages->push_back(message);
    }
    const std::tm time = calendar_of(variables.date);
    jinja::context context(program_->source);
    context.set_val("messages", messages);
    context.set_val("add_generation_prompt", mk_val<jinja::value_bool>(true));
    context.set_val("bos_token", string_of(variables.bos, false));
    context.set_val("eos_token", string_of(variables.eos, false));
    context.set_val("strftime_now", strftime_now(time));
    context.set_val("range", bounded_range());
    // llama-server's names for the day.
    context.set_val("datetime", string_of(formatted(time, "%b %d %Y"), false));
    context.set_val("date_string", string_of(formatted(time, "%d %b %Y"), false));
    for (const auto& [name, value] : variables.others) {
      context.set_val(name, value_of(value));
    }
    jinja::runtime runtime(context);
    const auto parts =
        jinja::runtime::gather_string_parts(runtime.execute(program_->parsed));
    std::vector<Piece> pieces;
    for (const jinja::string_part& part : parts->as_string().parts) {
      if (!part.val.empty()) pieces.push_back({part.val, !part.is_input});
    }
    return pieces;
  } catch (const std::exception& problem) {
    if (program_->bounds.was_stopped())
      return fail(Fault::cancelled, "stopped while its chat template was rendered");
    return fail(program_->bounds.was_exceeded() ? Fault::data : Fault::rejected, "{}",
                words_of(problem.what()));
  }
}

#else

struct Jinja::Program {};

Result<Jinja> Jinja::of(const std::string& /*source*/,
                        const IsStopped& /*is_stopped*/) {
  return fail(Fault::usage,
              "this proctor was built with a llama.cpp that has no Jinja beside it; "
              "build it again after tools/get-llama, without -Dllama_ROOT");
}

Result<std::vector<Piece>> Jinja::render(std::span<const EngineTurn> /*turns*/,
                                         const TemplateVariables& /*variables*/,
                                         const IsStopped& /*is_stopped*/) const {
  return std::vector<Piece>();
}

#endif

Jinja::Jinja(std::unique_ptr<Program> program) : program_(std::move(program)) {}
Jinja::Jinja(Jinja&&) noexcept = default;
Jinja& Jinja::operator=(Jinja&&) noexcept = default;
Jinja::~Jinja() = default;

}  // namespace proctor
