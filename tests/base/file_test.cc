
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "proctor/base/base.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class WriteFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "proctor_file_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
  }
  void TearDown() override { fs::remove_all(folder); }

  std::size_t entries() const {
    const fs::directory_iterator all(folder);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

  fs::path folder;
};

TEST_F(WriteFile, a_regular_file_is_replaced_whole) {
  const fs::path file = folder / "a";
  ASSERT_TRUE(write_file(file, "old and longer"));

  ASSERT_TRUE(write_file(file, "new"));

  EXPECT_EQ(read_file(file).value(), "new");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(WriteFile, the_rights_of_a_file_stay) {
  const fs::path file = folder / "a";
  ASSERT_TRUE(write_file(file, "old"));
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);

  ASSERT_TRUE(write_file(file, "new"));

  struct stat facts {};
  ::stat(file.c_str(), &facts);
  EXPECT_EQ(facts.st_mode & 07777, 0640U);
}

TEST_F(WriteFile, the_owner_of_a_file_stays) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may give files away";
  const fs::path file = folder / "a";
  ASSERT_TRUE(write_file(file, "old"));
  ASSERT_EQ(::chown(file.c_str(), 12, 34), 0);

  ASSERT_TRUE(write_file(file, "new"));

  struct stat facts {};
  ::stat(file.c_str(), &facts);
  EXPECT_EQ(facts.st_uid, 12U);
  EXPECT_EQ(facts.st_gid, 34U);
}

TEST_F(WriteFile, a_link_stays_and_what_it_names_is_replaced) {
  fs::create_directory(folder / "elsewhere");
  ASSERT_TRUE(write_file(folder / "elsewhere" / "a", "old"));
  fs::create_symlink("elsewhere/a", folder / "link");
  fs::create_symlink("link", folder / "link_to_link");

  ASSERT_TRUE(write_file(folder / "link_to_link", "new"));

  EXPECT_TRUE(fs::is_symlink(folder / "link_to_link"));
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(read_file(folder / "elsewhere" / "a").value(), "new");
}

TEST_F(WriteFile, a_link_to_nothing_makes_the_file_it_names) {
  fs::create_symlink("b", folder / "link");

  ASSERT_TRUE(write_file(folder / "link", "new"));

  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(read_file(folder / "b").value(), "new");
}

TEST_F(WriteFile, links_in_a_circle_are_an_error) {
  fs::create_symlink("b", folder / "a");
  fs::create_symlink("a", folder / "b");

  EXPECT_THAT(write_file(folder / "a", "x").error().message, HasSubstr("links"));
}

TEST_F(WriteFile, another_hard_link_keeps_the_old_content) {
  ASSERT_TRUE(write_file(folder / "a", "old"));
  fs::create_hard_link(folder / "a", folder / "b");

  ASSERT_TRUE(write_file(folder / "a", "new"));

  EXPECT_EQ(read_file(folder / "b").value(), "old");
}

TEST_F(WriteFile, a_pipe_is_written_into_and_stays_a_pipe) {
  const fs::path pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);

  const Status written = write_file(pipe, "into the pipe");

  std::array<char, 64> bytes{};
  const ssize_t got = ::read(reader, bytes.data(), bytes.size());
  ::close(reader);
  EXPECT_TRUE(written);
  EXPECT_EQ(
      std::string(bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(0, got))),
      "into the pipe");
  EXPECT_TRUE(fs::is_fifo(pipe));
}

TEST_F(WriteFile, a_device_is_written_into_and_stays_a_device) {
  const fs::path null = folder / "null";
  if (::mknod(null.c_str(), S_IFCHR | 0666, makedev(1, 3)) != 0) {
    GTEST_SKIP() << "only root may make devices";
  }

  const Status written = write_file(null, "gone");

  EXPECT_TRUE(fs::is_character_file(null));
  EXPECT_EQ(entries(), 1u);
  if (!written) GTEST_SKIP() << "devices cannot be opened here";
}

TEST_F(WriteFile, a_descriptors_name_goes_on_where_the_descriptor_stands) {
  const fs::path file = folder / "a";
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(::write(descriptor, "before ", 7), 7);
  fs::create_symlink(fmt::format("/dev/fd/{}", descriptor), folder / "link");

  ASSERT_TRUE(write_file(folder / "link", "after"));

  ::close(descriptor);
  EXPECT_EQ(read_file(file).value(), "before after");
}

// By its descriptor: whatever write_file() does, the machine's device stays.
TEST_F(WriteFile, a_full_disk_is_said) {
  const int descriptor = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) GTEST_SKIP() << "there is no /dev/full";

  const Status written = write_file(fmt::format("/dev/fd/{}", descriptor), "x");

  ::close(descriptor);
  EXPECT_THAT(written.error().message, HasSubstr("no space left"));
}

TEST_F(WriteFile, a_read_only_file_is_left_alone) {
  const fs::path file = folder / "a";
  ASSERT_TRUE(write_file(file, "old"));
  ASSERT_EQ(::chmod(file.c_str(), 0444), 0);

  const Status written = write_file(file, "new");

  EXPECT_THAT(written.error().message, HasSubstr("read-only"));
  EXPECT_EQ(read_file(file).value(), "old");
}

TEST_F(WriteFile, a_folder_is_no_place_to_write) {
  EXPECT_THAT(write_file(folder, "x").error().message, HasSubstr("is a folder"));
}

TEST_F(WriteFile, another_processs_part_is_not_followed) {
  const fs::path file = folder / "a";
  ASSERT_TRUE(write_file(folder / "victim", "whole"));
  fs::create_symlink("victim", folder / fmt::format("a.{}.part", ::getpid()));

  ASSERT_TRUE(write_file(file, "new"));

  EXPECT_EQ(read_file(folder / "victim").value(), "whole");
}

}  // namespace
}  // namespace proctor
