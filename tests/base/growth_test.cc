// What text functions cost: all of them grow with the text and no faster, as the text
// is a hostile server's.
#include "support/growth.h"

#include <functional>

#include <gtest/gtest.h>

#include "proctor/base/base.h"

namespace proctor {
namespace {

struct TextFunction {
  const char* name;
  std::function<std::size_t(const std::string&)> work;
};

std::vector<TextFunction> text_functions() {
  const auto size_of = [](const std::string& text) { return text.size(); };
  return {
      {"first_invalid_utf8",
       [](const std::string& t) { return first_invalid_utf8(t).value_or(0); }},
      {"to_valid_utf8", [=](const auto& t) { return size_of(to_valid_utf8(t)); }},
      {"python_strip", [](const std::string& t) { return python_strip(t).size(); }},
      {"trimmed", [](const std::string& t) { return trimmed(t).size(); }},
      {"ascii_lower", [=](const auto& t) { return size_of(ascii_lower(t)); }},
      {"ascii_upper", [=](const auto& t) { return size_of(ascii_upper(t)); }},
      {"split", [](const std::string& t) { return split(t, '"').size(); }},
      {"join", [=](const auto& t) { return size_of(join(split(t, '"'), "--")); }},
      {"replace_all, longer",
       [=](const auto& t) { return size_of(replace_all(t, "\"", "\"\"")); }},
      {"replace_all, shorter",
       [=](const auto& t) { return size_of(replace_all(t, "\"", "")); }},
      {"display_width",
       [](const std::string& t) { return static_cast<std::size_t>(display_width(t)); }},
      {"fit", [=](const auto& t) { return size_of(fit(t, 80)); }},
      {"pad", [=](const auto& t) { return size_of(pad(t, 80)); }},
      {"for_terminal", [=](const auto& t) { return size_of(for_terminal(t)); }},
      {"for_terminal_line",
       [=](const auto& t) { return size_of(for_terminal_line(t)); }},
      {"for_html", [=](const auto& t) { return size_of(for_html(t)); }},
      {"for_csv", [=](const auto& t) { return size_of(for_csv(t)); }},
      {"for_shell", [=](const auto& t) { return size_of(for_shell(t)); }},
      {"did_you_mean",
       [](const std::string& t) {
         const std::vector<std::string> known = {"ollama", "llama"};
         return did_you_mean(t, known).value_or("").size();
       }},
      {"sha256_hex", [=](const auto& t) { return size_of(sha256_hex(t)); }},
      {"git_blob_hex", [=](const auto& t) { return size_of(git_blob_hex(t)); }},
      {"CsvRecords",
       [](const std::string& t) {
         const std::string quoted = for_csv(t + ",") + "\n";
         CsvRecords records(quoted);
         CsvRecord record;
         while (records.next(record).value_or(false)) continue;
         return record.fields.size();
       }},
  };
}

TEST(Growth, a_text_four_times_as_long_takes_about_four_times_as_long) {
  constexpr std::string_view hostile[] = {"\"", " ", "\x80", "\u202E日", "=,'<\r\n"};
  constexpr std::size_t bytes = 20'000;
  for (const TextFunction& function : text_functions()) {
    for (const std::string_view part : hostile) {
      const std::string text = repeated(part, 4 * bytes / part.size());
      std::size_t kept = 0;

      const double times = growth(
          bytes, [&](std::size_t n) { kept += function.work(text.substr(0, n)); });

      EXPECT_LT(times, clearly_more_than_linear)
          << function.name << " of " << for_terminal_line(part);
    }
  }
}

}  // namespace
}  // namespace proctor
