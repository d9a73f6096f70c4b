#include "proctor/page/page.h"

#include <algorithm>
#include <map>
#include <vector>

#include "proctor/page/page_head.h"

namespace proctor {

std::span<const EmbeddedFile> page_assets();  // data/page

namespace {

std::string asset(std::string_view name) {
  const auto found = std::ranges::find(page_assets(), name, &EmbeddedFile::name);
  return std::string(found->content);
}

// The parts of the script, in the order of their names.
std::string script_text() {
  std::string text;
  for (const EmbeddedFile& file : page_assets()) {
    if (file.name.ends_with(".js")) text += file.content;
  }
  return text;
}

// What stands for {{name}}. What is put in is not looked at again.
std::string filled(std::string_view pattern,
                   const std::map<std::string_view, std::string_view>& values) {
  std::string text;
  for (;;) {
    const std::size_t open = pattern.find("{{");
    if (open == std::string_view::npos) return text.append(pattern);
    const std::size_t close = pattern.find("}}", open);
    text.append(pattern.substr(0, open));
    text.append(values.at(pattern.substr(open + 2, close - open - 2)));
    pattern.remove_prefix(close + 2);
  }
}

bool is_of_same_questions(const RunInfo& one, const RunInfo& other) {
  return one.key.dataset_digest == other.key.dataset_digest &&
         one.dataset == other.dataset && one.split == other.split;
}

std::string about(std::size_t runs, std::size_t questions) {
  return fmt::format("{} run{}, {} question{}", runs, runs == 1 ? "" : "s",
                     with_thousands(static_cast<std::int64_t>(questions)),
                     questions == 1 ? "" : "s");
}

}  // namespace

Result<Page> run_page(Store& store, std::span<const StoredRun> stored,
                      const PageSetting& setting) {
  if (stored.empty()) return fail(Fault::usage, "no run is named");
  Packer packer;
  PageQuestions questions;
  std::vector<PageRun> runs;
  Dataset dataset;
  for (const StoredRun& run : stored) {
    if (runs.empty() || !is_of_same_questions(runs.back().stored.info, run.info))
      dataset = TRY(store.questions(run.id));
    const std::string id = std::to_string(runs.size());
    runs.push_back(
        TRY(read_page_run(store, run, dataset, setting, id, questions, packer)));
  }
  for (PageRun& run : runs) run.columns.resize(questions.size());
  if (questions.asked().empty())
    return fail(Fault::usage, "no question was asked in these runs");
  const PageParts parts = page_parts(runs, questions, setting, packer);
  std::string elements = parts.elements + questions.elements(packer);
  for (const PageRun& run : runs) elements += run.elements;
  const std::string script = script_text(), style = asset("page.css");
  const std::string script_hash = policy_hash(script), style_hash = policy_hash(style);
  const std::string title = for_html(parts.title);
  const std::string head = json_in_html(parts.head);
  const std::string words = json_in_html(asset("words.json"));
  Page page{.json = parts.head, .about = about(runs.size(), questions.asked().size())};
  page.html = filled(asset("page.html"),
                     {{"lang", setting.language == Language::ja ? "ja" : "en"},
                      {"title", title},
                      {"style", style},
                      {"style-hash", style_hash},
                      {"script", script},
                      {"script-hash", script_hash},
                      {"words", words},
                      {"head", head},
                      {"chunks", elements}});
  return page;
}

}  // namespace proctor
