#include "proctor/view/watched_store.h"

#include <algorithm>
#include <ctime>

namespace proctor {
namespace {

constexpr std::size_t most_made = 8;  // choices that pages are kept of
constexpr std::uint64_t late = 8;     // pages that a part stays for after its last
constexpr int pause_for_each = 10;    // of what a look took: a tenth of a processor
constexpr std::chrono::seconds longest_pause{15};

// What differs where anything was written.
std::string state_of(const std::vector<StoredRun>& runs) {
  std::string state;
  for (const StoredRun& run : runs) {
    state += fmt::format("{} {} {} {} {} {}\n", run.id, run.results, run.attempts,
                         run.updated.time_since_epoch().count(), run.generation,
                         run.info.hidden);
  }
  return state;
}

bool names(const std::vector<std::string>& prefixes, const StoredRun& run) {
  return std::ranges::any_of(prefixes, [&](const std::string& prefix) {
    return !prefix.empty() && run.id.starts_with(prefix);
  });
}

}  // namespace

std::chrono::nanoseconds spent_by_this_thread() {
  timespec spent{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec);
}

std::vector<StoredRun> chosen_runs(const std::vector<StoredRun>& runs,
                                   const RunChoice& choice) {
  std::vector<const StoredRun*> newest;
  for (const StoredRun& run : runs) newest.push_back(&run);
  std::ranges::stable_sort(newest, std::ranges::greater(), &StoredRun::updated);
  newest.resize(std::min(newest.size(), usual_runs));
  std::vector<StoredRun> chosen;
  for (const StoredRun& run : runs) {
    const bool is_usual = std::ranges::find(newest, &run) != newest.end();
    if ((is_usual && !names(choice.without, run)) || names(choice.with, run))
      chosen.push_back(run);
  }
  return chosen;
}

Status WatchedStore::look(Store& store) {
  runs_ = TRY(meant_runs(store, setting_.among)).runs;
  // In the order of their beginnings: two that go on would change places else.
  std::ranges::stable_sort(runs_, {}, &StoredRun::created);
  state_ = state_of(runs_);
  return {};
}

Result<const WatchedStore::Made*> WatchedStore::page(const RunChoice& choice) {
  const auto known = std::ranges::find(made_, choice, &Made::choice);
  const bool is_known = known != made_.end();
  if (is_known) std::rotate(known, known + 1, made_.end());
  if (setting_.clock.now() < next_look_) {
    if (error_) return tl::unexpected(*error_);
    return is_known ? &made_.back() : nullptr;
  }
  const auto before = setting_.spent();
  const auto done = [&]() -> Result<const Made*> {
    // Not kept open: its log could not be emptied then.
    const auto store = TRY(setting_.open());
    TRY(look(*store));
    if (is_known && made_.back().state == state_) return &made_.back();
    return make(*store, choice);
  }();
  const auto pause = std::chrono::duration_cast<std::chrono::microseconds>(
      pause_for_each * (setting_.spent() - before));
  next_look_ = setting_.clock.now() + std::min<decltype(pause)>(pause, longest_pause);
  error_ = done ? std::nullopt : std::optional(done.error());
  return done;
}

Result<const WatchedStore::Made*> WatchedStore::make(Store& store,
                                                     const RunChoice& choice) {
  PageSetting setting = setting_.page;
  // Two pages are told apart by it, as it is written: in milliseconds.
  constexpr std::chrono::milliseconds later{1};
  setting.made = last_made_ = std::max(setting_.clock.wall(), last_made_ + later);
  LivePage page = TRY(live_page(store, chosen_runs(runs_, choice), runs_, setting));
  keep(std::move(page.parts));
  std::erase_if(made_, [&](const Made& one) { return one.choice == choice; });
  if (made_.size() == most_made) made_.erase(made_.begin());
  made_.push_back({choice, state_, iso_time(setting.made), std::move(page)});
  return &made_.back();
}

void WatchedStore::keep(std::vector<PagePart> parts) {
  ++turn_;
  for (PagePart& part : parts) {
    const auto [kept, is_new] =
        parts_.try_emplace(sha256_hex(part.bytes), KeptPart{{}, turn_});
    if (is_new) kept->second.bytes = std::move(part.bytes);
    kept->second.turn = turn_;
  }
  std::erase_if(parts_,
                [&](const auto& one) { return one.second.turn + late < turn_; });
}

const std::string* WatchedStore::part(const std::string& sha256) const {
  const auto found = parts_.find(sha256);
  return found == parts_.end() ? nullptr : &found->second.bytes;
}

}  // namespace proctor
