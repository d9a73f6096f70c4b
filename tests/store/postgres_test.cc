// What PostgreSQL's stores promise beside what every store does: many askers of one
// run.
#ifdef PROCTOR_HAS_POSTGRES

#include <algorithm>
#include <iterator>
#include <list>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/postgres.h"
#include "store/processes.h"
#include "store/store_fixture.h"

namespace proctor {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class PostgresStores : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!schemas_.are_here()) GTEST_SKIP() << "no PostgreSQL is here";
  }

  std::unique_ptr<Store> open(Sharing sharing = {.unit = 1}) {
    auto store = open_postgres_store(url(), OpenMode::read_write, {}, sharing);
    EXPECT_TRUE(store) << store.error().message;
    return *std::move(store);
  }
  // One that counts as dead the moment after it has claimed.
  std::unique_ptr<Store> open_dying() { return open({.unit = 1, .silence = 0ms}); }
  std::string url() { return schemas_.url("proctor.db"); }
  std::string sql(const std::string& statement) {
    url();
    return schemas_.sql_in("proctor.db", statement);
  }
  Error refused(const std::string& where, OpenMode mode = OpenMode::read_write) {
    const auto store = open_store(where, mode);
    EXPECT_FALSE(store);
    return store ? Error{} : store.error();
  }

  Schemas schemas_;
  Dataset dataset_ = dataset_of(5);
  Plan plan_ = plan_of(dataset_);
  std::string id_ = plan_.info.key.id();
};

std::vector<std::uint32_t> claimed(Store& store, const Plan& plan, std::size_t most) {
  std::vector<std::uint32_t> ordinals;
  const auto trials = store.claim(plan, most);
  EXPECT_TRUE(trials) << trials.error().message;
  for (const TrialId trial : *trials) ordinals.push_back(trial.ordinal);
  return ordinals;
}

Status keep(Store& store, const Plan& plan, std::uint32_t ordinal, Attempt attempt) {
  return store.append(plan, std::vector{completion_of(ordinal, std::move(attempt))});
}

// ---- Many askers ----

TEST_F(PostgresStores, two_askers_of_one_run_never_claim_the_same) {
  const auto one = open(), other = open();
  ASSERT_TRUE(one->open(plan_));
  ASSERT_TRUE(other->open(plan_));

  EXPECT_THAT(claimed(*one, plan_, 2), ElementsAre(0, 1));
  EXPECT_THAT(claimed(*other, plan_, 2), ElementsAre(2, 3));
  EXPECT_THAT(claimed(*one, plan_, 2), ElementsAre(4));
  EXPECT_THAT(claimed(*other, plan_, 2), IsEmpty());
  EXPECT_EQ(*other->asked_elsewhere(plan_), 3U);
}

// They look for free trials at the same moment: of two that found one free, who comes
// second must see that it no longer is.
TEST_F(PostgresStores, many_askers_at_once_claim_no_trial_twice) {
  const Dataset dataset = dataset_of(3000);
  const Plan plan = plan_of(dataset);
  std::vector<std::unique_ptr<Store>> askers;
  for (int i = 0; i < 8; ++i) {
    askers.push_back(open({.unit = 4}));
    ASSERT_TRUE(askers.back()->open(plan));
  }

  std::vector<std::vector<std::uint32_t>> of_each(askers.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < askers.size(); ++i) {
    threads.emplace_back([&, i] {
      while (true) {
        const auto some = claimed(*askers[i], plan, 4);
        if (some.empty()) return;
        std::ranges::copy(some, std::back_inserter(of_each[i]));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::vector<std::uint32_t> all;
  for (const auto& some : of_each) std::ranges::copy(some, std::back_inserter(all));
  std::ranges::sort(all);
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end());
  EXPECT_THAT(all, SizeIs(3000));
}

TEST_F(PostgresStores, a_unit_is_leased_at_once_and_given_out_one_by_one) {
  const auto one = open({.unit = 3}), other = open();
  ASSERT_TRUE(one->open(plan_));
  ASSERT_TRUE(other->open(plan_));

  EXPECT_THAT(claimed(*one, plan_, 1), ElementsAre(0));
  EXPECT_THAT(claimed(*other, plan_, 1), ElementsAre(3));
  EXPECT_THAT(claimed(*one, plan_, 1), ElementsAre(1));
}

TEST_F(PostgresStores, what_an_asker_had_that_goes_is_free_for_the_others) {
  auto one = open();
  const auto other = open();
  ASSERT_TRUE(one->open(plan_));
  ASSERT_TRUE(other->open(plan_));
  ASSERT_THAT(claimed(*one, plan_, 2), SizeIs(2));
  ASSERT_TRUE(keep(*one, plan_, 1, reply_of("a1")));

  one.reset();

  EXPECT_THAT(claimed(*other, plan_, 4), ElementsAre(0, 2, 3, 4));
}

TEST_F(PostgresStores, what_a_silent_asker_had_is_taken_over) {
  const auto silent = open_dying(), other = open();
  ASSERT_TRUE(silent->open(plan_));
  ASSERT_TRUE(other->open(plan_));
  ASSERT_THAT(claimed(*silent, plan_, 2), ElementsAre(0, 1));

  EXPECT_THAT(claimed(*other, plan_, 2), ElementsAre(0, 1));
  EXPECT_EQ(sql("SELECT max(epoch) FROM lease"), "2");
}

TEST_F(PostgresStores,
       a_reply_that_comes_after_a_takeover_is_kept_and_ends_the_question) {
  const auto silent = open_dying(), other = open();
  ASSERT_TRUE(silent->open(plan_));
  ASSERT_TRUE(other->open(plan_));
  ASSERT_THAT(claimed(*silent, plan_, 1), ElementsAre(0));
  ASSERT_THAT(claimed(*other, plan_, 1), ElementsAre(0));

  ASSERT_TRUE(keep(*silent, plan_, 0, reply_of("b")));
  ASSERT_TRUE(keep(*other, plan_, 0, reply_of("a")));

  EXPECT_THAT(counting_of(*other, id_), ElementsAre(std::pair(0U, "a")));
  EXPECT_EQ(other->runs()->front().attempts, 2);
  EXPECT_EQ(other->runs()->front().results, 1);
  EXPECT_THAT(*other->verify(), IsEmpty());
}

TEST_F(PostgresStores, a_failure_that_comes_after_a_takeover_ends_nothing) {
  const auto silent = open_dying(), other = open(), third = open();
  ASSERT_TRUE(silent->open(plan_));
  ASSERT_TRUE(other->open(plan_));
  ASSERT_TRUE(third->open(plan_));
  ASSERT_THAT(claimed(*silent, plan_, 1), ElementsAre(0));
  ASSERT_THAT(claimed(*other, plan_, 9), SizeIs(4));
  ASSERT_THAT(claimed(*other, plan_, 9), SizeIs(1));

  ASSERT_TRUE(keep(*silent, plan_, 0, failure_of("b")));

  ASSERT_THAT(claimed(*third, plan_, 9), IsEmpty());
  EXPECT_EQ(*third->asked_elsewhere(plan_), 5U);
}

TEST_F(PostgresStores, a_question_that_failed_is_left_alone_until_somebody_comes_anew) {
  const auto one = open(), other = open(), later = open();
  ASSERT_TRUE(one->open(plan_));
  ASSERT_TRUE(other->open(plan_));
  ASSERT_THAT(claimed(*one, plan_, 1), ElementsAre(0));
  ASSERT_TRUE(keep(*one, plan_, 0, failure_of("a")));
  ASSERT_THAT(claimed(*other, plan_, 4), ElementsAre(1, 2, 3, 4));

  EXPECT_THAT(claimed(*other, plan_, 4), IsEmpty());
  EXPECT_EQ(*other->asked_elsewhere(plan_), 0U);
  ASSERT_TRUE(later->open(plan_));
  EXPECT_THAT(claimed(*later, plan_, 4), ElementsAre(0));
}

TEST_F(PostgresStores, nobody_is_listed_and_nothing_leased_once_all_have_gone) {
  {
    const auto one = open(), other = open();
    ASSERT_TRUE(one->open(plan_));
    ASSERT_TRUE(other->open(plan_));
    ASSERT_THAT(claimed(*one, plan_, 2), SizeIs(2));
    ASSERT_EQ(sql("SELECT count(*) FROM asker"), "2");
  }

  EXPECT_EQ(sql("SELECT count(*) FROM asker"), "0");
  EXPECT_EQ(sql("SELECT count(*) FROM lease"), "0");
}

TEST_F(PostgresStores, an_asker_that_was_taken_for_dead_is_there_again) {
  const auto silent = open({.unit = 1, .silence = 0ms});
  ASSERT_TRUE(silent->open(plan_));
  ASSERT_THAT(claimed(*silent, plan_, 1), ElementsAre(0));
  { ASSERT_TRUE(open()->open(plan_)); }
  ASSERT_EQ(sql("SELECT count(*) FROM lease"), "0");

  EXPECT_THAT(claimed(*silent, plan_, 1), ElementsAre(1));
  ASSERT_TRUE(keep(*silent, plan_, 0, reply_of("a")));
  EXPECT_EQ(silent->runs()->front().results, 1);
}

TEST_F(PostgresStores, sixteen_that_begin_at_once_make_one_store_and_one_run) {
  const std::string where = url();
  std::list<Child> children;

  for (int i = 0; i < 16; ++i) {
    children.emplace_back([&] {
      const auto store = open_store(where, OpenMode::read_write);
      if (!store || !(*store)->open(plan_)) return 1;
      const auto trials = (*store)->claim(plan_, 1);
      if (!trials) return 2;
      for (const TrialId trial : *trials) {
        const std::string id = fmt::format("{}", ::getpid());
        if (!keep(**store, plan_, trial.ordinal, reply_of(id))) return 3;
      }
      return 0;
    });
  }

  for (Child& child : children) EXPECT_EQ(child.wait(), 0);
  EXPECT_EQ(sql("SELECT count(*) FROM proctor"), "1");
  EXPECT_EQ(sql("SELECT count(*) FROM run"), "1");
  EXPECT_EQ(sql("SELECT count(*) FROM attempt"), sql("SELECT count(*) FROM result"));
  EXPECT_THAT(*open()->verify(), IsEmpty());
}

TEST_F(PostgresStores, what_is_being_asked_is_neither_hidden_nor_removed) {
  const auto one = open(), other = open();
  ASSERT_TRUE(one->open(plan_));

  EXPECT_THAT(other->hide(id_, true).error().message,
              AllOf(HasSubstr("is being asked by process"), HasSubstr("wait for it")));
  EXPECT_EQ(other->remove(id_).error().fault, Fault::store);
}

// ---- The tables ----

TEST_F(PostgresStores, an_attempt_cannot_be_changed_by_accident) {
  const auto store = open();
  ASSERT_TRUE(store->open(plan_));
  ASSERT_TRUE(keep(*store, plan_, 0, reply_of("a")));

  for (const char* const deed : {"UPDATE attempt SET status = 1", "DELETE FROM attempt",
                                 "TRUNCATE attempt CASCADE"})
    EXPECT_THAT(sql(deed), HasSubstr("attempts are only ever added"));
  EXPECT_EQ(store->runs()->front().attempts, 1);
}

TEST_F(PostgresStores, a_value_that_was_changed_behind_its_back_is_found) {
  const auto store = open();
  ASSERT_TRUE(store->open(plan_));
  ASSERT_TRUE(keep(*store, plan_, 0, reply_of("a")));

  sql("ALTER TABLE attempt DISABLE TRIGGER USER");
  sql("UPDATE attempt SET text = 'C'");

  const auto troubles = store->verify();
  ASSERT_THAT(*troubles, SizeIs(1));
  EXPECT_EQ(troubles->front().message, "does not match its SHA-256");
}

TEST_F(PostgresStores, a_newer_store_asks_for_a_newer_proctor) {
  open();
  sql("UPDATE proctor SET schema = 3");

  EXPECT_THAT(refused(url(), OpenMode::read_only).message,
              AllOf(HasSubstr("has schema 3"), HasSubstr("use a newer Proctor")));
}

TEST_F(PostgresStores, another_programs_table_is_left_alone) {
  sql("CREATE TABLE proctor (exam text)");

  EXPECT_EQ(refused(url()).fault, Fault::data);
  EXPECT_EQ(sql("SELECT count(*) FROM proctor"), "0");
}

TEST_F(PostgresStores, a_store_that_is_not_there_is_not_made_by_reading) {
  EXPECT_THAT(refused(url(), OpenMode::read_only).message, HasSubstr("no such store"));
  EXPECT_EQ(sql("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"),
            "0");
}

TEST_F(PostgresStores, a_search_path_that_leads_nowhere_is_named) {
  EXPECT_THAT(refused(schemas_.url("proctor.db") + "_nowhere").message,
              HasSubstr("none of search_path is there"));
}

// ---- Who is let in ----

TEST_F(PostgresStores, who_may_only_read_reads_and_asks_nothing) {
  const auto store = open();
  ASSERT_TRUE(store->open(plan_));
  ASSERT_TRUE(keep(*store, plan_, 0, reply_of("a")));
  const std::string role = fmt::format("reader{}", ::getpid());
  sql("CREATE ROLE " + role + " LOGIN");
  sql("GRANT USAGE ON SCHEMA " + sql("SELECT current_schema()") + " TO " + role);
  sql("GRANT SELECT ON ALL TABLES IN SCHEMA " + sql("SELECT current_schema()") +
      " TO " + role);
  const std::string as_reader = replace_all(url(), "//proctor@", "//" + role + "@");

  const auto reading = open_store(as_reader, OpenMode::read_only);
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_THAT(results_of(**reading, id_), SizeIs(1));
  EXPECT_THAT(*(*reading)->verify(), IsEmpty());
  const auto writing = open_store(as_reader, OpenMode::read_write);
  ASSERT_TRUE(writing);
  const Status asked = (*writing)->open(plan_);
  EXPECT_THAT(asked.error().message, HasSubstr("the role needs the rights"));

  sql("DROP OWNED BY " + role);
  sql("DROP ROLE " + role);
}

TEST_F(PostgresStores, a_host_that_is_not_there_is_an_error_with_a_way_out) {
  const Error error = refused("postgresql://me:geheim@127.0.0.1:1/exam");

  EXPECT_EQ(error.fault, Fault::store);
  EXPECT_THAT(error.message, HasSubstr("is PostgreSQL running there?"));
  EXPECT_THAT(error.message, Not(HasSubstr("geheim")));
}

TEST_F(PostgresStores, a_password_that_would_be_taken_for_a_host_is_refused) {
  const Error error = refused("postgresql://me:ge@heim@127.0.0.1:1/exam");

  EXPECT_EQ(error.fault, Fault::usage);
  EXPECT_THAT(error.message, AllOf(HasSubstr("%40"), Not(HasSubstr("heim"))));
}

TEST_F(PostgresStores, a_database_that_is_not_there_is_named) {
  EXPECT_THAT(refused(replace_all(url(), "/exam?", "/nowhere?")).message,
              AllOf(HasSubstr("nowhere"), HasSubstr("createdb makes it")));
}

// ---- Beside files ----

TEST_F(PostgresStores, merging_there_and_back_gives_the_same_tables) {
  Folder folder;
  const auto file = open_store((folder / "a.db").string(), OpenMode::read_write);
  ASSERT_TRUE((*file)->open(plan_));
  ASSERT_TRUE(keep(**file, plan_, 0, reply_of("a")));
  ASSERT_TRUE(keep(**file, plan_, 1, failure_of("b")));
  const auto there = open();
  const auto back = open_store((folder / "b.db").string(), OpenMode::read_write);

  ASSERT_TRUE(merge(**file, *there));
  ASSERT_TRUE(merge(*there, **back));
  ASSERT_TRUE(merge(**back, *there));

  for (Store* const store : {there.get(), back->get()}) {
    EXPECT_EQ(counting_of(*store, id_), counting_of(**file, id_));
    EXPECT_EQ(store->runs()->front().attempts, 2);
    EXPECT_EQ(store->runs()->front().updated, (*file)->runs()->front().updated);
    EXPECT_EQ(store->questions(id_)->questions, dataset_.questions);
    EXPECT_THAT(*store->verify(), IsEmpty());
  }
}

}  // namespace
}  // namespace proctor

#endif
