#include "proctor/page/page.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <vector>

#include "proctor/page/page_head.h"
#include "proctor/page/page_live.h"

namespace proctor {

std::span<const EmbeddedFile> page_assets();  // data/page

namespace {

std::string asset(std::string_view name) {
  const auto found = std::ranges::find(page_assets(), name, &EmbeddedFile::name);
  return std::string(found->content);
}

// The parts of the script, in the order of their names. Those that ask a server are
// none of a file's.
std::string script_text(bool is_served) {
  std::map<std::string_view, std::string_view> parts;
  for (const auto& [name, content] : page_assets()) {
    if (name.starts_with("script/") || (is_served && name.starts_with("live/")))
      parts.emplace(name.substr(name.find('/') + 1), content);
  }
  std::string text;
  for (const auto& [name, content] : parts) text += content;
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

// Runs as they were read.
struct PageContent {
  PageQuestions questions;
  std::vector<PageRun> runs;
};

Result<PageContent> read_content(Store& store, std::span<const StoredRun> stored,
                                 const PageSetting& setting, Packer& packer) {
  PageContent content;
  auto& [questions, runs] = content;
  Dataset dataset;
  for (const StoredRun& run : stored) {
    if (runs.empty() || !is_of_same_questions(runs.back().stored.info, run.info))
      dataset = TRY(store.questions(run.id));
    const std::string id = std::to_string(runs.size());
    runs.push_back(
        TRY(read_page_run(store, run, dataset, setting, id, questions, packer)));
  }
  for (PageRun& run : runs) run.columns.resize(questions.size());
  return content;
}

// In the order in which a file has them.
std::vector<PagePart> all_parts(PageHead& head, PageContent& content, Packer& packer) {
  std::vector<PagePart> parts = std::move(head.parts);
  std::ranges::move(content.questions.parts(packer), std::back_inserter(parts));
  for (PageRun& run : content.runs)
    std::ranges::move(run.parts, std::back_inserter(parts));
  return parts;
}

ServedPage document(const std::string& title, const std::string& head,
                    const std::string& elements, const PageSetting& setting,
                    bool is_served) {
  const std::string script = script_text(is_served), style = asset("page.css");
  const std::string policy = fmt::format(
      "default-src 'none'; script-src '{}'; style-src '{}'; img-src data:; {}base-uri "
      "'none'; form-action 'none'",
      policy_hash(script), policy_hash(style), is_served ? "connect-src 'self'; " : "");
  const std::string shown_title = for_html(title), shown_head = json_in_html(head);
  const std::string words = json_in_html(asset("words.json"));
  return {filled(asset("page.html"),
                 {{"lang", setting.language == Language::ja ? "ja" : "en"},
                  {"policy", policy},
                  {"title", shown_title},
                  {"style", style},
                  {"script", script},
                  {"words", words},
                  {"head", shown_head},
                  {"chunks", elements}}),
          policy};
}

}  // namespace

Result<Page> run_page(Store& store, std::span<const StoredRun> stored,
                      const PageSetting& setting) {
  if (stored.empty()) return fail(Fault::usage, "no run is named");
  Packer packer(Packing::deflated);
  PageContent content = TRY(read_content(store, stored, setting, packer));
  const std::size_t asked = content.questions.asked().size();
  if (asked == 0) return fail(Fault::usage, "no question was asked in these runs");
  PageHead head = page_head(content.runs, content.questions, setting, packer);
  std::string elements;
  for (const PagePart& part : all_parts(head, content, packer))
    elements += element_of(part);
  const std::string json = page_text(head.json);
  return Page{.html = document(head.title, json, elements, setting, false).html,
              .json = json,
              .about = about(stored.size(), asked)};
}

Result<LivePage> live_page(Store& store, std::span<const StoredRun> shown,
                           std::span<const StoredRun> stored,
                           const PageSetting& setting) {
  Packer packer(Packing::none);
  PageContent content = TRY(read_content(store, shown, setting, packer));
  PageHead head = page_head(content.runs, content.questions, setting, packer);
  LivePage page{.title = head.title};
  page.parts = all_parts(head, content, packer);
  head.json["live"] = live_json(content.runs, stored, page.parts);
  page.head = page_text(head.json);
  return page;
}

ServedPage served_page(const LivePage& page, const PageSetting& setting) {
  return document(page.title, page.head, "", setting, true);
}

}  // namespace proctor
