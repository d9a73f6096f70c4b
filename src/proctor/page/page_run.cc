#include "proctor/page/page_run.h"

#include <algorithm>
#include <filesystem>
#include <regex>

#include "proctor/page/page_json.h"

namespace proctor {
namespace {

std::uint32_t fitted(std::int64_t value) {
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(value, 0, PageColumns::unknown - 1));
}

// A page is passed on: of paths on this machine it has the file's name.
std::string without_folders(const std::string& command) {
  static const std::regex quoted("'/[^']*/(?=[^'/])"),
      bare("(^|[ =,])/[^ ',]*/(?=[^ ',/])");
  return std::regex_replace(std::regex_replace(command, quoted, "'"), bare, "$1");
}

// What is not there takes no place.
void add_text(PageJson& json, const char* name, const std::string& text) {
  if (!text.empty()) json[name] = text;
}

PageJson number_or_nothing(const std::optional<std::int64_t>& number) {
  return number ? PageJson(*number) : PageJson(nullptr);
}

std::string reply_json(const Graded& graded) {
  PageJson json = PageJson::object();
  add_text(json, "rule", graded.answer.rule);
  if (graded.is_second_try) json["again"] = true;
  const auto& outcome = graded.attempt->outcome;
  if (!outcome) {
    json["error"] = outcome.error().message;
    return page_text(json);
  }
  add_text(json, "text", outcome->text);
  add_text(json, "reasoning", outcome->reasoning);
  add_text(json, "finish", outcome->finish_reason);
  if (!outcome->logprobs.empty()) json["logprobs"] = outcome->logprobs;
  const Tokens& tokens = outcome->tokens;
  if (tokens.prompt || tokens.reply)
    json["tokens"] = {number_or_nothing(tokens.prompt),
                      number_or_nothing(tokens.reply)};
  return page_text(json);
}

// A run as it is read, question by question.
struct Collected {
  PageRun& run;
  Measures measures = {};
  std::vector<std::string> chunks = {};  // replies by place, as JSON's members

  void add(const Graded& graded, std::uint32_t place) {
    add_columns(graded, place);
    // What another harness asked may have no times: then there is no order.
    if (graded.attempt->started != WallTime{})
      run.ended.push_back(
          {graded.attempt->started + graded.attempt->latency, place, graded.mark});
    const auto letter = graded.answer.letter;
    if (graded.mark != Mark::failed) {
      const bool is_letter = letter && *letter >= 'A' && *letter <= 'Z';
      ++run.letters[is_letter ? static_cast<std::size_t>(*letter - 'A') : 26];
    }
    measures.add(graded);
    const std::size_t chunk = place / page_chunk;
    if (chunks.size() <= chunk) chunks.resize(chunk + 1);
    chunks[chunk] += fmt::format("{}\"{}\":{}", chunks[chunk].empty() ? '{' : ',',
                                 place, reply_json(graded));
  }

 private:
  void add_columns(const Graded& graded, std::uint32_t place) {
    PageColumns& columns = run.columns;
    columns.mark[place] = static_cast<std::uint8_t>(graded.mark);
    columns.letter[place] = static_cast<std::uint8_t>(graded.answer.letter.value_or(0));
    columns.tries[place] =
        static_cast<std::uint8_t>(std::min<std::int64_t>(graded.attempts, 255));
    const auto& outcome = graded.attempt->outcome;
    const std::int64_t microseconds = graded.attempt->latency.count();
    if (outcome && microseconds > 0) {
      columns.milliseconds[place] = fitted((microseconds + 500) / 1000);
    }
    if (outcome && outcome->tokens.reply)
      columns.reply_tokens[place] = fitted(*outcome->tokens.reply);
  }
};

}  // namespace

void PageColumns::resize(std::size_t size) {
  milliseconds.resize(size, unknown);
  reply_tokens.resize(size, unknown);
  mark.resize(size, not_asked);
  letter.resize(size, 0);
  tries.resize(size, 0);
}

Result<PageRun> read_page_run(Store& store, const StoredRun& run,
                              const Dataset& dataset, const PageSetting& setting,
                              const std::string& id, PageQuestions& questions,
                              Packer& packer) {
  const std::vector<std::uint32_t> places = questions.places_of(dataset);
  PageRun page{.stored = run};
  page.columns.resize(questions.size());
  Collected collected{page};
  const auto see = [&](const Graded& graded) -> Status {
    const std::uint32_t place = places[graded.trial.ordinal];
    questions.was_asked(place);
    collected.add(graded, place);
    return {};
  };
  page.scored = TRY(score_stored_run(store, run, dataset, setting.look, false, see));
  if (setting.command)
    page.command = without_folders(setting.command(dataset, page.scored.info));
  std::string& exam = page.scored.info.dataset;
  if (exam.starts_with('/'))
    exam = std::filesystem::path(exam).lexically_normal().filename().string();
  page.calibration = calibration_of(collected.measures.sure);
  page.seconds = std::move(collected.measures.seconds);
  for (std::size_t chunk = 0; chunk < collected.chunks.size(); ++chunk) {
    if (collected.chunks[chunk].empty()) continue;
    page.parts.push_back(
        packer.part(fmt::format("r{}-{}", id, chunk), collected.chunks[chunk] + "}"));
  }
  return page;
}

}  // namespace proctor
