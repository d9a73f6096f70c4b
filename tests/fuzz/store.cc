// What a store from elsewhere holds as text: a run's key and facts, a question's
// choices and key, log-probabilities. A field a line.
#include "fuzz/fuzz.h"
#include "proctor/store/form.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto fields = proctor::split(text_of(data, size), '\n');
  fields.resize(5);
  const auto info = proctor::read_info(fields[0], fields[1]);
  if (info) {
    PROMISE(info->selection.size() <= 100'000'000);
    PROMISE(!info->key.id().empty());
    PROMISE(!proctor::info_json(*info).empty());
  }
  const auto choices = proctor::read_choices(fields[2]);
  if (choices) {
    proctor::Question question{.choices = *choices}, again{.choices = *choices};
    if (proctor::read_right_choices(fields[3], question)) {
      PROMISE(proctor::is_right(question, proctor::letter_of(question.right)));
      const std::string written = proctor::right_choices_json(question);
      PROMISE(proctor::read_right_choices(written, again) && again == question);
    }
  }
  const auto logprobs = proctor::read_logprobs(fields[4]);
  if (logprobs) PROMISE(!proctor::logprobs_json(*logprobs).empty());
  return 0;
}
