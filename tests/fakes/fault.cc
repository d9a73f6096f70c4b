#include "fault.h"

#include <charconv>
#include <utility>

namespace proctor::fakes {

namespace {

enum class Value { none, may, must };
struct KindRow {
  std::string_view name;
  FaultKind kind;
  Value value = Value::none;
};
constexpr KindRow kinds[] = {
    {"status", FaultKind::status, Value::must},
    {"reset", FaultKind::reset},
    {"close", FaultKind::close},
    {"truncate", FaultKind::truncate},
    {"hang", FaultKind::hang},
    {"drip", FaultKind::drip, Value::may},
    {"blank-lines", FaultKind::blank_lines, Value::may},
    {"not-json", FaultKind::not_json},
    {"html", FaultKind::html},
    {"empty-content", FaultKind::empty_content},
    {"no-choices", FaultKind::no_choices},
    {"null-content", FaultKind::null_content},
    {"huge", FaultKind::huge},
    {"redirect", FaultKind::redirect, Value::must},
    {"bad-utf8", FaultKind::bad_utf8},
    {"escape", FaultKind::escape},
    {"length", FaultKind::length},
    {"refusal", FaultKind::refusal},
    {"reasoning", FaultKind::reasoning},
};

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number out{};
  const auto [stop, error] =
      std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return out;
}

// Reads what stands behind the last colon; false if it is no such thing (a URL's port).
bool read_when(std::string_view text, FaultRule& rule) {
  if (text.starts_with("every=") || text.starts_with("first=")) {
    const auto number = number_of<std::uint64_t>(text.substr(6));
    if (!number || *number == 0) return false;
    rule.when = text[0] == 'e' ? FaultRule::When::every : FaultRule::When::first;
    rule.number = *number;
    return true;
  }
  const auto share = number_of<double>(text);
  if (!share || *share <= 0 || *share > 1) return false;
  rule.number = static_cast<std::uint64_t>(*share * 1e6 + 0.5);
  return true;
}

}  // namespace

std::vector<std::string> fault_names() {
  std::vector<std::string> out;
  for (const KindRow& row : kinds) out.emplace_back(row.name);
  return out;
}

Result<FaultRule> read_fault(std::string_view text) {
  FaultRule rule{};
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos) {
    if (read_when(text.substr(colon + 1), rule)) {
      text = text.substr(0, colon);
    } else if (!text.starts_with("redirect=")) {
      return fail(
          Fault::usage,
          "--fault {}: expected a share in (0, 1], every=N or first=N behind the "
          "colon, found \"{}\"",
          text, text.substr(colon + 1));
    }
  }
  const std::size_t equals = text.find('=');
  const std::string name(text.substr(0, equals));
  if (equals != std::string_view::npos) rule.value = text.substr(equals + 1);
  for (const KindRow& row : kinds) {
    if (row.name != name) continue;
    const bool given = !rule.value.empty();
    if (row.value == Value::must && !given)
      return fail(Fault::usage, "--fault {}: a value is missing, as in {}={}", text,
                  name, name == "status" ? "429" : "http://127.0.0.1:1/");
    if (row.value == Value::none && given)
      return fail(Fault::usage, "--fault {}: {} takes no value", text, name);
    if (given && row.kind != FaultKind::redirect) {
      const auto number = number_of<int>(rule.value);
      const bool status = row.kind == FaultKind::status;
      if (!number || *number < (status ? 300 : 1) || (status && *number > 599))
        return fail(Fault::usage, "--fault {}: expected a number{}, found \"{}\"", text,
                    status ? " from 300 to 599" : "", rule.value);
    }
    rule.kind = row.kind;
    return rule;
  }
  return fail(Fault::usage, "--fault {}: no such fault{}; the faults are {}", text,
              suggestion(name, fault_names()), join(fault_names(), ", "));
}

std::optional<FaultRule> Faults::next() {
  for (FaultRule& rule : rules_) {
    const std::uint64_t before = rule.seen++;
    bool now = false;
    switch (rule.when) {
      case FaultRule::When::share:
        now = rule.seen * rule.number / 1'000'000 > before * rule.number / 1'000'000;
        break;
      case FaultRule::When::every:
        now = rule.seen % rule.number == 0;
        break;
      case FaultRule::When::first:
        now = rule.seen <= rule.number;
    }
    if (now) return rule;
  }
  return std::nullopt;
}

void Faults::reset() {
  for (FaultRule& rule : rules_) rule.seen = 0;
}

}  // namespace proctor::fakes
