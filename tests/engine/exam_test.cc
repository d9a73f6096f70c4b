// Whole exams through the engine: the modes give the same scores.
#include <cmath>

#include <gmock/gmock.h>

#include "engine/models.h"
#include "proctor/dataset/dataset.h"
#include "proctor/prompt/prompt.h"
#include "support/shared.h"

namespace proctor {
namespace {

struct Exam {
  std::vector<EngineRequest> requests;
  std::size_t subjects = 0;
};

void add(Exam& exam, const Protocol& protocol, const std::vector<Question>& shots,
         const std::vector<Question>& questions, std::size_t most) {
  for (const Question& question : questions) {
    if (most-- == 0) break;
    const Prompt prompt = render(protocol, shots, question);
    EngineRequest request;
    request.tag = exam.requests.size();
    request.text = prompt.text;
    request.continuations = prompt.continuations;
    exam.requests.push_back(std::move(request));
  }
  ++exam.subjects;
}

std::map<std::string, std::vector<Question>> by_subject(
    const std::vector<Question>& questions) {
  std::map<std::string, std::vector<Question>> sorted;
  for (const Question& question : questions) {
    sorted[question.subject].push_back(question);
  }
  return sorted;
}

Exam sample(std::string_view protocol_name) {
  const auto protocol = find_protocol(protocol_name);
  EXPECT_TRUE(protocol);
  const auto dev = by_subject(*sample_exam("dev"));
  Exam exam;
  for (const auto& [subject, questions] : by_subject(*sample_exam("test"))) {
    const auto shots = dev.find(subject);
    add(exam, *protocol, shots == dev.end() ? std::vector<Question>{} : shots->second,
        questions, 1000);
  }
  return exam;
}

// 200 questions of 12 subjects.
Exam real(const std::filesystem::path& folder) {
  const auto protocol = find_protocol("mmlu");
  EXPECT_TRUE(protocol);
  Exam exam;
  for (const auto& entry : mmlu_subjects().subspan(0, 12)) {
    const std::string subject(entry.name);
    const auto read = [&](const std::string& split) {
      const auto text =
          read_file(folder / split / fmt::format("{}_{}.csv", subject, split));
      EXPECT_TRUE(text) << text.error().message;
      auto questions = read_csv(*text, std::nullopt, subject, split);
      EXPECT_TRUE(questions) << questions.error().message;
      return *std::move(questions);
    };
    add(exam, *protocol, read("dev"), read("test"), exam.subjects % 3 == 0 ? 16 : 17);
  }
  exam.requests.resize(200);
  return exam;
}

std::map<std::uint64_t, EngineAnswer> scores(EngineOptions options, const Exam& exam) {
  return ask(*engine_with(std::move(options)), exam.requests);
}

// The largest difference of a log-probability.
double difference(const std::map<std::uint64_t, EngineAnswer>& a,
                  const std::map<std::uint64_t, EngineAnswer>& b) {
  double largest = 0;
  for (const auto& [tag, answer] : a) {
    const auto& other = b.at(tag);
    if (!answer.reply || !other.reply) {
      ADD_FAILURE() << (answer.reply ? other : answer).reply.error().message;
      return INFINITY;
    }
    for (std::size_t i = 0; i < answer.reply->likelihoods.size(); ++i) {
      largest = std::max(largest, std::abs(answer.reply->likelihoods[i].sum -
                                           other.reply->likelihoods[i].sum));
    }
  }
  return largest;
}

std::int64_t decoded(const std::map<std::uint64_t, EngineAnswer>& answers) {
  std::int64_t sum = 0;
  for (const auto& [tag, answer] : answers) sum += answer.reply->decoded;
  return sum;
}

TEST(Exam, exact_letters_are_the_naive_ones_to_six_digits) {
  SKIP_WITHOUT_ENGINE();
  const Exam exam = sample("mmlu");
  EngineOptions options = options_for();
  options.exact = true;
  const auto exact = scores(options, exam);
  options.share = false;
  const auto naive = scores(options, exam);

  ASSERT_GE(exam.requests.size(), 40);
  EXPECT_LT(difference(exact, naive), 5e-7);
  EXPECT_LT(decoded(exact), decoded(naive) / 2);
}

TEST(Exam, exact_option_texts_are_the_naive_ones_to_six_digits) {
  SKIP_WITHOUT_ENGINE();
  const Exam exam = sample("lmeval_mmlu_continuation");
  EngineOptions options = options_for();
  options.exact = true;
  const auto exact = scores(options, exam);
  options.share = false;
  const auto naive = scores(options, exam);

  EXPECT_LT(difference(exact, naive), 5e-6);
}

TEST(Exam, exact_letters_of_200_real_questions_are_the_naive_ones_to_six_digits) {
  SKIP_WITHOUT_ENGINE();
  const auto folder = shared_folder();
  if (!folder) GTEST_SKIP() << "no ../shared with MMLU's rows";
  const Exam exam = real(*folder / "mmlu" / "csv");
  EngineOptions options = options_for();
  options.exact = true;
  const auto exact = scores(options, exam);
  options.share = false;
  const auto naive = scores(options, exam);

  EXPECT_EQ(exam.requests.size(), 200);
  EXPECT_EQ(exam.subjects, 12);
  EXPECT_LT(difference(exact, naive), 5e-7);
}

}  // namespace
}  // namespace proctor
