#include "proctor/page/page_questions.h"

#include "proctor/page/page_json.h"

namespace proctor {

std::vector<std::uint32_t> PageQuestions::places_of(const Dataset& dataset) {
  const std::vector<QuestionKey> keys = question_keys(dataset);
  std::vector<std::uint32_t> places;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto [found, is_new] = places_.emplace(keys[i], size());
    if (is_new) {
      questions_.push_back(dataset.questions[i]);
      is_asked_.push_back(false);
    }
    places.push_back(found->second);
  }
  return places;
}

std::vector<std::uint32_t> PageQuestions::asked() const {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t place = 0; place < size(); ++place) {
    if (is_asked_[place]) rows.push_back(place);
  }
  return rows;
}

std::vector<PagePart> PageQuestions::parts(Packer& packer) const {
  PageJson ids = PageJson::array();
  std::map<std::uint32_t, PageJson> chunks;
  for (const std::uint32_t place : asked()) {
    const Question& question = questions_[place];
    ids.push_back(question.id);
    chunks[place / page_chunk][std::to_string(place)] = {
        question.text, question.choices, question.index};
  }
  std::vector<PagePart> parts = {packer.part("ids", page_text(ids))};
  for (const auto& [chunk, texts] : chunks)
    parts.push_back(packer.part(fmt::format("q{}", chunk), page_text(texts)));
  return parts;
}

}  // namespace proctor
