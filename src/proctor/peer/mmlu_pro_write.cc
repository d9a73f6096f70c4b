#include "proctor/peer/exported.h"
#include "proctor/peer/json_file.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

// A number where it is one, as the peer's are.
Json id_of(const Question& question) {
  const bool is_number =
      !question.id.empty() && question.id.size() < 10 &&
      (question.id == "0" || question.id.front() != '0') &&
      question.id.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? Json(std::stoi(question.id)) : Json(question.id);
}

Json entry_of(const ExportedReply& one, const std::string& reader) {
  const Question& question = one.question;
  const auto& letter = one.answer.letter;
  return {{"question_id", id_of(question)},
          {"question", question.text},
          {"options", question.choices},
          {"answer", std::string(1, letter_of(one.key()))},
          {"answer_index", one.key()},
          {"cot_content", question.worked},
          {"category", question.subject},
          {"src", question.id},
          {"pred", letter ? Json(std::string(1, *letter)) : Json(nullptr)},
          {"model_outputs",
           one.has_reply() ? Json(one.attempt.outcome->text) : Json(nullptr)},
          {"reader", reader}};
}

}  // namespace

// Its scripts write no entry for a question without a reply; null is what keeps it from
// being lost.
std::string mmlu_pro_results(const ExportedRun& run) {
  Json entries = Json::array();
  for (const ExportedReply& one : run.replies)
    entries.push_back(entry_of(one, run.run.extract));
  return compact(entries);
}

}  // namespace proctor
