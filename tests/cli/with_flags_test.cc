#include "proctor/cli/specs.h"

#include <gtest/gtest.h>

namespace proctor {
namespace {

TEST(WithFlags, a_field_becomes_the_option_that_sets_it) {
  EXPECT_EQ(with_flags("`max_tokens`: found 0"), "--max-tokens: found 0");
  EXPECT_EQ(with_flags("take `computes` process or another `protocols`"),
            "take --engine process or another --protocol");
  EXPECT_EQ(with_flags("`subjects`, `reader`, `headers`, `key_variable`"),
            "--subject, --extract, --header, --api-key-env");
  EXPECT_EQ(with_flags("another `store`, or `mixed`"), "another --store, or --mixed");
}

TEST(WithFlags, what_is_no_field_stays_as_it_is) {
  for (const std::string text :
       {"", "`", "``", "`stop", "stop`", "`proctor verify`", "missing field `type`",
        "`name` and `format`", "max_tokens", "`no_such_field`"}) {
    EXPECT_EQ(with_flags(text), text);
  }
  EXPECT_EQ(with_flags("`proctor verify` says `store`"),
            "`proctor verify` says --store");
}

TEST(WithFlags, of_an_object_only_what_the_library_says_is_changed) {
  EXPECT_EQ(
      json_with_flags(
          R"({"name":"`stop`","problems":["`context`"],"cannot_be_sent":"`seed`"})"),
      R"({"name":"`stop`","problems":["--context"],"cannot_be_sent":"--seed"})");
}

}  // namespace
}  // namespace proctor
