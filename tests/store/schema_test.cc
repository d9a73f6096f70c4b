// A store of schema 1: read as it is, brought to today's whole or not at all. The one
// that is asked was written by Proctor while there was no other schema.
#include <chrono>
#include <csignal>
#include <fstream>
#include <random>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "proctor/store/form.h"
#include "proctor/store/sqlite.h"
#include "store/processes.h"
#include "store/store_fixture.h"

namespace proctor {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

using Clock = std::chrono::steady_clock;

// ---- What is asked of a store ----

std::string text_of(const Attempt& attempt) {
  std::string text =
      fmt::format("{} {} {} {} {} {}", attempt.id, attempt.status, attempt.request,
                  attempt.response, attempt.started.time_since_epoch().count(),
                  attempt.latency.count());
  if (!attempt.outcome) return text + attempt.outcome.error().message;
  const Reply& reply = *attempt.outcome;
  const auto number = [](const auto& value) {
    return value ? fmt::format("{}", *value) : "none";
  };
  const Tokens& tokens = reply.tokens;
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {}", text, reply.text,
                     reply.reasoning, reply.finish_reason, reply.model, reply.build,
                     logprobs_json(reply.logprobs), number(tokens.prompt),
                     number(tokens.reply), number(tokens.decoded),
                     number(tokens.thought));
}

// All that a store says, but when a run was written last.
std::vector<std::string> all_of(Store& store) {
  std::vector<std::string> lines;
  const auto runs = store.runs();
  EXPECT_TRUE(runs) << runs.error().message;
  for (const StoredRun& run : *runs) {
    lines.push_back(fmt::format(
        "{} {} {} {} {} {} {} {}", run.id, info_json(run.info), run.info.dropped,
        run.created.time_since_epoch().count(), run.results, run.attempts,
        run.generation, run.info.key.canonical_json()));
    const auto dataset = store.questions(run.id);
    EXPECT_TRUE(dataset) << dataset.error().message;
    for (const Question& question : dataset->questions) {
      lines.push_back(fmt::format("{} {} {} {} {}", question.id, question.subject,
                                  question.text, choices_json(question.choices),
                                  right_choices_json(question)));
    }
    for (const bool with_bodies : {false, true}) {
      for (const StoredResult& result : results_of(store, run.id, with_bodies)) {
        lines.push_back(fmt::format("{} {} {}", result.trial.ordinal, result.attempts,
                                    text_of(result.attempt)));
      }
    }
    const Status status = store.attempts(run.id, [&](const StoredAttempt& stored) {
      lines.push_back(text_of(stored.attempt));
      return Status();
    });
    EXPECT_TRUE(status);
  }
  return lines;
}

// ---- Fixture ----

class SchemaOne : public ::testing::Test {
 protected:
  SchemaOne() { execute(*read_file(PROCTOR_SOURCE_DIR "/tests/store/schema_1.sql")); }
  void execute(const std::string& sql) {
    const auto database = Database::open(
        path_.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, path_.string());
    ASSERT_TRUE(database);
    const Status status = database->execute(sql);
    ASSERT_TRUE(status) << status.error().message;
  }
  std::string value_of(const std::filesystem::path& path, const std::string& sql) {
    const auto database =
        Database::open(path.string(), SQLITE_OPEN_READWRITE, path.string());
    EXPECT_TRUE(database);
    return *database->value_of(sql);
  }
  std::string schema_of(const std::filesystem::path& path) {
    return value_of(path, "PRAGMA user_version");
  }
  std::unique_ptr<Store> open(OpenMode mode = OpenMode::read_write) {
    auto store =
        open_sqlite_store(path_, mode, system_time,
                          [&](std::string_view line) { told_.emplace_back(line); });
    EXPECT_TRUE(store) << store.error().message;
    return *std::move(store);
  }
  // Many long replies more, so that it takes a while to copy them.
  void grow(int replies) {
    execute(
        fmt::format("WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n "
                    "WHERE i < {}) INSERT INTO attempt SELECT NULL, 'z' || i, run, "
                    "ordinal, repeat, rotation, generation, started, latency, status, "
                    "fault, message, finish_reason, model, build, prompt_tokens, "
                    "reply_tokens, logprobs, sha256, text, reasoning, request, "
                    "zeroblob(20000) FROM (SELECT * FROM attempt LIMIT 1), n",
                    replies - 1));
  }
  std::string content() {
    return value_of(path_,
                    "SELECT sum(length(response)) || group_concat(id || latency) FROM "
                    "(SELECT * FROM attempt ORDER BY id)");
  }

  Folder folder_;
  std::filesystem::path path_ = folder_ / "proctor.db";
  std::filesystem::path copy_ = folder_ / "proctor.db.schema1";
  std::vector<std::string> told_;
};

// ---- Reading ----

TEST_F(SchemaOne, is_read_and_verified_and_not_changed) {
  const std::string before = *read_file(path_);

  {
    const auto store = open(OpenMode::read_only);
    EXPECT_THAT(all_of(*store), SizeIs(::testing::Gt(100U)));
    EXPECT_THAT(*store->verify(), IsEmpty());
  }

  EXPECT_EQ(*read_file(path_), before);
  EXPECT_THAT(folder_.files(), ElementsAre("proctor.db"));
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(SchemaOne, is_read_in_a_folder_that_cannot_be_written) {
  const std::vector<std::string> before = all_of(*open(OpenMode::read_only));
  ::chmod(path_.c_str(), 0444);
  ::chmod(folder_.path().c_str(), 0555);

  Child child([&] {
    give_up_rights();
    const auto store = open_sqlite_store(path_, OpenMode::read_only);
    if (!store) return 1;
    const auto troubles = (*store)->verify();
    if (!troubles || !troubles->empty()) return 2;
    return all_of(**store) == before ? 0 : 3;
  });

  EXPECT_EQ(child.wait(), 0);
}

TEST_F(SchemaOne, says_what_had_no_column) {
  std::map<std::string, int> dropped;
  std::int64_t decoded = 0;
  std::vector<std::string> keys;
  const auto store = open(OpenMode::read_only);
  const auto runs = store->runs();
  for (const StoredRun& run : *runs) {
    if (run.info.dropped != 0) ++dropped[fmt::format("{}", run.info.dropped)];
    for (const StoredResult& result : results_of(*store, run.id)) {
      if (!result.attempt.outcome) continue;
      decoded += result.attempt.outcome->tokens.decoded.value_or(0);
    }
    const auto dataset = store->questions(run.id);
    for (const Question& question : dataset->questions) {
      if (!question.also_right.empty()) keys.push_back(right_choices_json(question));
    }
  }

  EXPECT_THAT(dropped, ElementsAre(::testing::Pair("3", 1)));
  EXPECT_EQ(std::to_string(decoded),
            value_of(path_,
                     "SELECT sum(json_extract(CAST(response AS TEXT), "
                     "'$.tokens.decoded')) FROM attempt WHERE status = 0 AND "
                     "length(response) > 0"));
  EXPECT_GT(decoded, 100);
  EXPECT_THAT(keys, ElementsAre("[0,2]", "[0,2]"));  // two runs of one question
}

TEST_F(SchemaOne, of_26_choices_every_set_of_right_ones_is_read) {
  const std::string choices = choices_json(std::vector<std::string>(26, "x"));
  for (const auto& [number, right] :
       std::map<std::int64_t, std::string>{{25, "[25]"},
                                           {32 * 4, "[0,2]"},
                                           {25 + 32 * 1, "[25,0]"},
                                           {2 + 32 * ((1 << 25) + 1), "[2,0,25]"}}) {
    execute(fmt::format("UPDATE question SET choices = '{}', right_choice = {}",
                        choices, number));
    const auto store = open(OpenMode::read_only);

    const auto dataset = store->questions(store->runs()->front().id);

    ASSERT_TRUE(dataset) << dataset.error().message;
    EXPECT_EQ(right_choices_json(dataset->questions[0]), right);
  }
}

TEST_F(SchemaOne, a_right_choice_that_is_not_there_is_damage_in_both_forms) {
  for (const char* number :
       {"4", "26", "31", "-1", "-33", "32 * 16", "1 << 40", "9223372036854775807"}) {
    execute(
        fmt::format("UPDATE question SET right_choice = {} WHERE ordinal = 1", number));

    const auto troubles = open(OpenMode::read_only)->verify();

    ASSERT_TRUE(troubles);
    EXPECT_THAT(*troubles, ::testing::Contains(::testing::Field(
                               &Trouble::place, HasSubstr("question 1 of"))))
        << number;
  }
  const auto troubles = open()->verify();
  EXPECT_THAT(*troubles, ::testing::Contains(::testing::Field(
                             &Trouble::place, HasSubstr("question 1 of"))));
}

// ---- Bringing it to today's schema ----

TEST_F(SchemaOne, says_the_same_before_and_after) {
  const std::vector<std::string> before = all_of(*open(OpenMode::read_only));

  const auto store = open();

  EXPECT_EQ(schema_of(path_), "2");
  EXPECT_EQ(all_of(*store), before);
  EXPECT_THAT(*store->verify(), IsEmpty());
  EXPECT_EQ(all_of(*open(OpenMode::read_only)), before);
}

TEST_F(SchemaOne, becomes_the_schema_that_is_documented) {
  open();
  const auto fresh = folder_ / "fresh.db";
  { ASSERT_TRUE(open_sqlite_store(fresh, OpenMode::read_write)); }

  for (const char* question :
       {"SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema WHERE sql "
        "IS "
        "NOT NULL ORDER BY name)",
        "PRAGMA application_id", "PRAGMA page_size", "PRAGMA journal_mode",
        "SELECT schema || made_by FROM proctor"}) {
    EXPECT_EQ(value_of(path_, question), value_of(fresh, question)) << question;
  }
}

TEST_F(SchemaOne, keeps_what_it_was_beside_it) {
  const std::vector<std::string> before = all_of(*open(OpenMode::read_only));
  ::chmod(path_.c_str(), 0600);

  open();

  EXPECT_THAT(folder_.files(),
              UnorderedElementsAre("proctor.db", "proctor.db.schema1"));
  EXPECT_THAT(told_, ElementsAre(AllOf(HasSubstr("brought from schema 1 to 2"),
                                       HasSubstr(copy_.string()))));
  EXPECT_EQ(schema_of(copy_), "1");
  struct stat rights {};
  ::stat(copy_.c_str(), &rights);
  EXPECT_EQ(rights.st_mode & 0777U, 0600U);
  const auto old = open_sqlite_store(copy_, OpenMode::read_only);
  ASSERT_TRUE(old);
  EXPECT_EQ(all_of(**old), before);
}

TEST_F(SchemaOne, its_copy_holds_every_row_as_it_was) {
  const auto original = folder_ / "original.db";
  std::filesystem::copy_file(path_, original);

  open();

  const auto database = Database::open(copy_.string(), SQLITE_OPEN_READWRITE, "copy");
  ASSERT_TRUE(database->execute("ATTACH '" + original.string() + "' AS original"));
  for (const char* table : {"proctor", "dataset", "question", "run", "activity",
                            "attempt", "result", "sqlite_schema"}) {
    const std::string columns =
        table == std::string("sqlite_schema") ? "type, name, tbl_name, sql" : "*";
    EXPECT_EQ(
        *database->value_of(fmt::format(
            "SELECT (SELECT count(*) FROM (SELECT {1} FROM main.{0} EXCEPT SELECT "
            "{1} FROM original.{0})) || ' of ' || (SELECT count(*) FROM main.{0}) "
            "- (SELECT count(*) FROM original.{0})",
            table, columns)),
        *database->value_of(
            fmt::format("SELECT 0 - (SELECT count(*) FROM original.{0})", table)))
        << table;
  }
}

TEST_F(SchemaOne, its_copy_takes_the_place_of_no_other) {
  std::ofstream(copy_) << "precious";
  std::ofstream(copy_.string() + ".2") << "precious, too";

  open();

  EXPECT_EQ(*read_file(copy_), "precious");
  EXPECT_EQ(*read_file(copy_.string() + ".2"), "precious, too");
  EXPECT_EQ(schema_of(copy_.string() + ".3"), "1");
}

TEST_F(SchemaOne, goes_on_to_be_asked) {
  const auto store = open();
  const Dataset dataset = dataset_of(5);
  const Plan plan = plan_of(dataset);

  ASSERT_TRUE(store->open(plan));
  ASSERT_TRUE(store->append(plan, std::vector{completion_of(0, reply_of("a0"))}));

  EXPECT_THAT(results_of(*store, plan.info.key.id()), SizeIs(1));
  EXPECT_THAT(*store->verify(), IsEmpty());
}

TEST_F(SchemaOne, damage_stays_damage) {
  execute(
      "DROP TRIGGER attempt_is_never_changed;"
      "UPDATE attempt SET latency = latency + 1;"
      "UPDATE run SET info = replace(info, '\"dropped\":3', '\"dropped\":4')");
  const auto troubles_of = [](Store& store) {
    const auto troubles = store.verify();
    std::vector<std::string> lines;
    for (const Trouble& trouble : *troubles) {
      lines.push_back(trouble.place + trouble.message);
    }
    return lines;
  };
  const std::vector<std::string> before = troubles_of(*open(OpenMode::read_only));
  ASSERT_THAT(before, SizeIs(::testing::Gt(10U)));

  const std::vector<std::string> after = troubles_of(*open());

  EXPECT_EQ(after, before);
}

// ---- Others at work ----

TEST_F(SchemaOne, stays_as_it_is_while_one_of_its_runs_is_being_asked) {
  const std::string id = open(OpenMode::read_only)->runs()->front().id;
  const Pipe ready;
  Child child([&]() -> int {
    // As an older Proctor has it: the byte that the run's first 15 digits name.
    const int lock = ::open((path_.string() + ".lock").c_str(), O_RDWR | O_CREAT, 0666);
    struct flock range {};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_start = static_cast<off_t>(std::stoll(id.substr(0, 15), nullptr, 16));
    range.l_len = 1;
    const std::string line = "0123456789abcdef process 1 on elsewhere\n" +
                             id.substr(0, 16) + " process 4711 on examhall\n";
    const bool held = ::fcntl(lock, F_OFD_SETLK, &range) == 0 &&
                      ::write(lock, line.data(), line.size()) > 0;
    ready.tell(held ? 1 : 0);
    while (true) ::pause();
  });
  ASSERT_EQ(ready.hear(), 1);

  const auto store = open_sqlite_store(path_, OpenMode::read_write);

  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().fault, Fault::store);
  EXPECT_THAT(
      store.error().message,
      AllOf(HasSubstr("from schema 1 to 2"),
            HasSubstr("run " + id.substr(0, 8) +
                      " is being asked by process 4711 on examhall; wait for it "
                      "or stop it")));
  EXPECT_EQ(schema_of(path_), "1");
  child.kill();
  EXPECT_THAT(*open()->verify(), IsEmpty());
}

TEST_F(SchemaOne, once_it_is_todays_an_older_proctor_stops_before_it_asks) {
  // What it writes first when it opens a run, after it has opened the store.
  const auto older = Database::open(path_.string(), SQLITE_OPEN_READWRITE, "old");
  ASSERT_TRUE(older);
  auto touch = older->prepare("INSERT INTO activity (run, updated) VALUES (?, ?)");
  ASSERT_TRUE(touch);

  open(OpenMode::read_write);

  const Status written = touch->number(99).number(99).run();
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().message, HasSubstr("no column named updated"));
}

TEST_F(SchemaOne, of_two_that_open_it_at_once_each_finds_it_whole) {
  grow(300);
  const std::string before = content();
  const auto ask = [&] {
    for (int attempt = 0; attempt < 1000; ++attempt) {
      const auto store = open_sqlite_store(path_, OpenMode::read_write);
      if (store) return 0;
      if (store.error().message.find("it is in use by process") == std::string::npos) {
        return 1;
      }
    }
    return 2;
  };

  Child one(ask);
  Child two(ask);

  EXPECT_EQ(one.wait(), 0);
  EXPECT_EQ(two.wait(), 0);
  EXPECT_EQ(schema_of(path_), "2");
  EXPECT_EQ(content(), before);
  EXPECT_THAT(folder_.files(),
              UnorderedElementsAre("proctor.db", "proctor.db.schema1"));
}

// ---- Ends in the middle ----

TEST_F(SchemaOne, after_kill_9_it_is_the_old_one_or_todays_and_whole) {
  grow(500);
  const std::string before = content();
  const auto original = folder_ / "original.db";
  std::filesystem::copy_file(path_, original);
  const Clock::time_point begun = Clock::now();
  open();
  const auto whole = static_cast<unsigned>((Clock::now() - begun).count() / 1000);
  std::mt19937 random(std::random_device{}());
  std::uniform_int_distribution<unsigned> moment(0, whole + whole / 4);
  std::map<std::string, int> ends;
  for (int round = 0; round < 30; ++round) {
    for (const std::string& name : folder_.files()) {
      if (name != "original.db") std::filesystem::remove(folder_ / name);
    }
    std::filesystem::copy_file(original, path_);
    const Pipe begins;
    Child child([&]() -> int {
      begins.tell(1);
      [[maybe_unused]] const auto store =
          open_sqlite_store(path_, OpenMode::read_write);
      while (true) ::pause();
    });
    begins.hear();
    ::usleep(moment(random));
    child.kill();

    ++ends[schema_of(path_)];
    EXPECT_EQ(content(), before);
    open();
    EXPECT_EQ(schema_of(path_), "2");
    EXPECT_EQ(content(), before);
    EXPECT_EQ(schema_of(copy_), "1");
    EXPECT_FALSE(std::filesystem::exists(copy_.string() + ".part"));
  }
  EXPECT_GE(ends["1"], 1);
  EXPECT_EQ(ends["1"] + ends["2"], 30);
}

TEST_F(SchemaOne, where_the_disk_is_full_it_stays_as_it_is_and_says_so) {
  // Who reads keeps the log from being used again, so it gets longer than the copy.
  const auto reader =
      Database::open(path_.string(), SQLITE_OPEN_READWRITE, path_.string());
  ASSERT_TRUE(reader->execute("BEGIN; SELECT count(*) FROM attempt"));
  grow(100);
  const std::string before = content();
  const rlim_t size = std::stoul(value_of(path_, "PRAGMA page_count")) * 16'384;
  // No room for a page, for half of the copy, for the log at its begin, in its middle.
  for (const rlim_t room : {rlim_t{16'384}, size / 2, size, size + size / 2}) {
    Child child([&] {
      const rlimit limit{.rlim_cur = room, .rlim_max = room};
      ::signal(SIGXFSZ, SIG_IGN);
      ::setrlimit(RLIMIT_FSIZE, &limit);
      const auto store = open_sqlite_store(path_, OpenMode::read_write);
      if (store) return 1;
      const std::string& message = store.error().message;
      if (store.error().fault != Fault::io) return 2;
      return message.find(
                 "the disk is full; make room and start the same command "
                 "again, what is stored is whole") == std::string::npos
                 ? 3
                 : 0;
    });

    EXPECT_EQ(child.wait(), 0) << room;
    EXPECT_EQ(schema_of(path_), "1");
    EXPECT_EQ(content(), before);
    EXPECT_FALSE(std::filesystem::exists(copy_)) << room;
    EXPECT_FALSE(std::filesystem::exists(copy_.string() + ".part")) << room;
  }
  EXPECT_THAT(open()->runs().value(), SizeIs(8));
  EXPECT_EQ(content(), before);
}

// ---- Merging ----

TEST_F(SchemaOne, is_merged_with_todays_in_both_directions) {
  const std::vector<std::string> before = all_of(*open(OpenMode::read_only));
  const auto todays = open_sqlite_store(folder_ / "todays.db", OpenMode::read_write);
  ASSERT_TRUE(merge(*open(OpenMode::read_only), **todays));
  EXPECT_THAT(*(*todays)->verify(), IsEmpty());
  EXPECT_THAT(*(*todays)->runs(), SizeIs(8));
  const Dataset dataset = dataset_of(5);
  const Plan plan = plan_of(dataset);
  ASSERT_TRUE((*todays)->open(plan));
  ASSERT_TRUE((*todays)->append(plan, std::vector{completion_of(0, reply_of("a0"))}));

  ASSERT_TRUE(merge(**todays, *open()));

  const auto store = open();
  EXPECT_THAT(*store->runs(), SizeIs(9));
  EXPECT_THAT(*store->verify(), IsEmpty());
  ASSERT_TRUE(store->remove(plan.info.key.id()));
  std::vector<std::string> after = all_of(*store);
  std::vector<std::string> expected = before;
  std::ranges::sort(after);
  std::ranges::sort(expected);
  EXPECT_EQ(after, expected);
}

}  // namespace
}  // namespace proctor
