#include <algorithm>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend/models.h"
#include "support/made_up_clock.h"

namespace proctor {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::IsEmpty;

// A server of a model in made-up time: so many places, each reply takes so long.
struct Server {
  MadeUpClock clock;
  std::size_t places = 4;
  milliseconds takes{100};
  std::optional<Error> error = {};     // instead of replies
  std::optional<TimePoint> dies = {};  // and from then on
  std::optional<TimePoint> lives = {};
  bool hangs = false;
  std::set<std::uint32_t> asked = {};
  int requests = 0;

  bool is_dead(TimePoint at) const {
    return dies && at >= *dies && !(lives && at >= *lives);
  }
};

class ServerBackend final : public Backend {
 public:
  explicit ServerBackend(Server& server) : server_(server) {}

  std::size_t room() const override {
    return fatal_ ? 0 : server_.places - under_way_.size();
  }
  void start(TrialId trial, Prompt) override {
    ASSERT_GT(room(), 0U);
    ++server_.requests;
    server_.asked.insert(trial.ordinal);
    const TimePoint now = server_.clock.now();
    const bool at_once = server_.error || server_.is_dead(now);
    under_way_[trial] = server_.hangs ? TimePoint::max()
                        : at_once     ? now
                                      : now + server_.takes;
  }
  std::vector<Completion> wait(TimePoint until) override {
    TimePoint first = until;
    for (const auto& [trial, due] : under_way_) first = std::min(first, due);
    if (first > server_.clock.now()) server_.clock.clock().sleep_until(first);
    const TimePoint now = server_.clock.now();
    std::vector<Completion> done;
    std::erase_if(under_way_, [&](const auto& each) {
      if (each.second > now && !server_.is_dead(now)) return false;
      Attempt attempt{.id = "x", .outcome = Reply{.text = "A"}, .status = 200};
      if (server_.is_dead(now)) attempt.outcome = fail(Fault::network, "reset");
      if (server_.error) attempt.outcome = tl::unexpected(*server_.error);
      done.push_back({each.first, {attempt}});
      return true;
    });
    if (server_.error && server_.error->fault == Fault::denied) fatal_ = server_.error;
    return done;
  }
  std::optional<Error> fatal() const override { return fatal_; }
  void cancel(Cancel) override {}

 private:
  Server& server_;
  std::map<TrialId, TimePoint> under_way_;
  std::optional<Error> fatal_;
};

struct Pooled {
  MadeUpClock clock;
  std::vector<std::string> said;
  std::unique_ptr<Backend> pool;

  explicit Pooled(std::vector<Server*> servers, int retries = 5) {
    PoolOptions options{.retries = retries, .clock = clock.clock()};
    options.talk = [this](std::string_view line) { said.emplace_back(line); };
    const auto open = [servers, this]() -> Result<std::vector<Endpoint>> {
      std::vector<Endpoint> endpoints;
      for (Server* server : servers) {
        server->clock = clock;
        endpoints.push_back({fmt::format("server {}", endpoints.size()), [server] {
                               return std::make_unique<ServerBackend>(*server);
                             }});
      }
      return endpoints;
    };
    pool = make_pool(open, options);
  }

  // As the loop asks: as many as there is room for, until the end.
  std::map<std::uint32_t, Completion> ask(std::uint32_t n) {
    std::map<std::uint32_t, Completion> done;
    std::uint32_t started = 0;
    while (true) {
      while (started < n && !pool->fatal() && pool->room() > 0)
        pool->start({started++}, chat("?"));
      if (done.size() == started) return done;
      for (Completion& each : pool->wait(clock.now() + milliseconds(100)))
        EXPECT_TRUE(done.emplace(each.trial.ordinal, std::move(each)).second);
    }
  }
};

std::size_t replies(const std::map<std::uint32_t, Completion>& done) {
  return static_cast<std::size_t>(std::ranges::count_if(done, [](const auto& each) {
    return each.second.attempts.back().outcome.has_value();
  }));
}

TEST(Pool, five_servers_of_unequal_speed_take_hardly_longer_than_they_must) {
  std::vector<Server> servers;
  double a_second = 0;
  for (const int takes : {50, 100, 150, 200, 400}) {
    servers.push_back({.places = 4, .takes = milliseconds(takes)});
    a_second += 4 * 1000.0 / takes;
  }
  Pooled pooled({&servers[0], &servers[1], &servers[2], &servers[3], &servers[4]});

  const auto done = pooled.ask(1000);

  EXPECT_EQ(replies(done), 1000U);
  const double ideal = 1000 / a_second;
  EXPECT_LE(std::chrono::duration<double>(pooled.clock.passed()).count(), 1.1 * ideal);
}

TEST(Pool, a_server_that_dies_loses_nothing) {
  Server one, other{.dies = MadeUpClock::start + milliseconds(250)};
  Pooled pooled({&one, &other});

  const auto done = pooled.ask(100);

  EXPECT_EQ(replies(done), 100U);
  ASSERT_FALSE(pooled.said.empty());
  EXPECT_EQ(pooled.said[0], "server 1: reset; the others are asked");
}

TEST(Pool, a_server_that_is_down_is_asked_one_question_at_a_time) {
  Server one, other{.dies = MadeUpClock::start};
  Pooled pooled({&one, &other});

  pooled.ask(400);  // ten seconds

  EXPECT_LE(other.requests, 4 + 5) << "0.5, 1, 2, 4 seconds between";
  EXPECT_EQ(one.requests, 400);
}

TEST(Pool, a_server_that_comes_back_is_asked_again) {
  Server one, other{.dies = MadeUpClock::start + milliseconds(150),
                    .lives = MadeUpClock::start + milliseconds(2000)};
  Pooled pooled({&one, &other});

  const auto done = pooled.ask(400);

  EXPECT_EQ(replies(done), 400U);
  EXPECT_GT(other.asked.size(), 50U);
  EXPECT_EQ(pooled.said.back(), "server 1: it answers again");
}

TEST(Pool, a_server_that_hangs_holds_nothing_up) {
  Server one, other{.hangs = true};
  Pooled pooled({&one, &other});

  const auto done = pooled.ask(40);

  EXPECT_EQ(replies(done), 40U);
  EXPECT_LE(pooled.clock.passed(), milliseconds(1500));
}

TEST(Pool, a_server_that_refuses_for_good_is_left_out) {
  Server one, other{.error = Error{Fault::denied, "HTTP 401: no"}};
  Pooled pooled({&one, &other});

  const auto done = pooled.ask(20);

  EXPECT_EQ(replies(done), 20U);
  EXPECT_FALSE(pooled.pool->fatal());
  EXPECT_EQ(pooled.said[0], "server 1: HTTP 401: no; going on without it");
  EXPECT_LE(other.requests, 4);
}

TEST(Pool, where_all_refuse_for_good_the_run_ends) {
  Server one{.error = Error{Fault::denied, "HTTP 401: no"}};
  Server other{.error = Error{Fault::denied, "HTTP 401: no"}};
  Pooled pooled({&one, &other});

  pooled.ask(20);

  ASSERT_TRUE(pooled.pool->fatal());
  EXPECT_EQ(pooled.pool->fatal()->fault, Fault::denied);
}

TEST(Pool, where_all_are_down_the_run_ends_and_can_go_on_later) {
  const TimePoint later = MadeUpClock::start + milliseconds(250);
  Server one{.dies = later}, other{.dies = later};
  Pooled pooled({&one, &other});

  const auto done = pooled.ask(1000);

  ASSERT_TRUE(pooled.pool->fatal());
  EXPECT_EQ(pooled.pool->fatal()->fault, Fault::cancelled);
  EXPECT_THAT(pooled.pool->fatal()->message,
              HasSubstr("none of the 2 servers answers: reset"));
  EXPECT_LE(pooled.clock.passed(), std::chrono::minutes(1));
}

TEST(Pool, a_question_that_one_rejects_is_tried_nowhere_else) {
  Server one{.error = Error{Fault::rejected, "HTTP 400: too long"}};
  Server other{.error = Error{Fault::rejected, "HTTP 400: too long"}};
  Pooled pooled({&one, &other});

  const auto done = pooled.ask(5);

  EXPECT_EQ(one.requests + other.requests, 5);
  EXPECT_EQ(done.at(0).attempts.size(), 1U);
}

TEST(Pool, tries_at_all_servers_are_kept_in_order) {
  Server one, other{.dies = MadeUpClock::start};
  Pooled pooled({&one, &other});

  const auto done = pooled.ask(8);

  const auto twice = std::ranges::find_if(
      done, [](const auto& each) { return each.second.attempts.size() == 2; });
  ASSERT_NE(twice, done.end());
  EXPECT_FALSE(twice->second.attempts[0].outcome);
  EXPECT_TRUE(twice->second.attempts[1].outcome);
}

TEST(Pool, nobody_is_asked_before_the_first_question) {
  bool is_opened = false;
  const auto pool = make_pool(
      [&]() -> Result<std::vector<Endpoint>> {
        is_opened = true;
        return fail(Fault::usage, "not one model");
      },
      {});

  EXPECT_GT(pool->room(), 0U);
  EXPECT_THAT(pool->wait(TimePoint{}), IsEmpty());
  EXPECT_FALSE(is_opened);
  pool->start({0}, chat("?"));
  EXPECT_EQ(pool->wait(TimePoint{}).size(), 1U);
  EXPECT_EQ(pool->fatal()->message, "not one model");
}

TEST(Pool, who_stops_gets_back_what_was_not_asked) {
  Server one{.places = 1}, other{.dies = MadeUpClock::start};
  Pooled pooled({&one, &other});
  pooled.pool->start({0}, chat("?"));

  pooled.pool->cancel(Cancel::waiting);

  EXPECT_EQ(pooled.pool->room(), 0U);
  EXPECT_EQ(pooled.pool->wait(pooled.clock.now() + std::chrono::seconds(1)).size(), 1U);
}

}  // namespace
}  // namespace proctor
