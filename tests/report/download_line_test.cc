#include "proctor/report/report.h"

#include <gtest/gtest.h>

namespace proctor {
namespace {

TEST(DownloadLine, says_how_much_how_fast_and_how_long_yet) {
  EXPECT_EQ(download_line("m", 1'200'000'000, 350'000'000, 4'400'000'000, 10),
            "m: 1.2 of 4.4 GB, 35.0 MB/s, 91 s left");
}

TEST(DownloadLine, counts_no_speed_of_what_was_there_before) {
  EXPECT_EQ(download_line("m", 500'000, 0, 900'000, 0), "m: 500.0 of 900.0 kB");
  EXPECT_EQ(download_line("m", 500'000, 100'000, 900'000, 1),
            "m: 500.0 of 900.0 kB, 100.0 kB/s, 4 s left");
}

TEST(DownloadLine, of_an_unknown_size_says_what_has_come) {
  EXPECT_EQ(download_line("m", 5'000'000, 5'000'000, 0, 2), "m: 5.0 MB, 2.5 MB/s");
}

TEST(DownloadLine, a_long_wait_is_in_minutes_or_hours) {
  EXPECT_EQ(download_line("m", 1'000'000, 1'000'000, 61'000'000, 10),
            "m: 1.0 of 61.0 MB, 100.0 kB/s, 10 min left");
  EXPECT_EQ(download_line("m", 1'000'000, 1'000'000, 1'801'000'000, 10),
            "m: 0.0 of 1.8 GB, 100.0 kB/s, 5.0 h left");
}

}  // namespace
}  // namespace proctor
