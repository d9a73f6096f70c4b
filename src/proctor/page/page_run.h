// One run on a page. Not for other folders; these include page.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proctor/page/page.h"
#include "proctor/page/page_questions.h"

namespace proctor {

// What is filtered and sorted by, a value a question, at its place.
struct PageColumns {
  static constexpr std::uint32_t unknown = 0xFFFFFFFF;
  static constexpr std::uint8_t not_asked = 0xFF;

  std::vector<std::uint32_t> milliseconds, reply_tokens;
  std::vector<std::uint8_t> mark, letter, tries;  // letter: 0 for none

  void resize(std::size_t size);
};

struct PageRun {
  StoredRun stored;
  ScoredRun scored;
  std::string command;
  PageColumns columns;
  std::vector<PagePart> parts;             // its replies
  std::array<std::int64_t, 27> letters{};  // answers by letter; the last: none
  std::optional<Calibration> calibration;
  std::vector<double> seconds;       // of the replies
  std::vector<EndedQuestion> ended;  // whose time is known; places for ordinals
};

// Reads a run once, with its replies; what it asked is added to the questions.
Result<PageRun> read_page_run(Store& store, const StoredRun& run,
                              const Dataset& dataset, const PageSetting& setting,
                              const std::string& id, PageQuestions& questions,
                              Packer& packer);

}  // namespace proctor
