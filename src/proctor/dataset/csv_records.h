// RFC 4180, strictly: records of fields, each with the line it starts on.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {

struct CsvRecord {
  std::vector<std::string> fields;
  std::size_t line = 0;  // where the record starts, counted from 1
};

// Line ends are LF or CR LF, the last one may be missing; inside quotes both stay as
// they are. Blank lines between records are passed over. A quote that is never closed,
// a quote inside a field that has none around it, text after a closing quote and a
// lone CR are Fault::data with line, column (counted in fields) and byte.
class CsvRecords {
 public:
  // The text must outlive the reader, and must not be empty.
  explicit CsvRecords(std::string_view text) : text_(text) {}

  // Fills in the next record; false at the end.
  Result<bool> next(CsvRecord& record);

 private:
  Status quoted_field(std::string& field, std::size_t column);
  Status plain_field(std::string& field, std::size_t column);
  void count_lines(std::size_t from, std::size_t to);
  // Passes over a line end, if there is one here.
  bool line_end();
  std::string place(std::size_t column, std::size_t at) const;

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t line_start_ = 0;
};

}  // namespace proctor
