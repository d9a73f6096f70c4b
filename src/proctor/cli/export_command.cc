#include "proctor/cli/specs.h"
#include "proctor/peer/peer.h"

namespace proctor {

Result<int> export_command(const Arguments& arguments, World& world) {
  const std::string output = arguments.get("--output").value_or("-");
  const auto peer = peer_form_of(arguments.get("--format").value_or(""), output);
  const auto form =
      peer ? TableFormat::json
           : TRY(format_of(arguments, {TableFormat::json, TableFormat::csv}));
  const auto store = TRY(open_for_reading(arguments));
  const StoredRun stored = TRY(run_named(*store, arguments, world.console));
  if (peer) {
    const PeerExport written =
        TRY(export_for_peer(*peer, *store, stored, look_of(arguments)));
    for (const std::string& note : written.notes) world.console.tell(note);
    if (*peer == PeerForm::lm_eval) TRY(write_files(written, output).in("-o"));
    if (*peer != PeerForm::lm_eval) world.console.print(written.files.front().content);
    world.console.sum_up(fmt::format("{} questions of run {}", written.n, written.run));
    return complete;
  }
  const auto format =
      form == TableFormat::csv ? ExportFormat::csv : ExportFormat::jsonl;
  std::string text = export_head(format);
  const auto add = [&](const Graded& graded) -> Status {
    text += export_line(format, graded);
    return {};
  };
  const ScoredRun run =
      TRY(score_stored_run(*store, stored, look_of(arguments), false, add));
  world.console.print(text);
  world.console.sum_up(
      fmt::format("{} questions of run {}", run.ended(), run.short_id()));
  return complete;
}

}  // namespace proctor
