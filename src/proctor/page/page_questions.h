// The questions of a page's runs, each once. Not for other folders; these include
// page.h.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "proctor/page/packed.h"
#include "proctor/study/study.h"

namespace proctor {

// How many questions' texts, or replies to them, are packed together: few enough to be
// unpacked while somebody waits, and enough to be packed well.
inline constexpr std::uint32_t page_chunk = 512;

class PageQuestions {
 public:
  // The places of a data set's questions, by ordinal. A place is a question's own for
  // good; those of the first data set stand in its order.
  std::vector<std::uint32_t> places_of(const Dataset& dataset);
  void was_asked(std::uint32_t place) { is_asked_[place] = true; }

  std::uint32_t size() const { return static_cast<std::uint32_t>(questions_.size()); }
  const Question& at(std::uint32_t place) const { return questions_[place]; }
  // Of what any run asked, ascending: the rows of the page.
  std::vector<std::uint32_t> asked() const;
  // Their texts and choices, a chunk a part, and their ids.
  std::vector<PagePart> parts(Packer& packer) const;

 private:
  std::vector<Question> questions_;
  std::vector<bool> is_asked_;
  std::map<QuestionKey, std::uint32_t> places_;
};

}  // namespace proctor
