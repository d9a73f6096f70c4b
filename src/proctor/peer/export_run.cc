#include "proctor/peer/export_run.h"

#include <algorithm>

#include "proctor/peer/exported.h"

namespace proctor {
namespace {

constexpr std::pair<std::string_view, PeerForm> forms[] = {
    {"lm-eval", PeerForm::lm_eval},
    {"inspect", PeerForm::inspect},
    {"mmlu-pro", PeerForm::mmlu_pro},
};

// What the look means and was never tried, by subject.
Result<std::map<std::string, std::int64_t>> not_asked(
    Store& store, const StoredRun& stored, const Look& look,
    const std::set<std::uint32_t>& asked) {
  const Dataset dataset = TRY(store.questions(stored.id));
  const auto meant =
      TRY(select_questions(dataset, look.subjects.empty() ? "all" : look.subjects, {}));
  const std::set<std::uint32_t> chosen(stored.info.selection.begin(),
                                       stored.info.selection.end());
  std::map<std::string, std::int64_t> counts;
  for (const std::uint32_t ordinal : meant) {
    if (chosen.contains(ordinal) && !asked.contains(ordinal))
      ++counts[dataset.questions[ordinal].subject];
  }
  return counts;
}

Result<ExportedRun> read_run(Store& store, const StoredRun& stored, const Look& look) {
  std::vector<ExportedReply> replies;
  std::set<std::uint32_t> asked;
  const auto keep = [&](const Graded& graded) -> Status {
    asked.insert(graded.trial.ordinal);
    replies.push_back({.question = *graded.question,
                       .attempt = *graded.attempt,
                       .answer = graded.answer,
                       .mark = graded.mark});
    return {};
  };
  ScoredRun run = TRY(score_stored_run(store, stored, look, true, keep));
  TRY(check_has_reply(run));
  auto missing = TRY(not_asked(store, stored, look, asked));
  return ExportedRun{.run = std::move(run),
                     .created = stored.created,
                     .updated = stored.updated,
                     .replies = std::move(replies),
                     .not_asked = std::move(missing)};
}

// How a question without a reply stands there.
std::string failures_in(PeerForm form, const std::string& some) {
  switch (form) {
    case PeerForm::lm_eval:
      return fmt::format(
          "{} questions without a reply stand there as None, and count as wrong", some);
    case PeerForm::inspect:
      return fmt::format(
          "{} questions without a reply stand there as errors, and do not count", some);
    case PeerForm::mmlu_pro:
      break;
  }
  return fmt::format("{} questions without a reply stand there as null", some);
}

void say_what_differs(PeerForm form, const ExportedRun& run, PeerExport& written) {
  if (run.failed() > 0)
    written.notes.push_back(failures_in(form, with_thousands(run.failed())));
  if (!run.is_whole()) {
    written.notes.push_back(
        fmt::format("{} of {} questions were not asked: they do not stand there",
                    with_thousands(run.run.planned - run.run.ended()),
                    with_thousands(run.run.planned)));
  }
  const auto several = std::ranges::count_if(
      run.replies, [](const auto& one) { return !one.question.also_right.empty(); });
  if (several > 0 && form != PeerForm::inspect) {
    written.notes.push_back(
        fmt::format("{} questions have several right answers, and the form has room "
                    "for one: the one that was given, else the first",
                    with_thousands(several)));
  }
}

}  // namespace

int ExportedReply::key() const {
  if (!is_right() || !answer.letter) return question.right;
  const std::size_t given = labels_of(question.choices.size()).find(*answer.letter);
  return given == std::string::npos ? question.right : static_cast<int>(given);
}

std::string unused_name(const std::string& name, std::set<std::string>& taken) {
  std::string unused = name;
  for (int number = 2; !taken.insert(unused).second; ++number)
    unused = fmt::format("{}_{}", name, number);
  return unused;
}

bool ExportedRun::was_scored() const {
  return scoring_of(run.info.key) == "letters";
}

std::string ExportedRun::model() const {
  const RunKey& key = run.info.key;
  return key.provider == "imported" ? key.model : model_name(key);
}

std::int64_t ExportedRun::failed() const {
  return run.ledger().failed;
}

std::optional<PeerForm> peer_form_of(std::string_view name, std::string_view file) {
  if (name.empty() && file.ends_with(".eval")) return PeerForm::inspect;
  for (const auto& [word, form] : forms)
    if (word == name) return form;
  return std::nullopt;
}

Result<PeerExport> export_for_peer(PeerForm form, Store& store, const StoredRun& stored,
                                   const Look& look) {
  ExportedRun run = TRY(read_run(store, stored, look));
  PeerExport written{.run = run.run.short_id(), .n = run.run.ended()};
  if (form == PeerForm::lm_eval)
    written.notes.push_back(
        fmt::format("{} questions of run {}", written.n, written.run));
  say_what_differs(form, run, written);
  if (form == PeerForm::lm_eval) written.files = lm_eval_files(run);
  if (form == PeerForm::mmlu_pro) written.files = {{"run.json", mmlu_pro_results(run)}};
  if (form == PeerForm::inspect)
    written.files = {{"run.eval", TRY(inspect_log(std::move(run)))}};
  return written;
}

Status write_files(const PeerExport& written, const std::filesystem::path& folder) {
  if (folder.empty() || folder == "-") {
    return fail(Fault::usage, "expected the folder for {} files, found none",
                written.files.size());
  }
  for (const FileContent& file : written.files) {
    const std::filesystem::path name = file.name;
    if (name.is_absolute() || std::ranges::find(name, "..") != name.end()) {
      return fail(Fault::data, "{}: would be written outside the folder {}",
                  for_terminal_line(file.name), folder.string());
    }
    const std::filesystem::path path = folder / name;
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error) {
      return fail(Fault::io, "{}: {}", path.parent_path().string(),
                  system_says(error.value()));
    }
    TRY(write_file(path, file.content));
  }
  return {};
}

}  // namespace proctor
