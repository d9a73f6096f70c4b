#include "proctor/peer/export_run.h"

#include "proctor/peer/exported.h"

namespace proctor {
namespace {

constexpr std::pair<std::string_view, PeerForm> forms[] = {
    {"lm-eval", PeerForm::lm_eval},
    {"inspect", PeerForm::inspect},
    {"mmlu-pro", PeerForm::mmlu_pro},
};

Result<ExportedRun> read_run(Store& store, const StoredRun& stored, const Look& look) {
  std::vector<ExportedReply> replies;
  const auto keep = [&](const Graded& graded) -> Status {
    replies.push_back({.question = *graded.question,
                       .attempt = *graded.attempt,
                       .answer = graded.answer,
                       .mark = graded.mark});
    return {};
  };
  ScoredRun run = TRY(score_stored_run(store, stored, look, true, keep));
  TRY(check_has_reply(run));
  return ExportedRun{.run = std::move(run),
                     .created = stored.created,
                     .updated = stored.updated,
                     .replies = std::move(replies)};
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
  return fmt::format("{} questions without a reply do not stand there", some);
}

}  // namespace

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
  const ExportedRun run = TRY(read_run(store, stored, look));
  PeerExport written{.run = run.run.short_id(), .n = run.run.ended()};
  if (form == PeerForm::lm_eval) written.files = lm_eval_files(run);
  if (form == PeerForm::inspect) written.files = {{"run.eval", TRY(inspect_log(run))}};
  if (form == PeerForm::mmlu_pro) written.files = {{"run.json", mmlu_pro_results(run)}};
  if (form == PeerForm::lm_eval)
    written.notes.push_back(
        fmt::format("{} questions of run {}", written.n, written.run));
  if (run.failed() > 0)
    written.notes.push_back(failures_in(form, with_thousands(run.failed())));
  return written;
}

Status write_files(const PeerExport& written, const std::filesystem::path& folder) {
  if (folder.empty() || folder == "-") {
    return fail(Fault::usage, "expected the folder for {} files, found none",
                written.files.size());
  }
  for (const FileContent& file : written.files) {
    const std::filesystem::path path = folder / file.name;
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
