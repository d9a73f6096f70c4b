#include "answer_key.h"

#include <algorithm>
#include <cstring>

namespace proctor::fakes {

namespace {

constexpr std::size_t start_size = 8;

std::size_t start_hash(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, start_size);
  return (word * 0x9E3779B97F4A7C15U) >> 44;
}

struct CsvRow {
  std::vector<std::string> fields;
  std::size_t line = 0;
};

// RFC 4180, with either line end.
Result<std::vector<CsvRow>> read_csv(std::string_view text) {
  std::vector<CsvRow> rows;
  CsvRow row{.line = 1};
  std::string field;
  std::size_t line = 1;
  bool quoted = false;
  std::size_t quote_line = 0;
  const auto end_row = [&] {
    if (!field.empty() || !row.fields.empty()) {
      row.fields.push_back(std::move(field));
      rows.push_back(std::move(row));
    }
    field.clear();
    row = {.line = line};
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      field += c;
      ++i;
    } else if (c == '"' && (quoted || field.empty())) {
      quoted = !quoted;
      quote_line = line;
    } else if (quoted) {
      field += c;
    } else if (c == ',') {
      row.fields.push_back(std::move(field));
      field.clear();
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      field += c;
    }
  }
  if (quoted) return fail(Fault::data, "line {}: a quote is never closed", quote_line);
  end_row();
  return rows;
}

std::optional<std::size_t> right_of(std::string_view answer, std::size_t choices) {
  if (answer.size() != 1) return std::nullopt;
  const char c = answer[0];
  const std::size_t index = static_cast<std::size_t>(c >= '0' && c <= '9'   ? c - '0'
                                                     : c >= 'A' && c <= 'Z' ? c - 'A'
                                                                            : 99);
  return index < choices ? std::optional(index) : std::nullopt;
}

std::string subject_of(const std::filesystem::path& path) {
  std::string name = path.stem();
  for (const std::string_view end : {"_test", "_dev", "_val"})
    if (name.ends_with(end)) name.resize(name.size() - end.size());
  std::ranges::replace(name, '_', ' ');
  return name;
}

// Where the choice ends behind "A. " or "A) "; it must end its line, or go before "
// (B)".
std::size_t end_of_labelled(std::string_view prompt, std::size_t at, char letter,
                            const std::string& choice) {
  std::size_t first = std::string_view::npos;
  for (const std::string_view mark : {". ", ") "}) {
    const std::string wanted = letter + std::string(mark) + choice;
    for (std::size_t here = prompt.find(wanted, at); here < first;
         here = prompt.find(wanted, here + 1)) {
      const std::string_view rest = prompt.substr(here + wanted.size());
      const std::size_t next = rest.find_first_not_of(" \t\r");
      const bool ends = next == std::string_view::npos || rest[next] == '\n';
      if (ends || rest.starts_with(" (")) first = here + wanted.size();
    }
  }
  return first;
}

// Whether the choices follow from `at` on, in order, each behind its letter or not.
bool choices_follow(std::string_view prompt, std::size_t at,
                    const AnswerKey::Question& question, bool labelled) {
  char letter = 'A';
  for (const std::string& choice : question.choices) {
    if (labelled) {
      at = end_of_labelled(prompt, at, letter++, choice);
    } else {
      at = prompt.find(choice, at);
      if (at != std::string_view::npos) at += choice.size();
    }
    if (at == std::string_view::npos) return false;
  }
  return true;
}

}  // namespace

Status AnswerKey::add(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return add_file(path);
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path, error))
    if (entry.path().extension() == ".csv") files.push_back(entry.path());
  if (files.empty())
    return fail(Fault::data, "--key {}: no .csv file in this folder", path.string());
  std::ranges::sort(files);
  for (const auto& file : files) TRY(add_file(file));
  return {};
}

Status AnswerKey::add_file(const std::filesystem::path& path) {
  const std::string place = "--key " + path.string();
  const std::string text = TRY(read_file(path).in("--key"));
  if (const auto bad = first_invalid_utf8(text))
    return fail(Fault::data, "{}: byte {}: expected UTF-8", place, *bad);
  const std::vector<CsvRow> rows = TRY(read_csv(text).in(place));
  std::size_t number = 0;
  for (const CsvRow& row : rows) {
    const std::vector<std::string>& fields = row.fields;
    if (&row == &rows.front() && fields.front() == "question") continue;
    if (fields.size() < 4)
      return fail(Fault::data,
                  "{}: line {}: expected a question, its choices and the answer, found "
                  "{} fields",
                  place, row.line, fields.size());
    const auto right = right_of(fields.back(), fields.size() - 2);
    if (!right)
      return fail(
          Fault::data,
          "{}: line {}: expected a digit or a letter of one of {} choices as the "
          "answer, found \"{}\"",
          place, row.line, fields.size() - 2, for_terminal_line(fields.back()));
    Question question{.text = std::string(python_strip(fields.front())),
                      .right = *right,
                      .row = number++,
                      .subject = subject_of(path)};
    for (std::size_t i = 1; i + 1 < fields.size(); ++i)
      question.choices.emplace_back(python_strip(fields[i]));
    questions_.push_back(std::move(question));
  }
  if (number == 0) return fail(Fault::data, "{}: no question in this file", place);
  return {};
}

void AnswerKey::close() {
  std::ranges::stable_sort(questions_, {}, &Question::text);
  const Question* like = questions_.data();
  for (Question& question : questions_) {
    if (question.text != like->text) like = &question;
    const Question* end = &question;
    question.first = std::find_if(like, end, [&](const Question& other) {
      return other.choices == question.choices && other.subject == question.subject;
    });
    if (question.text.size() < start_size) {
      if (!question.text.empty()) short_.push_back(&question);
    } else {
      starts_.set(start_hash(question.text.data()));
    }
  }
}

// Calls `each` for every question whose text stands at `at`, longest text first.
template <class Each>
void AnswerKey::each_text_at(std::string_view prompt, std::size_t at, Each each) const {
  std::string_view rest = prompt.substr(at);
  while (rest.size() >= start_size) {
    // The last text that is not behind `rest` is the longest one that starts it, or
    // shows how much of `rest` a shorter one may have.
    const auto behind = std::ranges::upper_bound(
        questions_, rest, {},
        [](const Question& question) { return std::string_view(question.text); });
    if (behind == questions_.begin()) return;
    const auto last = behind - 1;
    if (rest.starts_with(last->text)) {
      const auto first = std::ranges::lower_bound(questions_.begin(), behind,
                                                  last->text, {}, &Question::text);
      for (auto it = first; it != behind; ++it) each(*it);
      rest = rest.substr(0, last->text.size() - 1);
    } else {
      const auto [differ, unused] = std::ranges::mismatch(rest, last->text);
      rest = rest.substr(0, static_cast<std::size_t>(differ - rest.begin()));
    }
  }
}

const AnswerKey::Question* AnswerKey::find(std::string_view prompt) const {
  struct Best {
    const Question* question = nullptr;
    std::size_t start = 0;
    std::size_t end = 0;
    int fit = -1;  // 2: labelled choices follow, 1: choices follow, 0: the text alone
    bool subject = false;
  } best;
  const auto consider = [&](const Question& question, std::size_t start) {
    Best here{.question = &question,
              .start = start,
              .end = start + question.text.size(),
              .subject = prompt.substr(0, start).find(question.subject) !=
                         std::string_view::npos};
    here.fit = choices_follow(prompt, here.end, question, true)    ? 2
               : choices_follow(prompt, here.end, question, false) ? 1
                                                                   : 0;
    if (here.fit != best.fit) {
      if (here.fit > best.fit) best = here;
    } else if (here.start == best.start && here.end == best.end) {
      if (here.subject && !best.subject) best = here;
    } else if (here.fit == 0 ? question.text.size() > best.question->text.size()
                             : here.end > best.end) {
      // A later question is the one asked; a part of the same one starts later but ends
      // no later.
      best = here;
    }
  };
  for (std::size_t at = 0; at + start_size <= prompt.size(); ++at)
    if (starts_.test(start_hash(prompt.data() + at)))
      each_text_at(prompt, at,
                   [&](const Question& question) { consider(question, at); });
  if (best.fit < 2) {
    for (const Question* question : short_)
      if (const std::size_t at = prompt.rfind(question->text);
          at != std::string_view::npos)
        consider(*question, at);
  }
  return best.question;
}

}  // namespace proctor::fakes
