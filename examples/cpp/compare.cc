// What the second of two stored runs costs or gains, on the same questions.
//   ./compare mine.db 7f3a 91bc
#include <cstdio>

#include <proctor/proctor.h>

namespace {

proctor::Result<proctor::MarkedRun> read(proctor::Store& store, const char* name) {
  const auto run = proctor::find_run(store, name);
  if (!run) return tl::unexpected(run.error());
  return proctor::read_marked_run(store, *run, {});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::puts("usage: compare STORE RUN RUN"), 2;
  const auto store = proctor::open_sqlite_store(argv[1], proctor::OpenMode::read_only);
  if (!store) return std::puts(store.error().message.c_str()), 2;
  const auto a = read(**store, argv[2]), b = read(**store, argv[3]);
  if (!a || !b) return std::puts((a ? b : a).error().message.c_str()), 2;

  const proctor::Pairs pairs = proctor::compare_runs(*a, *b).pairs;
  if (pairs.n() == 0) return std::puts("no question in common"), 1;
  const proctor::Interval interval = proctor::tango(pairs);
  std::printf("%+.2f points (n %lld, 95 %% interval %+.2f to %+.2f, McNemar p %.4f)\n",
              100 * pairs.difference(), static_cast<long long>(pairs.n()),
              100 * interval.low, 100 * interval.high, proctor::mcnemar_p(pairs));
  return 0;
}
