// What the SQLite store promises beyond the suite: the disk, other processes, damage.
#include <csignal>
#include <fstream>
#include <random>
#include <set>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proctor/store/sqlite.h"
#include "store/processes.h"
#include "store/store_fixture.h"
#include "support/growth.h"

namespace proctor {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// ---- Fixture ----

class SqliteStore : public ::testing::Test {
 protected:
  std::unique_ptr<Store> open(OpenMode mode = OpenMode::read_write) {
    auto store = open_sqlite_store(path_, mode);
    EXPECT_TRUE(store) << store.error().message;
    return *std::move(store);
  }
  Error error_of_opening(OpenMode mode = OpenMode::read_write) {
    const auto store = open_sqlite_store(path_, mode);
    EXPECT_FALSE(store);
    return store ? Error{} : store.error();
  }
  // A store that holds `replies` and one failure, closed.
  void fill(int replies = 3) {
    const auto store = open();
    ASSERT_TRUE(store->open(plan_));
    for (int i = 0; i < replies; ++i) {
      ASSERT_TRUE(store->append(
          plan_, std::vector{completion_of(static_cast<std::uint32_t>(i),
                                           reply_of(fmt::format("a{}", i)))}));
    }
    ASSERT_TRUE(store->append(plan_, std::vector{completion_of(4, failure_of("f4"))}));
  }
  // What a stranger does to the file by SQL.
  void meddle(const std::string& sql) {
    const auto database =
        Database::open(path_.string(), SQLITE_OPEN_READWRITE, path_.string());
    ASSERT_TRUE(database);
    const Status status = database->execute(
        "DROP TRIGGER attempt_is_never_changed; DROP TRIGGER "
        "attempt_is_never_deleted;" +
        sql);
    ASSERT_TRUE(status) << status.error().message;
  }
  void flip_bit_of(const std::string& marker) {
    std::string content = *read_file(path_);
    const std::size_t at = content.find(marker);
    ASSERT_NE(at, std::string::npos) << marker;
    content[at + marker.size() / 2] ^= 1;
    std::ofstream(path_, std::ios::binary) << content;
  }

  Folder folder_;
  std::filesystem::path path_ = folder_ / "proctor.db";
  Dataset dataset_ = dataset_of(5);
  Plan plan_ = plan_of(dataset_);
  std::string id_ = plan_.info.key.id();
};

// ---- The file ----

TEST_F(SqliteStore, has_one_lock_by_whatever_link_it_is_reached) {
  const auto store = open();
  ASSERT_TRUE(store->open(plan_));
  std::filesystem::create_symlink(path_, folder_ / "link.db");

  const auto by_link = open_sqlite_store(folder_ / "link.db", OpenMode::read_write);
  ASSERT_TRUE(by_link);
  const Status opened = (*by_link)->open(plan_);

  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("is being asked by process"));
}

TEST_F(SqliteStore, writes_ahead_where_a_copy_of_it_had_another_journal) {
  fill();
  const std::filesystem::path copy = folder_ / "copy.db";
  meddle(fmt::format("VACUUM INTO '{}'", copy.string()));
  const auto journal = [&] {
    return *Database::open(copy.string(), SQLITE_OPEN_READONLY, copy.string())
                ->value_of("PRAGMA journal_mode");
  };
  ASSERT_EQ(journal(), "delete");

  ASSERT_TRUE(open_sqlite_store(copy, OpenMode::read_write));

  EXPECT_EQ(journal(), "wal");
}

TEST_F(SqliteStore, what_is_appended_is_there_after_closing) {
  fill();

  const auto store = open();

  EXPECT_THAT(results_of(*store, id_), SizeIs(4));
  EXPECT_THAT(*store->verify(), IsEmpty());
  EXPECT_EQ(store->questions(id_)->questions, dataset_.questions);
}

TEST_F(SqliteStore, only_the_store_itself_is_left_behind) {
  fill();
  results_of(*open(OpenMode::read_only), id_);

  EXPECT_THAT(folder_.files(), ElementsAre("proctor.db"));
}

TEST_F(SqliteStore, the_file_alone_has_a_run_that_ended_beside_an_open_reader) {
  fill();
  const auto reader = open(OpenMode::read_only);
  ASSERT_THAT(results_of(*reader, id_), SizeIs(4));
  {
    const auto writer = open();
    ASSERT_TRUE(writer->open(plan_));
    ASSERT_TRUE(writer->append(plan_, std::vector{completion_of(3, reply_of("a3"))}));
  }
  const Folder elsewhere;
  std::filesystem::copy_file(folder_ / "proctor.db", elsewhere / "proctor.db");

  const auto copy = open_sqlite_store(elsewhere / "proctor.db", OpenMode::read_only);

  ASSERT_TRUE(copy);
  EXPECT_THAT(results_of(**copy, id_), SizeIs(5));
}

TEST_F(SqliteStore, the_documented_schema_is_the_schema) {
  const auto page = read_file(PROCTOR_SOURCE_DIR "/docs/store.md");

  const auto schema = read_file(PROCTOR_SOURCE_DIR "/src/proctor/store/schema.sql");

  ASSERT_TRUE(page);
  ASSERT_TRUE(schema);
  EXPECT_THAT(*page, HasSubstr(*schema));
}

TEST_F(SqliteStore, an_attempt_cannot_be_changed_by_accident) {
  fill();
  const auto database =
      Database::open(path_.string(), SQLITE_OPEN_READWRITE, path_.string());
  ASSERT_TRUE(database);

  EXPECT_FALSE(database->execute("UPDATE attempt SET text = 'A' WHERE id = 'a0'"));
  EXPECT_FALSE(database->execute("DELETE FROM attempt WHERE id = 'f4'"));
}

TEST_F(SqliteStore, a_path_with_special_characters_is_a_plain_name) {
  for (const char* name :
       {"a b?c#d%e.db", ":memory:", "file:x?mode=memory", "日本.db"}) {
    path_ = folder_ / name;
    fill();
    EXPECT_TRUE(std::filesystem::exists(path_)) << name;
    EXPECT_THAT(results_of(*open(OpenMode::read_only), id_), SizeIs(4)) << name;
  }
}

TEST_F(SqliteStore, an_empty_file_becomes_a_store) {
  std::ofstream(path_).close();

  fill();

  EXPECT_THAT(results_of(*open(), id_), SizeIs(4));
}

// ---- What is no store ----

TEST_F(SqliteStore, a_text_file_is_no_store) {
  std::ofstream(path_) << "id,question\n1,2\n";

  const Error error = error_of_opening();

  EXPECT_EQ(error.fault, Fault::data);
  EXPECT_THAT(error.message, AllOf(HasSubstr("expected a Proctor store, found a file "),
                                   HasSubstr("id,question")));
}

TEST_F(SqliteStore, another_programs_database_is_left_alone) {
  {
    const auto other = Database::open(
        path_.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, path_.string());
    ASSERT_TRUE(other->execute("CREATE TABLE bookmarks (url TEXT)"));
  }
  const std::string before = *read_file(path_);

  const Error error = error_of_opening();

  EXPECT_EQ(error.fault, Fault::data);
  EXPECT_THAT(error.message,
              AllOf(HasSubstr("another program"), HasSubstr("bookmarks")));
  EXPECT_EQ(*read_file(path_), before);
}

TEST_F(SqliteStore, a_newer_store_asks_for_a_newer_proctor) {
  fill();
  meddle("PRAGMA user_version = 7; UPDATE proctor SET made_by = 'Proctor 9.0'");

  for (const OpenMode mode : {OpenMode::read_write, OpenMode::read_only}) {
    const Error error = error_of_opening(mode);

    EXPECT_EQ(error.fault, Fault::store);
    EXPECT_THAT(error.message,
                AllOf(HasSubstr("schema 7 (made by Proctor 9.0)"),
                      HasSubstr("knows schemas 1 to 2; use a newer Proctor")));
  }
}

TEST_F(SqliteStore, a_newer_store_need_have_no_table_that_is_known) {
  fill();
  meddle("PRAGMA user_version = 7; DROP TABLE proctor");

  EXPECT_THAT(error_of_opening().message,
              HasSubstr("has schema 7, this Proctor knows schemas 1 to 2"));
}

TEST_F(SqliteStore, a_store_that_is_not_there_is_not_made_by_reading) {
  const Error error = error_of_opening(OpenMode::read_only);

  EXPECT_EQ(error.fault, Fault::store);
  EXPECT_THAT(error.message, HasSubstr("no such store"));
  EXPECT_THAT(folder_.files(), IsEmpty());
}

TEST_F(SqliteStore, a_missing_folder_is_named) {
  path_ = folder_ / "deep/proctor.db";

  const Error error = error_of_opening();

  EXPECT_EQ(error.fault, Fault::io);
  EXPECT_THAT(error.message, HasSubstr("deep does not exist; make it"));
}

TEST_F(SqliteStore, a_folder_is_no_store) {
  path_ = folder_.path();

  EXPECT_THAT(error_of_opening().message, HasSubstr("is a folder"));
}

// ---- Rights ----

TEST_F(SqliteStore, a_store_in_a_folder_that_cannot_be_written_is_read) {
  fill();
  ::chmod(path_.c_str(), 0444);
  ::chmod(folder_.path().c_str(), 0555);

  Child child([&] {
    give_up_rights();
    const auto store = open_sqlite_store(path_, OpenMode::read_only);
    if (!store) return 1;
    if (results_of(**store, id_).size() != 4) return 2;
    const auto troubles = (*store)->verify();
    return troubles && troubles->empty() ? 0 : 3;
  });

  EXPECT_EQ(child.wait(), 0);
}

TEST_F(SqliteStore, a_store_that_cannot_be_written_is_not_opened_for_writing) {
  fill();
  ::chmod(path_.c_str(), 0444);
  ::chmod(folder_.path().c_str(), 0555);

  Child child([&] {
    give_up_rights();
    const auto store = open_sqlite_store(path_, OpenMode::read_write);
    if (store) return 1;
    if (store.error().fault != Fault::io) return 2;
    return store.error().message.find("`store`") != std::string::npos ? 0 : 3;
  });

  EXPECT_EQ(child.wait(), 0);
}

TEST_F(SqliteStore, a_new_store_in_a_folder_that_cannot_be_written_says_so) {
  ::chmod(folder_.path().c_str(), 0555);

  Child child([&] {
    give_up_rights();
    const auto store = open_sqlite_store(path_, OpenMode::read_write);
    if (store) return 1;
    return store.error().fault == Fault::io ? 0 : 2;
  });

  EXPECT_EQ(child.wait(), 0);
}

TEST_F(SqliteStore, answers_that_wait_in_the_wal_are_not_overlooked) {
  const auto live = open();
  ASSERT_TRUE(live->open(plan_));
  ASSERT_TRUE(live->append(plan_, std::vector{completion_of(0, reply_of("a0"))}));
  const Folder copy;
  for (const char* name : {"proctor.db", "proctor.db-wal"}) {
    std::filesystem::copy_file(folder_ / name, copy / name);
    ::chmod((copy / name).c_str(), 0444);
  }
  ::chmod(copy.path().c_str(), 0555);

  Child child([&] {
    give_up_rights();
    const auto store = open_sqlite_store(copy / "proctor.db", OpenMode::read_only);
    if (store) return 1;
    return store.error().message.find("proctor.db-wal") != std::string::npos ? 0 : 2;
  });

  EXPECT_EQ(child.wait(), 0);
}

TEST_F(SqliteStore, a_reader_sees_what_a_writer_appends_meanwhile) {
  const auto writer = open();
  ASSERT_TRUE(writer->open(plan_));
  const auto reader = open(OpenMode::read_only);
  ASSERT_THAT(results_of(*reader, id_), IsEmpty());

  ASSERT_TRUE(writer->append(plan_, std::vector{completion_of(0, reply_of("a0"))}));

  EXPECT_THAT(results_of(*reader, id_), SizeIs(1));
}

TEST_F(SqliteStore, a_store_opened_for_reading_takes_no_run) {
  fill();

  const Status status = open(OpenMode::read_only)->open(plan_);

  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().fault, Fault::store);
}

// ---- Subjects ----

TEST_F(SqliteStore, telling_subjects_takes_time_as_there_are_questions) {
  const auto store = open();
  const auto fill_with = [&](int questions) {
    const Dataset dataset = dataset_of(questions, fmt::format("of {}", questions));
    const Plan plan = plan_of(dataset);
    std::vector<Completion> completions;
    for (int i = 0; i < questions; ++i) {
      completions.push_back(completion_of(
          static_cast<std::uint32_t>(i), reply_of(fmt::format("{}-{}", questions, i))));
    }
    EXPECT_TRUE(store->open(plan));
    EXPECT_TRUE(store->append(plan, completions));
    return plan.info.key.id();
  };
  const std::map<std::size_t, std::string> ids = {{500, fill_with(500)},
                                                  {2000, fill_with(2000)}};

  const double times = growth(500, [&](std::size_t n) {
    EXPECT_EQ(store->subjects(ids.at(n))->front().replied, static_cast<int>(n));
  });

  EXPECT_LT(times, clearly_more_than_linear);
}

// ---- Removing ----

TEST_F(SqliteStore, no_text_of_a_removed_run_is_left_in_its_files) {
  const Dataset dataset = dataset_of(3, "secrets");
  const Plan plan = plan_of(dataset);
  fill();
  {
    const auto store = open();
    ASSERT_TRUE(store->open(plan));
    const std::string long_text = "the-reply-" + std::string(100'000, 'x');
    ASSERT_TRUE(
        store->append(plan, std::vector{completion_of(0, reply_of("a", long_text))}));
  }
  ASSERT_NE(read_file(path_)->find("the-reply-xx"), std::string::npos);

  const auto store = open();
  ASSERT_TRUE(store->remove(plan.info.key.id()));

  for (const std::string& name : folder_.files()) {
    const std::string content = *read_file(folder_ / name);
    EXPECT_EQ(content.find("the-reply-xx"), std::string::npos) << name;
    EXPECT_EQ(content.find("secrets"), std::string::npos) << name;
  }
  EXPECT_THAT(*store->verify(), IsEmpty());
}

TEST_F(SqliteStore, after_a_removal_attempts_are_guarded_as_before) {
  const Plan other = plan_of(dataset_, "llama3");
  fill();
  { ASSERT_TRUE(open()->open(other)); }
  ASSERT_TRUE(open()->remove(other.info.key.id()));

  const auto database =
      Database::open(path_.string(), SQLITE_OPEN_READWRITE, path_.string());

  EXPECT_FALSE(database->execute("DELETE FROM attempt"));
}

TEST_F(SqliteStore, what_a_process_asks_is_neither_hidden_nor_removed) {
  const auto asking = open();
  ASSERT_TRUE(asking->open(plan_));
  const auto store = open();

  for (const Status& status : {store->hide(id_, true), store->remove(id_)}) {
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().fault, Fault::store);
    EXPECT_THAT(status.error().message, HasSubstr("is being asked by"));
  }
}

TEST_F(SqliteStore, beside_a_process_that_asks_another_run_one_can_be_removed) {
  const Plan other = plan_of(dataset_, "llama3");
  fill();
  const auto asking = open();
  ASSERT_TRUE(asking->open(other));

  ASSERT_TRUE(open()->remove(id_));

  ASSERT_TRUE(asking->append(other, std::vector{completion_of(0, reply_of("z"))}));
  EXPECT_THAT(*asking->runs(), SizeIs(1));
  EXPECT_THAT(*asking->verify(), IsEmpty());
}

// ---- Other processes ----

TEST_F(SqliteStore, a_second_process_is_told_who_asks_the_run) {
  open();
  const Pipe ready;
  Child child([&]() -> int {
    const auto store = open_sqlite_store(path_, OpenMode::read_write);
    ready.tell(store && (*store)->open(plan_) ? 1 : 0);
    while (true) ::pause();
  });
  ASSERT_EQ(ready.hear(), 1);
  const auto store = open();

  const Status status = store->open(plan_);

  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().fault, Fault::store);
  EXPECT_THAT(status.error().message,
              AllOf(HasSubstr(fmt::format("run {} is being asked by process {} on ",
                                          id_.substr(0, 8), child.pid())),
                    HasSubstr("; wait for it or stop it")));
}

TEST_F(SqliteStore, a_run_is_free_the_moment_after_kill_9) {
  open();
  const Pipe ready;
  Child child([&]() -> int {
    const auto store = open_sqlite_store(path_, OpenMode::read_write);
    ready.tell(store && (*store)->open(plan_) ? 1 : 0);
    while (true) ::pause();
  });
  ASSERT_EQ(ready.hear(), 1);

  child.kill();

  EXPECT_TRUE(open()->open(plan_));
}

TEST_F(SqliteStore, a_second_store_of_one_process_is_refused_until_the_first_goes) {
  auto first = open();
  const auto second = open();
  ASSERT_TRUE(first->open(plan_));
  ASSERT_FALSE(second->open(plan_));

  first.reset();

  EXPECT_TRUE(second->open(plan_));
}

TEST_F(SqliteStore, two_processes_ask_different_runs_at_once) {
  constexpr int batches = 100;
  const Plan other = plan_of(dataset_, "llama3");
  const auto ask = [&](const Plan& plan, const std::string& prefix) {
    const auto store = open_sqlite_store(path_, OpenMode::read_write);
    if (!store || !(*store)->open(plan)) return 1;
    for (int i = 0; i < batches; ++i) {
      const std::string id = fmt::format("{}{}", prefix, i);
      if (!(*store)->append(plan, std::vector{completion_of(0, reply_of(id))}))
        return 2;
    }
    return 0;
  };

  // Neither finds a store: both make it.
  Child one([&] { return ask(plan_, "a"); });
  Child two([&] { return ask(other, "b"); });

  EXPECT_EQ(one.wait(), 0);
  EXPECT_EQ(two.wait(), 0);
  const auto store = open();
  const auto runs = store->runs();
  ASSERT_TRUE(runs);
  ASSERT_THAT(*runs, SizeIs(2));
  for (const StoredRun& run : *runs) EXPECT_EQ(run.attempts, batches);
  EXPECT_THAT(*store->verify(), IsEmpty());
}

TEST_F(SqliteStore, after_kill_9_every_batch_is_whole_or_absent) {
  constexpr int rounds = 20;
  constexpr std::size_t batch_size = 20;
  std::mt19937 random(std::random_device{}());
  std::size_t told = 0;
  open();
  for (int round = 0; round < rounds; ++round) {
    Pipe kept;
    Child child([&] {
      const auto store = open_sqlite_store(path_, OpenMode::read_write);
      if (!store || !(*store)->open(plan_)) return 1;
      for (int batch = 0;; ++batch) {
        std::vector<Completion> completions;
        for (std::size_t i = 0; i < batch_size; ++i) {
          completions.push_back(
              completion_of(static_cast<std::uint32_t>(i % 5),
                            reply_of(fmt::format("{:02}-{:06}-{:02}", round, batch, i),
                                     std::string(5000, 'x'))));
        }
        if (!(*store)->append(plan_, completions)) return 2;
        kept.tell(batch);
      }
    });
    ASSERT_EQ(kept.hear(), 0);
    ++told;
    ::usleep(std::uniform_int_distribution<unsigned>(0, 30'000)(random));
    child.kill();
    told += kept.rest().size();

    const auto store = open();
    ASSERT_TRUE(store->open(plan_));
    std::map<std::string, std::size_t> batches;
    ASSERT_TRUE(store->attempts(id_, [&](const StoredAttempt& stored) {
      ++batches[stored.attempt.id.substr(0, 9)];
      return Status();
    }));
    for (const auto& [batch, count] : batches) EXPECT_EQ(count, batch_size) << batch;
    EXPECT_GE(batches.size(), told);
    EXPECT_LE(batches.size(), told + static_cast<std::size_t>(round) + 1);
    if (round % 5 == 4) {
      EXPECT_THAT(*store->verify(), IsEmpty());
    }
  }
}

// ---- Full disk ----

// Appends until the disk is full; 0 if the error was what it should be.
int fill_disk(const std::filesystem::path& path, const Plan& plan, int& whole) {
  const auto store = open_sqlite_store(path, OpenMode::read_write);
  if (!store || !(*store)->open(plan)) return 1;
  for (whole = 0; whole < 10'000; ++whole) {
    const std::string id = fmt::format("a{:05}", whole);
    const Status status = (*store)->append(
        plan, std::vector{completion_of(0, reply_of(id, std::string(20'000, 'x'))),
                          completion_of(1, reply_of(id + "b"))});
    if (status) continue;
    if (status.error().fault != Fault::io) return 2;
    return status.error().message.find("the disk is full") == std::string::npos ? 3 : 0;
  }
  return 4;
}

TEST_F(SqliteStore, a_full_disk_loses_nothing_that_was_kept) {
  const Pipe told;
  Child child([&] {
    const rlimit limit{.rlim_cur = 1U << 20U, .rlim_max = 1U << 20U};
    ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &limit);
    int whole = 0;
    const int result = fill_disk(path_, plan_, whole);
    told.tell(whole);
    return result;
  });
  const int whole = told.hear();
  ASSERT_EQ(child.wait(), 0);

  const auto store = open();

  EXPECT_GT(whole, 5);
  EXPECT_EQ(store->runs()->front().attempts, 2 * whole);
  EXPECT_THAT(*store->verify(), IsEmpty());
}

TEST_F(SqliteStore, a_store_goes_on_when_there_is_room_again) {
  if (::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=3m") != 0) {
    GTEST_SKIP() << "needs the right to mount a small disk";
  }
  const auto filler = folder_ / "filler";
  std::ofstream(filler) << std::string(2 << 20, 'x');
  int whole = 0;
  EXPECT_EQ(fill_disk(path_, plan_, whole), 0);

  std::filesystem::remove(filler);
  {
    const auto store = open();
    EXPECT_TRUE(store->open(plan_));
    EXPECT_TRUE(store->append(plan_, std::vector{completion_of(2, reply_of("z"))}));
    EXPECT_EQ(store->runs()->front().attempts, 2 * whole + 1);
    EXPECT_THAT(*store->verify(), IsEmpty());
  }
  ::umount(folder_.path().c_str());
}

// ---- Damage ----

using Places = std::vector<std::string>;

Places places_of(Store& store) {
  const auto troubles = store.verify();
  EXPECT_TRUE(troubles);
  Places places;
  for (const Trouble& trouble : *troubles) places.push_back(trouble.place);
  return places;
}

TEST_F(SqliteStore, a_flipped_bit_is_found_where_it_is) {
  dataset_.questions[2].worked = "Think of a workbench";
  dataset_.digest = digest_of(dataset_.questions);
  plan_ = plan_of(dataset_);
  plan_.info.note = "a note for later";
  id_ = plan_.info.key.id();
  const std::string run = "run " + id_.substr(0, 8);
  const std::string dataset = " of data set " + dataset_.digest.substr(0, 8);
  struct Flip {
    std::string marker, place;
  };
  const std::vector<Flip> flips = {{"What is 3 + 1?", "question 3" + dataset},
                                   {"arithmetic/test/2", "question 2" + dataset},
                                   {"workbench", "question 2" + dataset},
                                   {"a note for later", run},
                                   {"localhost:11434", run},
                                   {"connection refused", "attempt f4"},
                                   {"a-long-reply", "attempt a0"},
                                   {R"("wanted")", "attempt a0"},
                                   {R"("answered")", "attempt a0"}};
  for (const Flip& flip : flips) {
    std::filesystem::remove(path_);
    fill(0);
    {
      Attempt attempt = reply_of("a0", "a-long-reply");
      attempt.request = R"(["wanted"])";
      attempt.response = R"(["answered"])";
      const auto store = open();
      ASSERT_TRUE(store->open(plan_));
      ASSERT_TRUE(store->append(plan_, std::vector{completion_of(0, attempt)}));
    }
    ASSERT_THAT(places_of(*open()), IsEmpty());

    flip_bit_of(flip.marker);

    EXPECT_THAT(places_of(*open(OpenMode::read_only)), Contains(flip.place))
        << flip.marker;
  }
}

TEST_F(SqliteStore, a_number_that_was_changed_is_found) {
  for (const char* column :
       {"ordinal", "repeat", "rotation", "generation", "started", "latency", "status",
        "prompt_tokens", "reply_tokens", "decoded_tokens", "thought_tokens"}) {
    std::filesystem::remove(path_);
    fill();
    meddle(fmt::format("UPDATE attempt SET {0} = {0} + 1 WHERE id = 'a1'", column));

    EXPECT_THAT(places_of(*open()), Contains("attempt a1")) << column;
  }
}

TEST_F(SqliteStore, a_number_of_a_run_that_was_changed_is_found) {
  for (const char* column : {"dropped", "repeats", "rotations", "created"}) {
    std::filesystem::remove(path_);
    fill();
    meddle(fmt::format("UPDATE run SET {0} = {0} + 1", column));

    EXPECT_THAT(places_of(*open()), ElementsAre("run " + id_.substr(0, 8))) << column;
  }
}

TEST_F(SqliteStore, right_choices_that_were_changed_are_found) {
  for (const char* choices :
       {"[0]", "[1,0]", "[2]", "[-1]", "[4294967297]", "[]", "1", "[0,1,1]", "[1.5]"}) {
    std::filesystem::remove(path_);
    fill();
    meddle(fmt::format("UPDATE question SET right_choices = '{}' WHERE ordinal = 3",
                       choices));

    EXPECT_THAT(places_of(*open()), Contains(HasSubstr("question 3 of"))) << choices;
  }
}

TEST_F(SqliteStore, a_key_that_is_not_its_id_is_found) {
  fill();
  meddle("UPDATE run SET key = replace(key, 'mistral', 'Mistral')");

  EXPECT_THAT(places_of(*open()), Contains("run " + id_.substr(0, 8)));
}

TEST_F(SqliteStore, a_result_that_is_not_what_counts_is_found) {
  fill();
  meddle(
      "UPDATE result SET attempt = 'a2' WHERE ordinal = 0;"
      "DELETE FROM result WHERE ordinal = 1;"
      "INSERT INTO result VALUES (1, 4, 0, 0, 0, 'f4')");
  const std::string run = " of run " + id_.substr(0, 8);

  EXPECT_THAT(places_of(*open()),
              ::testing::UnorderedElementsAre("result of question 0" + run,
                                              "result of question 1" + run,
                                              "result of question 4" + run));
}

TEST_F(SqliteStore, a_lost_question_is_found) {
  fill();
  meddle("DELETE FROM question WHERE ordinal = 4");

  const auto troubles = open()->verify();

  ASSERT_TRUE(troubles);
  EXPECT_THAT(*troubles, Contains(Field(&Trouble::message,
                                        HasSubstr("expected 5 questions, found 4"))));
  EXPECT_THAT(*troubles,
              Contains(Field(&Trouble::message, HasSubstr("answers question 4"))));
}

TEST_F(SqliteStore, a_reference_to_nothing_is_found) {
  fill();
  meddle("PRAGMA foreign_keys = OFF; UPDATE attempt SET run = 9 WHERE id = 'a0'");

  EXPECT_THAT(places_of(*open()), Contains(HasSubstr("table attempt, row")));
}

TEST_F(SqliteStore, no_damage_to_a_page_passes_as_whole_or_ends_the_program) {
  fill(4);
  const std::string whole = *read_file(path_);
  std::mt19937 random(11);
  int found = 0;
  for (int round = 0; round < 60; ++round) {
    std::string content = whole;
    const std::size_t at = random() % (content.size() - 512);
    for (std::size_t i = 0; i < 512; ++i) content[at + i] = static_cast<char>(random());
    std::ofstream(path_, std::ios::binary) << content;

    const auto store = open_sqlite_store(path_, OpenMode::read_only);
    if (!store) {
      ++found;
      continue;
    }
    const auto troubles = (*store)->verify();
    if (!troubles || !troubles->empty()) {
      ++found;
      continue;
    }
    // Whole by verify: then the damage lies in unused space, and all can be read.
    EXPECT_EQ(results_of(**store, id_, true).size(), 5U) << at;
    EXPECT_EQ((*store)->questions(id_)->questions, dataset_.questions) << at;
  }
  EXPECT_GT(found, 0);
}

TEST_F(SqliteStore, a_truncated_file_is_found) {
  fill(4);
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) / 2);

  const auto store = open_sqlite_store(path_, OpenMode::read_only);

  if (store) {
    const auto troubles = (*store)->verify();
    EXPECT_TRUE(!troubles || !troubles->empty());
  }
}

}  // namespace
}  // namespace proctor
