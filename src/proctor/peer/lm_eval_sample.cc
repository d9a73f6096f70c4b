#include "proctor/peer/lm_eval_sample.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "proctor/peer/json_file.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

// A number, or the text of one: the tracker writes str() of what is in resps.
std::optional<double> value_of(const Json& json) {
  if (json.is_number()) return json.get<double>();
  if (!json.is_string()) return std::nullopt;
  const std::string text = ascii_lower(json.get<std::string>());
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (text == "-inf") return -infinity;
  if (text == "inf") return infinity;
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

// The choice that "2", 2, "C", "(C)" or " C" names.
std::optional<int> choice_named(const Json& json, std::size_t choices) {
  if (json.is_number_integer()) {
    const auto at = json.get<std::int64_t>();
    return at >= 0 && at < std::ssize(labels_of(choices))
               ? std::optional(static_cast<int>(at))
               : std::nullopt;
  }
  if (!json.is_string()) return std::nullopt;
  const auto text = json.get<std::string>();
  const std::string_view bare = trimmed(text, " ()");
  if (bare.size() != 1) return std::nullopt;
  if (bare[0] >= '0' && bare[0] <= '9') return choice_named(bare[0] - '0', choices);
  const std::size_t at = labels_of(choices).find(bare);
  return at == std::string::npos ? std::nullopt : std::optional(static_cast<int>(at));
}

struct Key {
  int right = 0;
  bool is_contradicted = false;  // by the document
};

// What the harness compared with, and only where that names none what the document
// says.
Result<Key> key_of(const Json& doc, const Json& target, std::size_t choices) {
  std::optional<Key> key;
  for (const Json* const said :
       {&target, &member(doc, "answer"), &member(doc, "answer_index")}) {
    const auto choice = choice_named(*said, choices);
    if (choice && !key) key = Key{.right = *choice};
    if (choice && *choice != key->right) key->is_contradicted = true;
  }
  if (key) return *key;
  return fail(Fault::data, "target: found {}, expected one of {} choices",
              fit(for_terminal_line(compact(target)), 40), choices);
}

Result<Question> question_of(const Json& doc) {
  Question question;
  question.subject = word_in(doc, "subject");
  if (question.subject.empty()) question.subject = word_in(doc, "category");
  question.text = TRY(text_in(doc, "question"));
  question.choices =
      TRY(texts_in(doc, doc.contains("options") ? "options" : "choices"));
  if (question.choices.empty() || question.choices.size() > 26) {
    return fail(Fault::data, "choices: found {}, expected 1 to 26",
                question.choices.size());
  }
  question.worked = word_in(doc, "cot_content");
  question.id = word_in(doc, "question_id");
  return question;
}

// The arguments of each request: {"gen_args_0": {"arg_0": …, "arg_1": …}}, before that
// form [[…, …]].
std::vector<std::vector<Json>> arguments_of(const Json& sample) {
  std::vector<std::vector<Json>> all;
  for (const Json& request : member(sample, "arguments")) {
    auto& arguments = all.emplace_back();
    for (const Json& argument : request) arguments.push_back(argument);
  }
  return all;
}

// As a backend keeps what it sent. A chat's messages stand in a text.
std::string sent_by(const std::vector<std::vector<Json>>& requests) {
  if (requests.empty() || requests.front().empty()) return {};
  Json prompt = requests.front().front();
  if (prompt.is_array() && prompt.size() == 1) prompt = Json(prompt.front());
  Json sent = Json::object();
  if (prompt.is_string() && prompt.get<std::string>().starts_with("[{")) {
    const auto messages = json_of(prompt.get<std::string>());
    if (messages) sent["messages"] = *messages;
  }
  if (sent.empty()) sent["prompt"] = prompt;
  Json continuations = Json::array();
  for (const auto& arguments : requests) {
    if (arguments.size() > 1 && arguments[1].is_string())
      continuations.push_back(arguments[1]);
  }
  if (!continuations.empty()) sent["continuations"] = continuations;
  if (requests.front().size() > 1 && member(requests.front()[1], "until").is_array())
    sent["stop"] = member(requests.front()[1], "until");
  return compact(sent);
}

// The likeliest of what was scored, the first of equals, as numpy's argmax has it; no
// letter where none has a finite likelihood, which argmax calls the first.
Result<Reply> scored_reply(const Json& resps, const Question& question) {
  if (resps.size() < question.choices.size()) {
    return fail(Fault::data, "resps: found {} likelihoods, expected {}", resps.size(),
                question.choices.size());
  }
  Reply reply{.finish_reason = "scored"};
  double most = 0;
  for (std::size_t i = 0; i < question.choices.size(); ++i) {
    const Json& first =
        resps[i].is_array() && !resps[i].empty() ? resps[i][0] : resps[i];
    if (first.is_array() && !first.empty() && first[0] == "None")
      return fail(Fault::rejected, "the file has no reply to it");
    const auto value =
        first.is_array() && !first.empty() ? value_of(first[0]) : std::nullopt;
    if (!value) {
      return fail(Fault::data, "resps: found {}, expected a likelihood",
                  fit(for_terminal_line(compact(resps[i])), 40));
    }
    if (std::isnan(*value)) continue;
    const std::string letter(1, letter_of(static_cast<int>(i)));
    reply.logprobs[letter] = *value;
    if (!std::isfinite(*value)) continue;
    if (reply.text.empty() || *value > most) {
      most = *value;
      reply.text = letter;
    }
  }
  return reply;
}

// "None" is how the tracker writes that there was none.
Result<Reply> written_reply(const Json& resps) {
  const Json* text = &resps;
  while (text->is_array() && !text->empty()) text = &text->front();
  if (!text->is_string() || *text == "None")
    return fail(Fault::rejected, "the file has no reply to it");
  return Reply{.text = text->get<std::string>()};
}

Result<std::int64_t> doc_id_of(const Json& json) {
  const Json& number = member(json, "doc_id");
  if (number.is_number_integer() && number >= 0 &&
      number <= std::numeric_limits<std::int64_t>::max())
    return number.get<std::int64_t>();
  return fail(Fault::data, "doc_id: found {}, expected a whole number",
              fit(for_terminal_line(compact(number)), 40));
}

// Whether letters were scored, and not the choices' texts, which may be as short.
bool may_be_letters(const std::vector<std::vector<Json>>& requests,
                    const std::vector<std::string>& choices) {
  for (std::size_t i = 0; i < requests.size() && i < choices.size(); ++i) {
    if (requests[i].size() < 2 || !requests[i][1].is_string()) return false;
    const auto scored = requests[i][1].get<std::string>();
    const std::string_view bare = trimmed(scored, " ()");
    const bool is_letter =
        bare.size() == 1 && bare[0] == letter_of(static_cast<int>(i));
    if (!is_letter && (scored.size() > 3 || bare == trimmed(choices[i], " ()")))
      return false;
  }
  return true;
}

}  // namespace

Result<Sample> sample_of(const Json& json) {
  Sample sample;
  const Json& doc = member(json, "doc");
  if (!doc.is_object() || !member(json, "resps").is_array()) {
    return fail(Fault::data,
                "expected a sample of lm-evaluation-harness, with doc and resps");
  }
  Question& question = sample.reply.question;
  question = TRY(question_of(doc));
  const Key key = TRY(key_of(doc, member(json, "target"), question.choices.size()));
  question.right = key.right;
  sample.is_key_contradicted = key.is_contradicted;
  sample.doc_id = TRY(doc_id_of(json));
  sample.filter = word_in(json, "filter");
  if (sample.filter.empty()) sample.filter = "none";

  const auto requests = arguments_of(json);
  sample.was_scored = std::ranges::any_of(requests, [](const auto& arguments) {
    return arguments.size() > 1 && arguments[1].is_string();
  });
  sample.may_be_letters =
      sample.was_scored && may_be_letters(requests, question.choices);
  Attempt& attempt = sample.reply.attempt;
  attempt.request = sent_by(requests);
  const Json& resps = member(json, "resps");
  if (sample.was_scored) {
    attempt.outcome = scored_reply(resps, question);
    if (!attempt.outcome && attempt.outcome.error().fault == Fault::data)
      return tl::unexpected(attempt.outcome.error());
  } else {
    attempt.outcome = written_reply(resps);
    if (!resps.empty() && resps[0].is_array()) sample.repeats = resps[0].size();
  }

  sample.metric = json.contains("acc") ? "acc" : "exact_match";
  const Json& mark = member(json, sample.metric);
  if (!mark.is_number() && !mark.is_boolean())
    return fail(Fault::data, "acc, exact_match: missing, expected one of them");
  sample.reply.counted_right = mark.is_boolean() ? mark.get<bool>() : mark == 1.0;
  Json rest = json;
  for (const char* const known : {"doc", "arguments", "resps"}) rest.erase(known);
  attempt.response = compact(rest);
  return sample;
}

}  // namespace proctor
