#include "proctor/dataset/text_file.h"

#include <algorithm>

#include <simdjson.h>

namespace proctor {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// "line 3, byte 17", both counted from 1, the byte within its line.
std::string place_of(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const std::size_t line_end = before.rfind('\n');
  const std::size_t start = line_end == std::string_view::npos ? 0 : line_end + 1;
  return fmt::format("line {}, byte {}", 1 + std::ranges::count(before, '\n'),
                     at - start + 1);
}

// Japanese Excel's plain "CSV" is Shift_JIS.
constexpr std::string_view way_out = "save the file as UTF-8 (Excel: CSV UTF-8)";

bool is_utf16(std::string_view text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
}

}  // namespace

Result<std::string_view> checked_text(std::string_view text) {
  if (is_utf16(text)) {
    return fail(Fault::data, "line 1, byte 1: found UTF-16, expected UTF-8; {}",
                way_out);
  }
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (text.empty()) return fail(Fault::data, "the file is empty");
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    const std::size_t at = first_invalid_utf8(text).value_or(0);
    return fail(Fault::data,
                "{}: found the byte 0x{:02X}, which is not valid UTF-8; {}",
                place_of(text, at), static_cast<unsigned char>(text[at]), way_out);
  }
  if (const std::size_t at = text.find('\0'); at != std::string_view::npos) {
    return fail(Fault::data, "{}: found a NUL byte, expected text", place_of(text, at));
  }
  return text;
}

}  // namespace proctor
