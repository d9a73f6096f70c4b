#include "proctor/cli/specs.h"
#include "proctor/dataset/dataset.h"
#include "proctor/peer/peer.h"

namespace proctor {

Result<int> export_command(const Arguments& arguments, World& world) {
  const std::string output = arguments.get("--output").value_or("-");
  const std::string form =
      arguments.has("--json") ? "json" : arguments.get("--format").value_or("");
  const auto peer = peer_form_of(form, output);
  const auto format = peer ? ExportFormat::jsonl
                           : TRY(export_format_of(form, output == "-" ? "" : output));
  if (world.console.out_is_terminal() &&
      (peer == PeerForm::inspect || format == ExportFormat::parquet))
    return fail(Fault::usage, "-o is missing: a terminal cannot show what is packed");
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
  std::string text = export_head(format);
  const auto add = [&](const Graded& graded) -> Status {
    text += export_line(format, graded);
    return {};
  };
  const ScoredRun run =
      TRY(score_stored_run(*store, stored, look_of(arguments), false, add));
  if (format == ExportFormat::parquet) text = TRY(parquet_of(text, export_columns()));
  world.console.print(text);
  world.console.sum_up(
      fmt::format("{} questions of run {}", run.ended(), run.short_id()));
  return complete;
}

}  // namespace proctor
