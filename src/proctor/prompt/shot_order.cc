#include "proctor/prompt/shot_order.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <string>

#include "proctor/prompt/python_random.h"

namespace proctor {
namespace {

// HELM reads its files with Python's universal newlines, so two answers that differ in
// their line ends only are one to it.
std::string right_text_of(const Question& question) {
  const auto right = static_cast<std::size_t>(question.right);
  if (right >= question.choices.size()) return {};
  return replace_all(replace_all(question.choices[right], "\r\n", "\n"), "\r", "\n");
}

// HELM's InContextLearningAdapter.sample_examples (commit 63754d05d) with seed 0: cover
// as many different answers as can be, the frequent ones first.
std::vector<std::size_t> helm_order(std::span<const Question> shots, std::size_t most) {
  std::map<std::string, std::vector<std::size_t>> by_answer;
  for (std::size_t i = 0; i < shots.size(); ++i)
    by_answer[right_text_of(shots[i])].push_back(i);
  std::map<std::size_t, std::vector<std::string>, std::greater<>> by_count;
  for (const auto& [answer, positions] : by_answer)
    by_count[positions.size()].push_back(answer);

  PythonRandom random(0);
  std::vector<std::string> answers;
  for (auto& [count, alike] : by_count) {
    random.shuffle(alike);
    answers.insert(answers.end(), alike.begin(), alike.end());
  }

  std::vector<std::size_t> order;
  for (std::size_t turn = 0; order.size() < most; ++turn) {
    std::vector<std::size_t>& left = by_answer[answers[turn % answers.size()]];
    if (left.empty()) continue;
    const auto taken =
        left.begin() + static_cast<std::ptrdiff_t>(random.randrange(left.size()));
    order.push_back(*taken);
    left.erase(taken);
  }
  return order;
}

}  // namespace

std::vector<std::size_t> shot_order(ShotOrder order, std::span<const Question> shots,
                                    int most) {
  const std::size_t count =
      std::min(shots.size(), static_cast<std::size_t>(std::max(most, 0)));
  if (order == ShotOrder::helm) return helm_order(shots, count);
  std::vector<std::size_t> positions(count);
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  return positions;
}

}  // namespace proctor
