#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/chart/image.h"

namespace proctor {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Kitty, a_picture_goes_in_portions_of_which_the_last_says_so) {
  const std::string png(4000, 'p');
  const std::string text = kitty_of(png);

  EXPECT_THAT(text, StartsWith("\x1B_Gf=100,a=T,m=1;"));
  EXPECT_THAT(text, HasSubstr("\x1B\\\x1B_Gm=0;"));
  EXPECT_THAT(text, EndsWith("\x1B\\\n"));
  std::string packed;
  for (std::size_t at = text.find(';'); at != std::string::npos;
       at = text.find(';', at + 1))
    packed += text.substr(at + 1, text.find('\x1B', at) - at - 1);
  EXPECT_EQ(packed, base64_of(png));
}

TEST(Sixel, six_rows_are_a_line_of_each_colour_they_have) {
  // Two columns and seven rows: red, but for a blue one below at the right.
  Pixels pixels{2, 7, {}};
  for (int i = 0; i < 13; ++i) pixels.bytes.insert(pixels.bytes.end(), {255, 0, 0});
  pixels.bytes.insert(pixels.bytes.end(), {0, 0, 255});
  const std::string text = sixel_of(pixels);

  EXPECT_THAT(text, StartsWith("\x1BPq\"1;1;2;7#0;2;0;0;0"));
  EXPECT_THAT(text, HasSubstr("#180;2;100;0;0"));
  // All six rows of both, then the seventh of each.
  EXPECT_THAT(text, EndsWith("#180~~$-#5?@$#180@$-\x1B\\\n"));
}

TEST(Sixel, a_run_is_counted) {
  Pixels pixels{9, 1, std::vector<unsigned char>(27, 0)};

  EXPECT_THAT(sixel_of(pixels), HasSubstr("#0!9@$-"));
}

}  // namespace
}  // namespace proctor
