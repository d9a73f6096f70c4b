#include "proctor/base/base.h"

namespace proctor {
namespace {

std::string place_named(std::size_t line, std::size_t column, std::size_t byte) {
  return fmt::format("line {}, column {}, byte {}", line, column, byte);
}

// What stands in the quotes that open at `from`, if they close where a field between
// tabs ends.
std::optional<std::string_view> field_in_quotes(std::string_view text,
                                                std::size_t from) {
  std::size_t stop = text.find('"', from + 1);
  while (stop != std::string_view::npos && text.substr(stop, 2) == "\"\"") {
    stop = text.find('"', stop + 2);
  }
  if (stop == std::string_view::npos) return std::nullopt;
  const bool ends =
      stop + 1 == text.size() ||
      std::string_view("\t\r\n").find(text[stop + 1]) != std::string_view::npos;
  return ends ? std::optional(text.substr(from + 1, stop - from - 1)) : std::nullopt;
}

bool holds(std::string_view text, char c) {
  return text.find(c) != std::string_view::npos;
}

}  // namespace

Result<bool> CsvRecords::next(CsvRecord& record) {
  while (line_end()) continue;
  if (at_ == text_.size()) return false;
  record.line = line_;
  std::size_t count = 0;
  while (true) {
    if (count == record.fields.size()) record.fields.emplace_back();
    std::string& field = record.fields[count++];
    field.clear();
    bool quoted = at_ < text_.size() && text_[at_] == '"';
    if (quoted && separator_ == '\t') {
      const auto inside = field_in_quotes(text_, at_);
      quoted = inside.has_value();
      if (inside && holds(*inside, '\t') && holds(*inside, '\n')) {
        return fail(Fault::data,
                    "{}: found a quote that opens a field of tabs and lines, or is one "
                    "more character; put the field in quotes and double it",
                    place(count, at_));
      }
    }
    TRY(quoted ? quoted_field(field, count) : plain_field(field, count));
    if (at_ == text_.size() || line_end()) break;
    if (text_[at_] == '\r') {
      return fail(Fault::data, "{}: found CR without LF, expected LF or CR LF",
                  place(count, at_));
    }
    if (text_[at_] != separator_) {
      return fail(Fault::data,
                  "{}: found text after the closing quote, expected a {} or the "
                  "line's end; a quote inside a field is doubled",
                  place(count, at_),
                  separator_ == ','    ? "comma"
                  : separator_ == '\t' ? "tab"
                                       : "semicolon");
    }
    ++at_;
  }
  record.fields.resize(count);
  return true;
}

Status CsvRecords::quoted_field(std::string& field, std::size_t column) {
  const auto opened = [column, line = line_, byte = at_ - line_start_ + 1] {
    return place_named(line, column, byte);
  };
  ++at_;
  while (true) {
    const std::size_t stop = text_.find('"', at_);
    if (stop == std::string_view::npos) {
      return fail(Fault::data, "{}: the quote that opens here is never closed",
                  opened());
    }
    count_lines(at_, stop);
    field.append(text_, at_, stop - at_);
    at_ = stop + 1;
    if (at_ == text_.size() || text_[at_] != '"') return {};
    field += '"';
    ++at_;
  }
}

void CsvRecords::count_lines(std::size_t from, std::size_t to) {
  const std::string_view part = text_.substr(0, to);
  for (std::size_t at = part.find('\n', from); at != std::string_view::npos;
       at = part.find('\n', at + 1)) {
    ++line_;
    line_start_ = at + 1;
  }
}

Status CsvRecords::plain_field(std::string& field, std::size_t column) {
  std::size_t stop = at_;
  const auto ends_field = [this](char c) {
    return c == separator_ || c == '\r' || c == '\n' ||
           (c == '"' && separator_ != '\t');
  };
  while (stop < text_.size() && !ends_field(text_[stop])) ++stop;
  field.append(text_, at_, stop - at_);
  at_ = stop;
  if (stop < text_.size() && text_[stop] == '"') {
    return fail(Fault::data,
                "{}: found a quote inside a field that does not start with one; put "
                "the field in quotes and double it",
                place(column, stop));
  }
  return {};
}

bool CsvRecords::line_end() {
  const std::string_view rest = text_.substr(at_, 2);
  if (!rest.starts_with('\n') && rest != "\r\n") return false;
  at_ += rest[0] == '\n' ? 1 : 2;
  ++line_;
  line_start_ = at_;
  return true;
}

std::string CsvRecords::place(std::size_t column, std::size_t at) const {
  return place_named(line_, column, at - line_start_ + 1);
}

}  // namespace proctor
