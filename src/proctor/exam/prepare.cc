#include "proctor/exam/prepare.h"

#include <algorithm>

#include "proctor/dataset/dataset.h"
#include "proctor/exam/choose_model.h"
#include "proctor/score/score.h"

namespace proctor {
namespace {

constexpr std::string_view seed_subject = "college_computer_science";

// The limits of a reply, of which one of several protocols at least writes some. In the
// name of one that scores continuations they would part the batch's run from its own.
void apply_limits(const ExamSpec& spec, Sampling& sampling) {
  if (spec.max_tokens) sampling.max_tokens = spec.max_tokens->value;
  if (spec.stop) {
    sampling.stop = *spec.stop;
    std::erase(sampling.stop, "");  // an empty one: none, whatever the protocol has
  }
}

void apply_sampling(const ExamSpec& spec, Sampling& sampling) {
  if (spec.temperature) sampling.temperature = spec.temperature->value;
  if (spec.seed) sampling.seed = spec.seed;
  if (spec.only_letters) sampling.only_letters = true;
}

Result<Protocol> choose_protocol(const std::string& name, const ExamSpec& spec) {
  Protocol protocol = TRY(find_protocol(name).in("`protocols`"));
  if (spec.shots) {
    if (*spec.shots > 0 && !protocol.takes_shots()) {
      return fail(Fault::usage, "`shots`: the protocol {} has no place for examples",
                  protocol.name);
    }
    protocol.shots = *spec.shots;
  }
  if (spec.system) {
    protocol.system = *spec.system;
    if (spec.system->empty()) protocol.templates.system.clear();  // none at all
  }
  if (protocol.scoring == Scoring::generate) apply_limits(spec, protocol.sampling);
  apply_sampling(spec, protocol.sampling);
  return protocol;
}

bool is_of_mmlu(const Dataset& dataset) {
  return std::ranges::any_of(dataset.questions, [](const Question& question) {
    return question.subject == seed_subject;
  });
}

// A full run costs money: MMLU's is asked for in so many words.
std::string subjects_asked_for(const ExamSpec& spec, const Dataset& dataset) {
  if (spec.subjects) return *spec.subjects;
  return is_of_mmlu(dataset) ? std::string(seed_subject) : "all";
}

// All that the shots of each subject may be taken from.
Result<std::vector<Question>> read_examples(const DatasetRequest& questions,
                                            const ExamSpec& spec,
                                            const Protocol& protocol, HubWorld& world) {
  const auto& file = spec.shots_from;
  if (file && file->ends_with(".jsonl")) return read_shots(*file);
  DatasetRequest request = questions;
  request.drop_bad_labels = false;  // examples carry no such labels
  if (file) {
    request.name = *file;
    request.split = "";  // a file is one split, whichever
  } else if (protocol.shots_from == "file") {
    return fail(Fault::usage,
                "`shots_from`: the protocol {} takes its examples from a file of yours",
                protocol.name);
  } else {
    request.split = protocol.shots_from;
  }
  auto examples = read_dataset(request, world);
  // MMLU-Pro keeps them in validation; the other exams of the family in dev.
  if (!examples && request.split == "validation") {
    request.split = "dev";
    auto others = read_dataset(request, world);
    if (others) examples = std::move(others);
  }
  return TRY(std::move(examples).in("the examples")).questions;
}

Status take_shots(const DatasetRequest& questions, const ExamSpec& spec,
                  HubWorld& world, Exam& exam) {
  if (exam.protocol.shots == 0) return {};
  const auto examples = TRY(read_examples(questions, spec, exam.protocol, world));
  exam.protocol.shots_digest = digest_of(examples);
  for (const Question& question : examples) {
    exam.shots[question.subject].push_back(question);
  }
  for (const std::uint32_t ordinal : exam.selection) {
    const std::string& subject = exam.dataset->questions[ordinal].subject;
    const auto found = exam.shots.find(subject);
    const std::size_t have = found == exam.shots.end() ? 0 : found->second.size();
    if (have < static_cast<std::size_t>(exam.protocol.shots)) {
      return fail(Fault::usage, "`shots` {}: {} has {} example{}", exam.protocol.shots,
                  subject, have, have == 1 ? "" : "s");
    }
  }
  return {};
}

// As each is named, and what that is.
using NamedProtocol = std::pair<std::string, Protocol>;

// Of several protocols those are told of it that can make something of it.
Status apply_reasoning(const ExamSpec& spec, std::vector<NamedProtocol>& protocols) {
  const auto& asked = spec.reasoning;
  if (!asked) return {};
  const auto words = reasoning_words();
  if (std::ranges::find(words, *asked) == words.end()) {
    const std::vector<std::string> known(words.begin(), words.end());
    return fail(Fault::usage, "`reasoning`: found {}, expected {}{}", *asked,
                join(known, ", "), suggestion(*asked, known));
  }
  const auto can_be_told = [&](const NamedProtocol& named) {
    const Protocol& protocol = named.second;
    return protocol.form != Form::text &&
           (*asked == "off" || !protocol.answers_at_once());
  };
  const bool any_can = std::ranges::any_of(protocols, can_be_told);
  for (NamedProtocol& named : protocols) {
    if (!any_can || can_be_told(named)) named.second.sampling.reasoning = *asked;
  }
  return {};
}

Result<std::vector<NamedProtocol>> choose_protocols(const ExamSpec& spec) {
  std::vector<NamedProtocol> protocols;
  for (const std::string& asked : spec.protocols) {
    protocols.emplace_back(asked, TRY(choose_protocol(asked, spec)));
    const std::string& name = protocols.back().second.name;
    const auto same = [&](const NamedProtocol& other) {
      return other.second.name == name;
    };
    if (std::ranges::count_if(protocols, same) > 1)
      return fail(Fault::usage, "`protocols`: {} is named twice", name);
  }
  TRY(apply_reasoning(spec, protocols));
  return protocols;
}

// What a protocol does with what is set: one of several is enough, as with models.
Status check_options_of(const std::vector<NamedProtocol>& protocols,
                        const ExamSpec& spec) {
  const auto none = [&](auto does) {
    return std::ranges::none_of(protocols, does, &NamedProtocol::second);
  };
  std::vector<std::string> names;
  for (const auto& [asked, protocol] : protocols) names.push_back(protocol.name);
  if (spec.shots_from &&
      none([](const Protocol& protocol) { return protocol.shots > 0; })) {
    return fail(Fault::usage, "`shots_from`: `protocols` {} takes no examples here{}",
                join(names, ","),
                none([](const Protocol& protocol) { return protocol.takes_shots(); })
                    ? ""
                    : "; `shots` K says how many");
  }
  const bool writes = !none(
      [](const Protocol& protocol) { return protocol.scoring == Scoring::generate; });
  if (!writes && (spec.max_tokens || spec.stop)) {
    return fail(Fault::usage,
                "{}: `protocols` {} scores continuations, so no reply is written",
                spec.max_tokens ? "`max_tokens`" : "`stop`", join(names, ","));
  }
  return {};
}

// Data sets that were read, by split: the protocols of one command mostly share one.
using ReadSplits = std::map<std::string, std::shared_ptr<const Dataset>>;

Result<Exam> exam_of(NamedProtocol protocol, const ExamSpec& spec, HubWorld& outside,
                     ReadSplits& splits) {
  Exam exam;
  exam.protocol_asked = std::move(protocol.first);
  exam.dataset_asked = spec.dataset;
  exam.protocol = std::move(protocol.second);
  exam.limit_is_own = spec.max_tokens.has_value();
  exam.seed = spec.seed;
  exam.shard = spec.shard;
  const std::string reader = spec.reader.value_or(exam.protocol.extract);
  exam.reader = TRY(find_reader(reader.empty() ? "first-letter" : reader)
                        .in(spec.reader ? "`reader`" : "the protocol"));
  TRY(find_aggregation(exam.protocol.aggregation).in("the protocol's aggregation"));
  DatasetRequest request{.name = spec.dataset,
                         .split = spec.split.value_or(exam.protocol.split),
                         .cache_dir = spec.cache_dir,
                         .subjects = spec.subjects.value_or(""),
                         .drop_bad_labels = spec.drop_bad_labels};
  if (spec.columns) request.columns = TRY(parse_columns(*spec.columns).in("`columns`"));

  auto& dataset = splits[request.split];
  if (!dataset) {
    dataset = std::make_shared<const Dataset>(TRY(read_dataset(request, outside)));
  }
  exam.dataset = dataset;
  exam.subjects = subjects_asked_for(spec, *exam.dataset);
  exam.selection =
      TRY(select_questions(*exam.dataset, exam.subjects, {spec.limit, spec.sample})
              .in("`subjects`"));
  TRY(take_shots(request, spec, outside, exam));
  return exam;
}

}  // namespace

Result<std::vector<Exam>> prepare_exams(const ExamSpec& spec, const ExamWorld& world) {
  TRY(check_numbers(spec));
  if (spec.protocols.empty()) return fail(Fault::usage, "`protocols`: none is named");
  std::vector<NamedProtocol> protocols = TRY(choose_protocols(spec));
  TRY(check_options_of(protocols, spec));
  HttpClient http(http_options(world.environment, 8));
  HubWorld outside{world.environment, http, world.talk, {}};
  ReadSplits splits;
  std::vector<Exam> exams;
  for (NamedProtocol& protocol : protocols)
    exams.push_back(TRY(exam_of(std::move(protocol), spec, outside, splits)));
  return exams;
}

Result<Exam> prepare_exam(const ExamSpec& spec, const ExamWorld& world) {
  std::vector<Exam> exams = TRY(prepare_exams(spec, world));
  if (exams.size() == 1) return std::move(exams.front());
  return fail(Fault::usage, "`protocols`: found {} protocols, expected one",
              exams.size());
}

}  // namespace proctor
