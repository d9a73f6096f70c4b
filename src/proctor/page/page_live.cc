#include "proctor/page/page_live.h"

#include <algorithm>

namespace proctor {
namespace {

// As many as a drawing of some hundred pixels can show, and a table can be read.
constexpr std::size_t most_points = 60;
constexpr std::size_t most_newest = 12;

// [right, n, low, high] after so many questions.
PageJson curve_json(const PageRun& run) {
  PageJson json = PageJson::array();
  for (const Count& count : running_counts(run.ended, most_points))
    json.push_back(page_count(count));
  return json;
}

// [run, place, when], the newest first.
PageJson newest_json(std::span<const PageRun> runs) {
  struct Newest {
    EndedQuestion question;
    std::size_t run;
  };
  std::vector<Newest> all;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (const EndedQuestion& question : runs[i].ended) all.push_back({question, i});
  }
  const auto end =
      all.begin() + static_cast<std::ptrdiff_t>(std::min(most_newest, all.size()));
  std::ranges::partial_sort(all, end, std::ranges::greater(), &Newest::question);
  PageJson json = PageJson::array();
  for (auto one = all.begin(); one != end; ++one)
    json.push_back({one->run, one->question.ordinal, iso_time(one->question.at)});
  return json;
}

PageJson stored_json(const StoredRun& run) {
  return {{"id", run.id},
          {"name", run.info.name},
          {"model", model_name(run.info.key)},
          {"dataset", run.info.dataset},
          {"protocol", run.info.protocol},
          {"results", run.results},
          {"updated", iso_time(run.updated)}};
}

}  // namespace

PageJson live_json(std::span<const PageRun> runs, std::span<const StoredRun> stored,
                   std::span<const PagePart> parts) {
  PageJson live = {{"curves", PageJson::array()},
                   {"newest", newest_json(runs)},
                   {"stored", PageJson::array()},
                   {"parts", PageJson::object()}};
  for (const PageRun& run : runs) live["curves"].push_back(curve_json(run));
  for (const StoredRun& run : stored) live["stored"].push_back(stored_json(run));
  for (const PagePart& part : parts) live["parts"][part.id] = sha256_hex(part.bytes);
  return live;
}

}  // namespace proctor
