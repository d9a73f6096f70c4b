// What reading a reply costs: as the reply is long, whatever it holds.
#include "support/growth.h"

#include <gtest/gtest.h>

#include "proctor/answer/answer.h"
#include "proctor/base/base.h"

namespace proctor {
namespace {

TEST(Growth, a_reply_four_times_as_long_takes_about_four_times_as_long_to_read) {
  constexpr std::string_view hostile[] = {
      "A. ", "not B, but ", "∴", "<b>", "```\n", "**", "\"", "(", "answer is "};
  const std::vector<std::string> choices = {"Paris", "Rome", "4", "None of the above"};
  constexpr std::size_t bytes = 10'000;
  for (const std::string_view part : hostile) {
    const std::string text = repeated(part, 4 * bytes / part.size());
    for (const Reader& reader : readers()) {
      std::size_t kept = 0;

      const double times = growth(bytes, [&](std::size_t n) {
        const std::string reply = to_valid_utf8(text.substr(0, n));
        kept += reader.read({.reply = reply, .labels = "ABCD", .choices = choices})
                    .rule.size();
      });

      EXPECT_LT(times, clearly_more_than_linear) << reader.name << " of " << part;
    }
  }
}

}  // namespace
}  // namespace proctor
