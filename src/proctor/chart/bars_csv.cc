#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include "proctor/chart/chart.h"

namespace proctor {
namespace {

const std::vector<std::string>& known_columns() {
  static const std::vector<std::string> names = {"model",    "method",  "subject",
                                                 "accuracy", "correct", "n"};
  return names;
}

// Those of `proctor report --format csv` that a bar has use for.
constexpr std::array<std::string_view, 7> report_columns = {
    "name", "dataset", "protocol", "reader", "run", "planned", "failed"};

// Where each known column stands in the file.
using Header = std::map<std::string, std::size_t, std::less<>>;

Result<Header> header_of(const CsvRecord& record) {
  Header header;
  std::vector<std::string> unknown;
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    const std::string name = ascii_lower(python_strip(record.fields[i]));
    const bool is_known =
        std::ranges::find(known_columns(), name) != known_columns().end() ||
        std::ranges::find(report_columns, name) != report_columns.end();
    if (!is_known) {
      unknown.push_back(name);
    } else if (!header.emplace(name, i).second) {
      return fail(Fault::data, "line {}: two columns are called {}", record.line, name);
    }
  }
  for (const std::string& name : known_columns()) {
    if (header.contains(name)) continue;
    // A mistyped optional column must not go unread in silence.
    if (const auto near = did_you_mean(name, unknown); near && name.size() > 1) {
      return fail(Fault::data, "line {}: no column {}; did you mean it by {}?",
                  record.line, name, *near);
    }
    if (name == "model" || name == "accuracy") {
      return fail(Fault::data,
                  "line {}: no column {}; expected a header such as {}, found {}",
                  record.line, name, join(known_columns(), ","),
                  for_terminal_line(join(record.fields, ",")));
    }
  }
  return header;
}

// A record's fields by the names of their columns.
struct Line {
  const Header& header;
  const CsvRecord& record;

  std::string_view text(std::string_view column) const {
    const auto found = header.find(column);
    if (found == header.end()) return "";
    return python_strip(record.fields[found->second]);
  }
  std::string place(std::string_view column) const {
    return fmt::format("line {}: {}", record.line, column);
  }
};

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<double> percent_in(const Line& line) {
  std::string_view text = line.text("accuracy");
  if (text.ends_with('%')) text = python_strip(text.substr(0, text.size() - 1));
  const auto percent = number_in<double>(text);
  if (!percent || std::isnan(*percent)) {
    return fail(Fault::data, "{}: expected percent, such as 40.00, found \"{}\"",
                line.place("accuracy"), for_terminal_line(line.text("accuracy")));
  }
  if (*percent < 0 || *percent > 100) {
    return fail(Fault::data, "{}: expected 0 to 100, found {}", line.place("accuracy"),
                text);
  }
  return *percent;
}

Result<std::int64_t> count_in(const Line& line, std::string_view column) {
  const auto count = number_in<std::int64_t>(line.text(column));
  if (!count || *count < 0) {
    return fail(Fault::data, "{}: expected a whole number, found \"{}\"",
                line.place(column), for_terminal_line(line.text(column)));
  }
  return *count;
}

// Nothing where neither is given.
Result<std::optional<Count>> count_of(const Line& line) {
  const bool has_correct = !line.text("correct").empty();
  const bool has_n = !line.text("n").empty();
  if (!has_correct && !has_n) return std::nullopt;
  if (has_correct != has_n) {
    return fail(Fault::data, "{}: empty, but {} is {}; give both or neither",
                line.place(has_n ? "correct" : "n"), has_n ? "n" : "correct",
                for_terminal_line(line.text(has_n ? "n" : "correct")));
  }
  const Count count{TRY(count_in(line, "correct")), TRY(count_in(line, "n"))};
  if (count.n == 0) {
    return fail(Fault::data,
                "{}: expected at least 1, found 0; leave it empty if it is not known",
                line.place("n"));
  }
  if (count.right > count.n) {
    return fail(Fault::data, "{}: {} is more than n, which is {}",
                line.place("correct"), count.right, count.n);
  }
  return count;
}

// As a report has it: all that was asked has failed.
bool has_no_reply(const Line& line) {
  const std::string_view n = line.text("n");
  return line.text("correct").empty() && line.text("accuracy").empty() &&
         (n == "0" || (!n.empty() && n == line.text("failed")));
}

Result<Bar> bar_of(const Line& line) {
  Bar bar{.label = std::string(line.text("model")),
          .method = std::string(line.text("method")),
          .dataset = std::string(line.text("dataset"))};
  if (bar.label.empty()) {
    return fail(Fault::data, "{}: empty; expected a name", line.place("model"));
  }
  if (!line.text("name").empty()) bar.label = line.text("name");
  bar.has_reply = !has_no_reply(line);
  if (!bar.has_reply) return bar;
  const auto count = TRY(count_of(line));
  if (!count) {
    bar.percent = TRY(percent_in(line));
    return bar;
  }
  const double exact = 100 * *count->share();
  if (!line.text("accuracy").empty()) {
    const double percent = TRY(percent_in(line));
    constexpr double rounding = 0.01 + 1e-9;
    if (std::abs(percent - exact) > rounding) {
      return fail(Fault::data, "{}: {} contradicts {} of {}, which is {:.2f}",
                  line.place("accuracy"), line.text("accuracy"), count->right, count->n,
                  exact);
    }
  }
  bar.percent = exact;
  bar.interval = wilson(*count);
  bar.right = count->right;
  bar.n = count->n;
  if (!line.text("planned").empty())
    bar.is_partial = count->n < TRY(count_in(line, "planned"));
  return bar;
}

// What tells bars apart that would look alike, the most telling first.
constexpr std::array<std::string_view, 5> telling = {"subject", "dataset", "protocol",
                                                     "reader", "run"};
using Traits = std::array<std::string, telling.size()>;

// Bars that would look alike have below their labels what differs.
void name_twins(std::vector<Bar>& bars, const std::vector<Traits>& traits) {
  using Look = std::pair<std::string, std::string>;
  for (std::size_t k = 0; k < telling.size(); ++k) {
    std::map<Look, std::set<std::string>> alike;
    for (std::size_t i = 0; i < bars.size(); ++i)
      alike[{bars[i].label, bars[i].method}].insert(traits[i][k]);
    for (std::size_t i = 0; i < bars.size(); ++i) {
      Bar& bar = bars[i];
      const Look look{bar.label, bar.method};
      if (alike[look].size() < 2 || traits[i][k].empty()) continue;
      bar.method += (bar.method.empty() ? "" : ", ") + traits[i][k];
    }
  }
}

std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

}  // namespace

Result<std::vector<Bar>> read_bars_csv(std::string_view content) {
  if (const auto at = first_invalid_utf8(content)) {
    const auto line = 1 + std::ranges::count(content.substr(0, *at), '\n');
    return fail(Fault::data, "line {}: not UTF-8; save the file as UTF-8", line);
  }
  const std::string_view text = without_byte_order_mark(content);
  if (python_strip(text).empty()) {
    return fail(Fault::data, "empty; expected the header {}",
                join(known_columns(), ","));
  }
  CsvRecords records(text);
  CsvRecord record;
  TRY(records.next(record));
  const Header header = TRY(header_of(record));
  const std::size_t width = record.fields.size();
  std::vector<Bar> bars;
  std::vector<Traits> traits;
  while (TRY(records.next(record))) {
    if (record.fields.size() != width) {
      return fail(Fault::data, "line {}: expected {} fields, found {}", record.line,
                  width, record.fields.size());
    }
    const Line line{header, record};
    bars.push_back(TRY(bar_of(line)));
    Traits& of_bar = traits.emplace_back();
    for (std::size_t k = 0; k < telling.size(); ++k) of_bar[k] = line.text(telling[k]);
  }
  name_twins(bars, traits);
  if (bars.empty()) return fail(Fault::data, "a header and no line below it");
  return bars;
}

Result<std::vector<Bar>> take_bars_files(std::vector<std::string>& names) {
  std::vector<Bar> bars;
  std::vector<std::string> others;
  for (std::string& name : names) {
    if (!name.ends_with(".csv")) {
      others.push_back(std::move(name));
      continue;
    }
    const std::string content = TRY(read_file(name));
    std::ranges::move(TRY(read_bars_csv(content).in(name)), std::back_inserter(bars));
  }
  names = std::move(others);
  return bars;
}

}  // namespace proctor
