#include "proctor/report/wrap.h"

#include <gmock/gmock.h>

namespace proctor {
namespace {

TEST(Wrapped, what_goes_on_stands_further_in) {
  EXPECT_EQ(wrapped("A  one two three\n", 9, 3), "A  one\n   two\n   three\n");
  EXPECT_EQ(wrapped("A  one two", 0, 3), "A  one two");
}

}  // namespace
}  // namespace proctor
