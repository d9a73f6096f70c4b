// So many processes at one run in PostgreSQL, whose model answers at once:
// bench/postgres.py starts a server and makes a table of it.
//   bench_postgres_store ADDRESS QUESTIONS WORKERS UNIT AT_ONCE
#include <cstdio>
#include <cstdlib>

#include <sys/wait.h>
#include <unistd.h>

#include "proctor/store/store.h"

namespace proctor {
namespace {

constexpr std::size_t body_bytes = 1500;

Dataset dataset_of(int n) {
  Dataset dataset{.name = "bench", .split = "test"};
  for (int i = 0; i < n; ++i)
    dataset.questions.push_back({.id = std::to_string(i),
                                 .subject = "bench",
                                 .text = fmt::format("What is {} + 1?", i),
                                 .choices = {"one", "two", "three", "four"},
                                 .index = i});
  dataset.digest = digest_of(dataset.questions);
  return dataset;
}

Completion completion_of(TrialId trial, std::size_t count) {
  Completion completion{.trial = trial, .attempts = {}};
  completion.attempts.push_back(
      {.id = fmt::format("{:08x}{:08x}", ::getpid(), count),
       .outcome =
           Reply{.text = "The answer is B.", .finish_reason = "stop", .model = "m"},
       .status = 200,
       .request = std::string(body_bytes, 'q'),
       .response = std::string(body_bytes, 'r'),
       .started = system_time(),
       .latency = Microseconds(1)});
  return completion;
}

// As run() does it: asks for as many as there is room for, keeps what has come back.
Status work(const std::string& url, const Plan& plan, Sharing sharing,
            std::size_t at_once, int ready, int go) {
  auto store = TRY(open_postgres_store(url, OpenMode::read_write, {}, sharing));
  TRY(store->open(plan));
  char byte = 0;
  if (::write(ready, &byte, 1) != 1 || ::read(go, &byte, 1) < 0)
    return fail(Fault::io, "nobody starts it");
  std::size_t count = 0;
  while (true) {
    std::vector<Completion> completions;
    for (const TrialId trial : TRY(store->claim(plan, at_once)))
      completions.push_back(completion_of(trial, ++count));
    if (completions.empty()) return {};
    TRY(store->append(plan, completions));
  }
}

int bench(int argc, char** argv) {
  if (argc != 6) return 2;
  const std::string url = argv[1];
  const Dataset dataset = dataset_of(std::atoi(argv[2]));
  const int workers = std::atoi(argv[3]);
  const Sharing sharing{.unit = static_cast<std::size_t>(std::atoi(argv[4]))};
  Plan plan{.info = {.key = {.provider = "bench", .dataset_digest = dataset.digest}},
            .dataset = &dataset};
  for (std::uint32_t i = 0; i < dataset.questions.size(); ++i)
    plan.trials.push_back({i});
  int ready[2], go[2];
  if (::pipe(ready) != 0 || ::pipe(go) != 0) return 1;
  for (int i = 0; i < workers; ++i) {
    if (::fork() != 0) continue;
    ::close(go[1]);
    const Status status =
        work(url, plan, sharing, static_cast<std::size_t>(std::atoi(argv[5])), ready[1],
             go[0]);
    if (!status) std::fprintf(stderr, "%s\n", status.error().message.c_str());
    ::_exit(status ? 0 : 1);
  }
  char byte = 0;
  for (int i = 0; i < workers; ++i)
    if (::read(ready[0], &byte, 1) != 1) return 1;
  const auto started = std::chrono::steady_clock::now();
  ::close(go[1]);  // all begin
  int failed = 0;
  for (int i = 0; i < workers; ++i) {
    int status = 0;
    ::wait(&status);
    failed += status != 0 ? 1 : 0;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  std::printf("%.0f\n", static_cast<double>(dataset.questions.size()) / took.count());
  return failed;
}

}  // namespace
}  // namespace proctor

int main(int argc, char** argv) {
  return proctor::bench(argc, argv);
}
