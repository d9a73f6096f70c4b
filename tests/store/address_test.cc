#include "proctor/store/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/store/store.h"

namespace proctor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(StoreAddress, a_url_of_postgres_is_no_file_and_all_else_is) {
  EXPECT_TRUE(is_store_url("postgresql://u@h/db"));
  EXPECT_TRUE(is_store_url("postgres:///db"));
  EXPECT_FALSE(is_store_url("postgresql.db"));
  EXPECT_FALSE(is_store_url("runs/proctor.db"));
}

TEST(StoreAddress, is_shown_without_its_passwords) {
  EXPECT_EQ(shown_store("postgresql://u:p@h:5432/db"), "postgresql://u@h:5432/db");
  EXPECT_EQ(shown_store("postgresql://u:p@h/db?sslmode=require"),
            "postgresql://u@h/db?sslmode=require");
  EXPECT_EQ(shown_store("postgresql://h/db?password=p&sslmode=require&sslpassword=q"),
            "postgresql://h/db?sslmode=require");
  EXPECT_EQ(shown_store("postgresql://h/db?password=p"), "postgresql://h/db");
  EXPECT_EQ(shown_store("postgresql://u@h:1,i:2/db"), "postgresql://u@h:1,i:2/db");
}

TEST(StoreAddress, a_password_with_signs_in_it_is_not_shown_either) {
  EXPECT_EQ(shown_store("postgresql://u:p@ss:w/rd@h/db"), "postgresql://u@h/db");
}

TEST(StoreAddress, its_passwords_are_known_as_written_and_as_meant) {
  EXPECT_THAT(passwords_in("postgresql://u:a%40b@h/db"), ElementsAre("a%40b", "a@b"));
  EXPECT_THAT(passwords_in("postgresql://u@h/db?password=x%2"), ElementsAre("x%2"));
  EXPECT_THAT(passwords_in("postgresql://u@h/db"), IsEmpty());
}

TEST(StoreAddress, a_password_of_it_is_a_secret) {
  EXPECT_EQ(store_secrets("postgresql://u:hunter2hunter2@h/db").clean("hunter2hunter2"),
            "***");
  EXPECT_EQ(
      store_secrets("--store=postgres://u:hunter2hunter2@h").clean("hunter2hunter2"),
      "***");
  EXPECT_EQ(store_secrets("a:hunter2hunter2@b.db").clean("hunter2hunter2"),
            "hunter2hunter2");
}

}  // namespace
}  // namespace proctor
