#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "proctor/answer/answer.h"
#include "proctor/archive/archive.h"
#include "proctor/peer/inspect.h"
#include "proctor/peer/json_file.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// ---- A sample ---------------------------------------------------------------------

// Long texts stand once in a sample, and elsewhere by their digest.
std::string text_of(const Json& value, const Json& sample) {
  if (value.is_string()) {
    constexpr std::string_view scheme = "attachment://";
    const auto text = value.get<std::string>();
    if (!text.starts_with(scheme)) return text;
    const Json& attached =
        member(member(sample, "attachments"), text.substr(scheme.size()));
    return attached.is_string() ? attached.get<std::string>() : text;
  }
  std::string text;
  if (value.is_array()) {
    for (const Json& part : value)
      if (word_in(part, "type") == "text")
        text += text_of(member(part, "text"), sample);
  }
  return text;
}

std::string thoughts_of(const Json& content) {
  std::string thoughts;
  if (content.is_array()) {
    for (const Json& part : content)
      if (word_in(part, "type") == "reasoning") thoughts += word_in(part, "reasoning");
  }
  return thoughts;
}

// What was put before the model: the messages up to its reply.
std::string sent_by(const Json& sample) {
  Json turns = Json::array();
  for (const Json& message : member(sample, "messages")) {
    const std::string role = word_in(message, "role");
    if (role == "assistant" && word_in(message, "source") != "input") break;
    turns.push_back(
        {{"role", role}, {"content", text_of(member(message, "content"), sample)}});
  }
  return turns.empty() ? "" : compact({{"messages", turns}});
}

// "2026-11-30T08:04:49.228716+00:00"; nothing for what is no time.
std::optional<WallTime> time_in(const Json& sample, std::string_view name) {
  const std::string text = word_in(sample, name);
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = -1;
    if (at + digits <= text.size())
      std::from_chars(text.data() + at, text.data() + at + digits, value);
    return value;
  };
  using namespace std::chrono;
  const year_month_day date(year(number(0, 4)),
                            month(static_cast<unsigned>(number(5, 2))),
                            day(static_cast<unsigned>(number(8, 2))));
  const int hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
  if (text.size() < 19 || !date.ok() || hour < 0 || minute < 0 || second < 0)
    return std::nullopt;
  WallTime time = sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
  std::size_t at = 19;
  if (at < text.size() && text[at] == '.') {
    microseconds unit(100'000);
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      time += (text[at] - '0') * unit;
      unit /= 10;
    }
  }
  if (at >= text.size() || text[at] == 'Z') return time;
  const auto offset =
      hours(std::max(number(at + 1, 2), 0)) + minutes(std::max(number(at + 4, 2), 0));
  return text[at] == '-' ? time + offset : time - offset;
}

std::optional<std::int64_t> count_in(const Json& usage, std::string_view name) {
  constexpr double most = 1e15;
  const auto number = number_in(usage, name);
  if (!number || !(*number >= 0 && *number <= most)) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

Result<Reply> reply_of(const Json& sample) {
  const Json& error = member(sample, "error");
  if (error.is_object())
    return fail(Fault::rejected, "{}", fit(word_in(error, "message"), 300));
  const Json& output = member(sample, "output");
  const Json& choices = member(output, "choices");
  if (!choices.is_array() || choices.empty())
    return fail(Fault::rejected, "the file has no reply to it");
  const Json& content = member(member(choices[0], "message"), "content");
  if (content.is_null()) return fail(Fault::rejected, "the file has no reply to it");
  const Json& usage = member(output, "usage");
  return Reply{.text = text_of(content, sample),
               .reasoning = thoughts_of(content),
               .finish_reason = word_in(choices[0], "stop_reason"),
               .model = word_in(output, "model"),
               .tokens = {.prompt = count_in(usage, "input_tokens"),
                          .reply = count_in(usage, "output_tokens"),
                          .thought = count_in(usage, "reasoning_tokens")}};
}

Attempt attempt_of(const Json& sample) {
  Attempt attempt;
  attempt.outcome = reply_of(sample);
  attempt.request = sent_by(sample);
  attempt.response = compact({{"id", member(sample, "id")},
                              {"epoch", member(sample, "epoch")},
                              {"uuid", member(sample, "uuid")},
                              {"scores", member(sample, "scores")},
                              {"metadata", member(sample, "metadata")}});
  const auto started = time_in(sample, "started_at");
  if (started) attempt.started = *started;
  auto seconds = number_in(member(sample, "output"), "time");
  if (!seconds) seconds = number_in(sample, "total_time");
  if (seconds && *seconds >= 0 && *seconds < 1e9)
    attempt.latency = Microseconds(std::llround(*seconds * 1e6));
  return attempt;
}

// The question of an input that is a list of messages is the user's last.
std::string question_in(const Json& sample) {
  const Json& input = member(sample, "input");
  if (!input.is_array()) return text_of(input, sample);
  std::string question;
  for (const Json& message : input)
    if (word_in(message, "role") == "user")
      question = text_of(member(message, "content"), sample);
  return question;
}

// "B", ["B"], ["A", "C"].
Status read_target(const Json& target, Question& question) {
  const std::string labels = labels_of(question.choices.size());
  std::vector<int> right;
  for (const Json& one : target.is_array() ? target : Json::array({target})) {
    const auto letter = one.is_string() ? one.get<std::string>() : std::string();
    const std::size_t at = letter.size() == 1 ? labels.find(letter) : std::string::npos;
    if (at == std::string::npos) {
      return fail(Fault::data, "target: found {}, expected a letter of {} choices",
                  fit(for_terminal_line(compact(target)), 40), labels.size());
    }
    right.push_back(static_cast<int>(at));
  }
  if (right.empty()) return fail(Fault::data, "target: found an empty list");
  question.right = right.front();
  question.also_right.assign(right.begin() + 1, right.end());
  std::ranges::sort(question.also_right);
  return {};
}

Result<Question> question_of(const Json& sample, const std::string& task) {
  Question question;
  question.id = word_in(sample, "id");
  question.text = question_in(sample);
  question.choices = TRY(texts_in(sample, "choices"));
  if (question.choices.empty() || question.choices.size() > 26) {
    return fail(Fault::data, "choices: found {}, expected 1 to 26",
                question.choices.size());
  }
  TRY(read_target(member(sample, "target"), question));
  for (const char* const name : {"subject", "category"}) {
    if (question.subject.empty())
      question.subject = word_in(member(sample, "metadata"), name);
  }
  if (question.subject.empty()) question.subject = task;
  return question;
}

// The first scorer's word: C is correct; some write 1.
bool counts_as_right(const Json& sample) {
  const Json& scores = member(sample, "scores");
  if (!scores.is_object() || scores.empty()) return false;
  const Json& value = member(*scores.begin(), "value");
  return value == "C" || value == 1 || value == true;
}

bool has_score(const Json& sample) {
  const Json& scores = member(sample, "scores");
  return scores.is_object() && !scores.empty();
}

// ---- A log ------------------------------------------------------------------------

class LogReader {
 public:
  explicit LogReader(const Json& header) : header_(header) {
    const Json& eval = member(header, "eval");
    run_.harness = "inspect_ai";
    run_.model = word_in(eval, "model");
    task_ = word_in(eval, "task");
    run_.dataset = word_in(member(eval, "dataset"), "name");
    if (run_.dataset.empty()) run_.dataset = task_;
    run_.split = "test";
    run_.aggregation = "inspect";
    run_.readers = {"inspect", "simple_evals", "evalscope", "first-letter", "proctor"};
  }

  Status add(const Json& sample) {
    if (run_.replies.empty()) read_as(sample);
    if (number_in(sample, "epoch").value_or(1) > 1) {
      ++epochs_;
      return {};
    }
    if (!TRY(is_new(sample))) {
      ++again_;
      return {};
    }
    run_.replies.push_back({.question = TRY(question_of(sample, task_)),
                            .attempt = attempt_of(sample),
                            .counted_right = counts_as_right(sample)});
    scored_ += has_score(sample) ? 1 : 0;
    return {};
  }

  Result<PeerRun> whole() && {
    if (run_.replies.empty()) return fail(Fault::data, "found no samples in the log");
    const std::string status = word_in(header_, "status");
    if (status != "success") {
      run_.left_out.push_back(fmt::format(
          "the log ends with {}: what it holds is taken", for_terminal_line(status)));
    }
    if (again_ > 0) {
      run_.left_out.push_back(
          fmt::format("{} samples repeat one of the log, word for word: left out",
                      with_thousands(again_)));
    }
    if (epochs_ > 0) {
      run_.left_out.push_back(fmt::format(
          "{} samples are of later epochs: the first alone is taken", epochs_));
    } else {
      check_score();
    }
    return std::move(run_);
  }

 private:
  // False where the same sample was there.
  Result<bool> is_new(const Json& sample) {
    const Json& id = member(sample, "id");
    const std::string digest = sha256_hex(compact(sample));
    const auto [found, is_first] = seen_.try_emplace(compact(id), digest);
    if (is_first || found->second == digest) return is_first;
    return fail(Fault::data,
                "id: found {} a second time, with another content; a question has one "
                "sample an epoch",
                fit(for_terminal_line(compact(id)), 40));
  }

  // Proctor's own exports name its reader.
  void read_as(const Json& sample) {
    const Json& scores = member(sample, "scores");
    if (scores.is_object() && !scores.empty() && find_reader(scores.begin().key()))
      run_.readers.insert(run_.readers.begin(), scores.begin().key());
  }

  // Whether the samples have the accuracy that stands in the header.
  void check_score() {
    const Json& scores = member(member(header_, "results"), "scores");
    if (!scores.is_array() || scores.empty() || scored_ == 0) return;
    const auto said =
        number_in(member(member(scores[0], "metrics"), "accuracy"), "value");
    const auto right = std::ranges::count_if(run_.replies, &PeerReply::counted_right);
    const double counted = static_cast<double>(right) / static_cast<double>(scored_);
    if (!said || std::abs(*said - counted) < 1e-12) return;
    run_.left_out.push_back(fmt::format(
        "the log says an accuracy of {}, and its samples have {}", *said, counted));
  }

  const Json& header_;
  PeerRun run_;
  std::string task_;
  std::map<std::string, std::string> seen_;  // by id the digest of the sample
  std::int64_t scored_ = 0, epochs_ = 0, again_ = 0;
};

const ZipMember* member_named(const ZipReader& zip, std::string_view name) {
  const auto found = std::ranges::find(zip.members(), name, &ZipMember::name);
  return found == zip.members().end() ? nullptr : &*found;
}

}  // namespace

bool is_inspect_name(const fs::path& file) {
  return ascii_lower(file.extension().string()) == ".eval";
}

Result<PeerRun> read_inspect_zip(const fs::path& file) {
  const ZipReader zip = TRY(ZipReader::open(file));
  const ZipMember* const header = member_named(zip, "header.json");
  if (header == nullptr) {
    return fail(Fault::data,
                "found no header.json in the log: it has not ended; inspect log "
                "recover makes it whole");
  }
  const std::string text = TRY(zip.content(*header).in("header.json"));
  const Json json = TRY(json_of(text).in("header.json"));
  LogReader log(json);
  for (const ZipMember& one : zip.members()) {
    if (!one.name.starts_with("samples/") || !one.name.ends_with(".json")) continue;
    const std::string place = fit(for_terminal_line(to_valid_utf8(one.name)), 80);
    const std::string content = TRY(zip.content(one).in(place));
    const Json sample = TRY(json_of(content).in(place));
    TRY(log.add(sample).in(place));
  }
  return std::move(log).whole();
}

bool is_inspect(const Json& json) {
  return member(json, "eval").is_object() && member(json, "samples").is_array();
}

Result<PeerRun> read_inspect(const Json& json) {
  LogReader log(json);
  for (const Json& sample : member(json, "samples"))
    TRY(log.add(sample).in(fmt::format("sample {}", word_in(sample, "id"))));
  return std::move(log).whole();
}

}  // namespace proctor
