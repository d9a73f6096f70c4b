// Evaluates a model on the sample exam, and keeps every reply in a store. Again: it
// goes on where it stopped.
//   ./evaluate ollama/mistral:7b mine.db
//   PROCTOR_PLUGINS=PREFIX/lib/proctor ./evaluate model.gguf mine.db
#include <cstdio>

#include <proctor/proctor.h>

int main(int argc, char** argv) {
  if (argc != 3) return std::puts("usage: evaluate MODEL STORE"), 2;
  const auto store = proctor::open_sqlite_store(argv[2], proctor::OpenMode::read_write);
  if (!store) return std::puts(store.error().message.c_str()), 2;

  const proctor::RunSpec spec{
      .model = {.name = argv[1]},
      .exam = {.protocols = {"mmlu"}, .dataset = "sample", .shots = 2},
      .notes = {.note = "an example"}};
  const proctor::Environment environment = proctor::Environment::of_process();
  const auto runs = proctor::evaluate(spec, **store, {.environment = environment});
  if (!runs) return std::puts(runs.error().message.c_str()), 2;

  for (const proctor::ScoredRun& run : *runs) {
    const proctor::Count count = run.ledger().count();
    const proctor::Interval interval = proctor::wilson(count);
    std::printf("%s: %lld of %lld right, 95 %% interval %.3f to %.3f\n",
                run.model_title().c_str(), static_cast<long long>(count.right),
                static_cast<long long>(count.n), interval.low, interval.high);
    if (!run.reason().empty()) std::printf("not whole: %s\n", run.reason().c_str());
  }
  return runs->back().is_complete() ? 0 : 3;
}
