#include "answers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace proctor::fakes {

namespace {

constexpr std::string_view line_keys[] = {
    "match",    "reply",         "status", "headers",   "times",
    "delay_ms", "finish_reason", "body",   "reasoning", "fault"};

std::optional<Finish> finish_named(std::string_view name) {
  if (name == "stop" || name == "STOP" || name == "end_turn") return Finish::stop;
  if (name == "length" || name == "MAX_TOKENS" || name == "max_tokens")
    return Finish::length;
  if (name == "content_filter" || name == "SAFETY" || name == "refusal")
    return Finish::refusal;
  return std::nullopt;
}

}  // namespace

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
  // FNV-1a, then a finish that lets every input bit reach the low ones.
  std::uint64_t out = 0xCBF29CE484222325U ^ (seed * 0x9E3779B97F4A7C15U);
  for (const char c : text)
    out = (out ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  out ^= out >> 33;
  out *= 0xFF51AFD7ED558CCDU;
  return out ^ (out >> 33);
}

// ---- Script -----------------------------------------------------------------------

Status Script::add(const std::filesystem::path& path) {
  const std::string text = TRY(read_file(path).in("--answers"));
  std::size_t number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    if (python_strip(line).empty()) continue;
    lines_.push_back(TRY(read_line(line).in(
        fmt::format("--answers {}: line {}", path.string(), number))));
  }
  return {};
}

Result<Script::Line> Script::read_line(std::string_view text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object())
    return fail(Fault::data,
                "expected an object such as {{\"match\": \"...\", \"reply\": \"B\"}}");
  std::vector<std::string> known(std::begin(line_keys), std::end(line_keys));
  Line line;
  line.answer.reply.text = "";
  for (const auto& [key, value] : json.items()) {
    const auto wants = [&key = key, &value = value](std::string_view what) {
      return fail(Fault::data, "\"{}\": expected {}, found {}", key, what,
                  value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    };
    if (std::ranges::find(known, key) == known.end())
      return fail(Fault::data, "\"{}\": no such key{}; the keys are {}", key,
                  suggestion(key, known), join(known, ", "));
    if (key == "reply" && value.is_null()) {
      line.answer.reply.text = std::nullopt;
    } else if (key == "headers") {
      if (!value.is_object()) return wants("an object");
      for (const auto& [name, content] : value.items())
        line.answer.headers += fmt::format(
            "{}: {}\r\n", name,
            content.is_string() ? content.get<std::string>() : content.dump());
    } else if (key == "status" || key == "times" || key == "delay_ms") {
      if (!value.is_number_unsigned()) return wants("a number");
      const auto number = value.get<std::uint64_t>();
      if (key == "times") {
        line.times = number;
      } else if (key == "delay_ms") {
        line.answer.delay = std::chrono::milliseconds(number);
      } else {
        if (number < 100 || number > 599) return wants("a status from 100 to 599");
        line.answer.status = static_cast<int>(number);
      }
    } else if (!value.is_string()) {
      return wants("a text");
    } else if (key == "match") {
      line.match = value;
    } else if (key == "reply") {
      line.answer.reply.text = value;
    } else if (key == "reasoning") {
      line.answer.reply.reasoning = value;
    } else if (key == "body") {
      line.answer.body = value;
    } else if (key == "fault") {
      line.answer.fault = TRY(read_fault(value.get<std::string>()));
    } else {
      const auto finish = finish_named(value.get<std::string>());
      if (!finish) return wants("stop, length or content_filter");
      line.answer.reply.finish = *finish;
    }
  }
  return line;
}

std::optional<Answer> Script::next(std::string_view prompt) {
  for (Line& line : lines_) {
    if (line.times && line.used >= *line.times) continue;
    if (prompt.find(line.match) == std::string_view::npos) continue;
    ++line.used;
    return line.answer;
  }
  return std::nullopt;
}

void Script::reset() {
  for (Line& line : lines_) line.used = 0;
}

// ---- Answers ----------------------------------------------------------------------

std::string Answers::wrapped(char letter) const {
  return replace_all(wrap, "{}", std::string_view(&letter, 1));
}

// The index of the choice it takes.
std::size_t Answers::said(const AnswerKey::Question& question) const {
  const std::size_t choices = question.choices.size();
  if (right->holds(question.row) || choices < 2) return question.right;
  return (question.right + 1 + question.row % (choices - 1)) % choices;
}

std::string Answers::text_for(std::string_view prompt) {
  if (!replay.is_empty()) {
    if (auto said_once = replay.next(prompt)) return *std::move(said_once);
    ++unknown_;
    return "I do not know this question.";
  }
  if (right) {
    const AnswerKey::Question* question = key.find(prompt);
    if (question == nullptr) {
      ++unknown_;
      return "I do not know this question.";
    }
    return wrapped(static_cast<char>('A' + said(*question)));
  }
  if (random) return wrapped(letters[hash_of(prompt, *random) % letters.size()]);
  return always;
}

Answer Answers::next(std::string_view prompt) {
  if (auto scripted = script.next(prompt)) return *std::move(scripted);
  Answer answer;
  answer.reply.text = text_for(prompt);
  return answer;
}

void Answers::reset() {
  script.reset();
  replay.reset();
  unknown_ = 0;
}

std::map<std::string, Answers::Expected> Answers::expected() const {
  std::map<std::string, Expected> out;
  for (const AnswerKey::Question& question : key.questions()) {
    Expected& here = out[question.subject];
    ++here.questions;
    if (right && said(*question.first) == question.right) ++here.right;
  }
  return out;
}

}  // namespace proctor::fakes
