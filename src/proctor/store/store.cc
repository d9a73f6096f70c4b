#include "proctor/store/store.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "proctor/store/form.h"

namespace proctor {
namespace {

constexpr std::size_t most_listed = 5;

// As many digits as tell these runs apart, eight at least.
std::size_t digits_needed(std::span<const StoredRun> runs) {
  std::vector<std::string_view> ids;
  for (const StoredRun& run : runs) ids.emplace_back(run.id);
  std::ranges::sort(ids);
  std::size_t digits = 8;
  for (std::size_t i = 1; i < ids.size(); ++i) {
    const auto differs = std::ranges::mismatch(ids[i - 1], ids[i]).in1;
    const auto shared = static_cast<std::size_t>(differs - ids[i - 1].begin());
    digits = std::max(digits, shared + 1);
  }
  return digits;
}

// "7f3a1c20 (ollama/mistral:7b, seed), 7f99…"
std::string list_of(std::span<const StoredRun> runs) {
  const std::size_t digits = digits_needed(runs);
  std::vector<std::string> parts;
  for (const StoredRun& run : runs.first(std::min(runs.size(), most_listed))) {
    const RunKey& key = run.info.key;
    const std::string model =
        key.model.empty() ? key.provider : key.provider + "/" + key.model;
    const std::string name =
        run.info.name.empty() ? "" : fmt::format("\"{}\", ", run.info.name);
    parts.push_back(fmt::format("{} ({}{}, {})", run.id.substr(0, digits), name, model,
                                run.info.protocol));
  }
  if (runs.size() > parts.size()) {
    parts.push_back(fmt::format("and {} more", runs.size() - parts.size()));
  }
  return join(parts, ", ");
}

bool is_hexadecimal(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// How far before the last one "last~2" is: 2; "last" is last~0. A number that is too
// large for any is the largest.
std::optional<std::size_t> before_last(std::string_view word) {
  if (word == "last") return 0;
  if (!word.starts_with("last~")) return std::nullopt;
  word.remove_prefix(5);
  auto steps = std::numeric_limits<std::size_t>::max();
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, steps);
  return error != std::errc::invalid_argument && stop == end ? std::optional(steps)
                                                             : std::nullopt;
}

Result<StoredRun> run_before_last(std::string_view word, std::size_t steps,
                                  std::span<const StoredRun> shown,
                                  std::span<const StoredRun> runs) {
  if (steps < shown.size()) return shown[steps];
  if (shown.empty()) {
    return fail(Fault::usage,
                "{}: no run has a reply, or all are forgotten; the newest: {}", word,
                list_of(runs));
  }
  return fail(
      Fault::usage,
      "{}: found {} run{}, expected last~{} at most, the oldest; the newest: {}", word,
      shown.size(), shown.size() == 1 ? "" : "s", shown.size() - 1, list_of(shown));
}

tl::unexpected<Error> no_such_run(std::string_view wanted,
                                  std::span<const StoredRun> runs) {
  if (wanted.starts_with("last~"))
    return fail(Fault::usage,
                "{}: expected a whole number behind last~, how many runs before the "
                "last one; the newest: {}",
                wanted, list_of(runs));
  std::vector<std::string> candidates;
  for (const StoredRun& run : runs) {
    if (!run.info.name.empty()) candidates.push_back(run.info.name);
    candidates.emplace_back(short_id(run.id));
  }
  return fail(Fault::usage, "{}: no such run{}; the newest: {}", wanted,
              suggestion(wanted, candidates), list_of(runs));
}

// Copies one run's attempts; a batch is what one append takes.
Result<std::int64_t> copy_attempts(Store& from, Store& into, Plan& plan,
                                   const std::string& run_id) {
  constexpr std::size_t most_attempts = 1000;
  constexpr std::size_t most_bytes = 16U << 20U;
  std::vector<Completion> completions;
  std::size_t bytes = 0;
  std::int64_t copied = 0;
  const auto flush = [&]() -> Status {
    TRY(into.append(plan, completions));
    completions.clear();
    bytes = 0;
    return {};
  };
  const auto take_one = [&](StoredAttempt stored) -> Status {
    if (stored.generation != plan.generation || completions.size() >= most_attempts ||
        bytes >= most_bytes) {
      TRY(flush());
    }
    plan.generation = stored.generation;
    bytes += stored.attempt.request.size() + stored.attempt.response.size();
    Completion completion{.trial = stored.trial, .attempts = {}};
    completion.attempts.push_back(std::move(stored.attempt));
    completions.push_back(std::move(completion));
    ++copied;
    return {};
  };
  TRY(from.attempts(run_id, take_one));
  TRY(flush());
  return copied;
}

}  // namespace

std::string_view short_id(std::string_view id) {
  return id.substr(0, 8);
}

Result<StoredRun> find_run(Store& store, std::string_view name_or_prefix, Among among) {
  std::vector<StoredRun> runs = TRY(store.runs());
  if (runs.empty()) {
    return fail(Fault::usage, "{}: the store holds no runs; proctor run makes one",
                name_or_prefix);
  }
  const auto has_name = [&](const StoredRun& run) {
    return !run.info.name.empty() && run.info.name == name_or_prefix;
  };
  const auto others = std::ranges::stable_partition(runs, [&](const StoredRun& run) {
    return run.is_shown() || among == Among::all;
  });
  if (const auto named = std::ranges::find_if(runs, has_name); named != runs.end())
    return std::move(*named);
  if (const auto steps = before_last(name_or_prefix)) {
    const std::span<const StoredRun> all = runs;
    return run_before_last(name_or_prefix, *steps,
                           all.first(runs.size() - others.size()), all);
  }

  const std::string prefix = ascii_lower(name_or_prefix);
  std::vector<StoredRun> found;
  if (is_hexadecimal(prefix)) {
    for (const StoredRun& run : runs) {
      if (run.id.starts_with(prefix)) found.push_back(run);
    }
  }
  if (found.empty()) return no_such_run(name_or_prefix, runs);
  if (found.size() > 1) {
    return fail(Fault::usage, "{}: {} runs begin so: {}; add digits", name_or_prefix,
                found.size(), list_of(found));
  }
  return std::move(found.front());
}

namespace {

// Whether the words of `one` stay, and not those of `other`: the store's that wrote the
// run last, whichever is merged first.
bool stays(const StoredRun& one, const StoredRun& other) {
  if (one.updated != other.updated) return one.updated > other.updated;
  return info_json(one.info) >= info_json(other.info);
}

// What was asked again in either.
std::vector<std::string> united(std::vector<std::string> words,
                                const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  std::ranges::sort(words);
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

Status check_is_whole(Store& store, std::string_view which) {
  const std::vector<Trouble> troubles = TRY(store.verify());
  if (troubles.empty()) return {};
  return fail(
      Fault::data,
      "{} is not whole ({}: {}{}), and nothing is copied, for damage would look "
      "right in the copy; proctor verify says what is wrong",
      which, troubles.front().place, troubles.front().message,
      troubles.size() == 1 ? "" : fmt::format("; and {} more", troubles.size() - 1));
}

}  // namespace

Result<Merged> merge(Store& from, Store& into) {
  TRY(check_is_whole(from, "what is to be copied"));
  TRY(check_is_whole(into, "the store that takes it"));
  const std::vector<StoredRun> present = TRY(into.runs());
  const std::vector<StoredRun> source = TRY(from.runs());
  Merged merged;
  for (const StoredRun& run : source) {
    const auto twin = std::ranges::find(present, run.id, &StoredRun::id);
    const bool keep = twin != present.end() && stays(*twin, run);
    const Dataset dataset = TRY(from.questions(run.id));
    Plan plan{.info = keep ? twin->info : run.info,
              .dataset = &dataset,
              .created = run.created,
              .updated = run.updated};
    if (twin != present.end())
      plan.info.again = united(run.info.again, twin->info.again);
    TRY(into.open(plan));
    merged.attempts += TRY(copy_attempts(from, into, plan, run.id));
    ++merged.runs;
  }
  return merged;
}

Result<std::unique_ptr<Store>> open_store(const std::string& where, OpenMode mode,
                                          const StoreWorld& world) {
  if (is_store_url(where)) return open_postgres_store(where, mode, world);
  return open_sqlite_store(where, mode, world.clock, world.talk);
}

}  // namespace proctor
