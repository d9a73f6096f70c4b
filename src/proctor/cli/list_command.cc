#include "proctor/cli/specs.h"
#include "proctor/engine/engine.h"

namespace proctor {
namespace {

Table models_table(const Environment& environment) {
  Table table{{{"model"}, {"address"}, {"key"}, {"in flight", Align::right}}, {}};
  for (const Provider& provider : providers()) {
    std::string keys;
    for (const std::string_view variable : provider.key_variables) {
      keys += fmt::format("{}{} ({})", keys.empty() ? "" : ", ", variable,
                          environment.get(std::string(variable)) ? "set" : "not set");
    }
    table.rows.push_back(
        {fmt::format("{}/{}", provider.name,
                     provider.default_model.empty() ? "NAME" : provider.default_model),
         provider.base_url.empty() ? "--base-url URL" : std::string(provider.base_url),
         keys, fmt::format("{}", provider.concurrency)});
  }
  for (const char* const name : {"model.gguf", "hf:OWNER/REPO:Q4_K_M",
                                 "baseline/random", "baseline/longest", "baseline/A"})
    table.rows.push_back({name, "-", "", ""});
  return table;
}

Table protocols_table() {
  Table table{{{"protocol"}, {"short"}, {"shots", Align::right}, {"reader"}, {"about"}},
              {}};
  for (const Protocol& protocol : built_in_protocols()) {
    table.rows.push_back({protocol.name, join(protocol.short_names, ", "),
                          fmt::format("{}", protocol.shots), protocol.extract,
                          protocol.title});
  }
  return table;
}

Result<Table> subjects_of(const Arguments& arguments, World& world) {
  const ExamSpec asked = TRY(one_exam_spec(arguments));
  if (!known_subjects(asked.dataset).empty())
    return known_subjects_table(asked.dataset);
  const Exam exam = TRY(prepare_exam(asked, reading_world(world)));
  return subjects_table(*exam.dataset);
}

Table readers_table() {
  Table table{{{"reader"}, {"about"}}, {}};
  for (const Reader& reader : readers()) {
    table.rows.push_back({std::string(reader.name), std::string(reader.about)});
  }
  return table;
}

Result<Table> runs_of_store(const Arguments& arguments, World& world) {
  const auto store = TRY(open_for_reading(arguments));
  const Among among = among_of(arguments);
  const ListedRuns listed = TRY(list_runs(*store, among));
  tell_hidden(listed.hidden, world.console);
  return listed_runs_table(listed.runs, among);
}

Result<Table> templates_table() {
  Table table{{{"template"}}, {}};
  for (std::string& name : TRY(chat_templates()))
    table.rows.push_back({std::move(name)});
  return table;
}

Result<Table> table_named(std::string_view what, const Arguments& arguments,
                          World& world) {
  if (what == "models") return models_table(world.environment);
  if (what == "datasets") return datasets_table();
  if (what == "protocols") return protocols_table();
  if (what == "subjects") return subjects_of(arguments, world);
  if (what == "readers" || what == "extractors") return readers_table();
  if (what == "templates") return templates_table();
  if (what == "runs") return runs_of_store(arguments, world);
  const std::vector<std::string> names = {
      "models", "datasets", "protocols", "subjects", "readers", "templates", "runs"};
  const std::string hint = suggestion(what, names);
  return fail(Fault::usage, "found {}, expected {}{}", what, join(names, ", "), hint);
}

}  // namespace

Result<int> list_command(const Arguments& arguments, World& world) {
  const auto& words = arguments.positional;
  if (words.empty()) {
    return fail(Fault::usage,
                "expected models, datasets, protocols, subjects, readers, templates or "
                "runs");
  }
  if (words[0] == "manual") {
    world.console.print(manual_markdown(manual(), world.console.language()));
    return complete;
  }
  const Table table = TRY(table_named(words[0], arguments, world));
  const TableFormat format = TRY(format_of(arguments));
  const auto said = translated(world.console.language(), table, format,
                               {"key", "title", "licence", "about", "hidden"});
  const std::string text = list_text(said, format, world.console.table_width());
  world.console.print(format == TableFormat::terminal ? world.console.ink().heads(text)
                                                      : text);
  return complete;
}

}  // namespace proctor
