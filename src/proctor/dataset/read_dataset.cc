#include <algorithm>
#include <system_error>
#include <unordered_set>

#include "proctor/dataset/folder.h"
#include "proctor/dataset/from_hub.h"
#include "proctor/dataset/json_table.h"
#include "proctor/dataset/layout.h"
#include "proctor/dataset/zip_folder.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

// By subject, else as they came; numbered anew, as a subject may come from two files.
Status put_in_order(std::vector<Question>& questions, const std::string& split) {
  if (!std::ranges::is_sorted(questions, {}, &Question::subject)) {
    std::ranges::stable_sort(questions, {}, &Question::subject);
  }
  std::unordered_set<std::string_view> ids;
  ids.reserve(questions.size());
  const Question* last = nullptr;
  for (Question& question : questions) {
    const bool has_own_id =
        question.id != id_of(question.subject, split, question.index);
    question.index =
        last != nullptr && last->subject == question.subject ? last->index + 1 : 0;
    if (!has_own_id) question.id = id_of(question.subject, split, question.index);
    if (!ids.insert(question.id).second) {
      return fail(Fault::data,
                  "two questions have the id {}; ids are unique in a split",
                  question.id);
    }
    last = &question;
  }
  return {};
}

// "FOLDER", and "FOLDER:CONFIG" where there is no file of the whole name.
struct FolderName {
  fs::path folder;
  std::string config;
};

std::optional<FolderName> folder_named(const std::string& name) {
  std::error_code error;
  if (fs::is_directory(name, error)) return FolderName{name, ""};
  const std::size_t colon = name.rfind(':');
  if (colon == std::string::npos || fs::exists(name, error)) return std::nullopt;
  const fs::path folder = name.substr(0, colon);
  if (!fs::is_directory(folder, error)) return std::nullopt;
  return FolderName{folder, name.substr(colon + 1)};
}

tl::unexpected<Error> not_found(const std::string& name) {
  std::vector<std::string> known;
  for (const KnownDataset& dataset : known_datasets()) {
    const std::string whole(dataset.name);
    const std::string own = whole.substr(whole.find('/') + 1);
    if (ascii_lower(own) == ascii_lower(name)) {
      return fail(Fault::usage, "{}: no such file or folder; did you mean {}?", name,
                  whole);
    }
    known.push_back(whole);
  }
  return fail(Fault::usage,
              "{}: no such file or folder, and no data set of the hub "
              "(owner/name){}",
              name, suggestion(name, known));
}

// A subject that is said once, beside all rows, and that nobody has named.
void tell_of_what_stands_beside(const DatasetRequest& request, const Talk& talk) {
  if (!talk || !is_json(request.name)) return;
  const auto content = read_file(request.name);
  const auto beside = content ? json_says_beside(*content) : std::nullopt;
  if (!beside) return;
  const auto& columns = request.columns;
  if (columns && (columns->subject == beside->name || columns->context == beside->name))
    return;
  talk(
      fmt::format("{}: {} stands beside the questions and is left out; `columns` "
                  "{}={} gives it to each",
                  request.name, for_terminal_line(beside->name), beside->part,
                  for_terminal_line(beside->name)));
}

Result<Dataset> read_rows(const DatasetRequest& request, HubWorld& world) {
  Dataset dataset{.name = request.name, .split = split_named(request.split)};
  std::error_code error;
  const fs::file_status status = fs::status(request.name, error);
  if (request.name == "sample") {
    dataset.questions = TRY(sample_exam(dataset.split));
  } else if (const auto found = folder_named(request.name)) {
    if (found->config.empty() && is_saved_dataset(found->folder)) {
      OneFile saved =
          TRY(read_saved_dataset(found->folder, request.columns, dataset.split));
      dataset.split = saved.split;
      dataset.questions = std::move(saved.questions);
    } else {
      dataset.questions = TRY(
          read_folder(found->folder, found->config, request.columns, dataset.split));
    }
  } else if (fs::exists(status) && ascii_lower(request.name).ends_with(".zip")) {
    dataset.questions = TRY(read_zip(request.name, request.columns, dataset.split));
  } else if (fs::exists(status)) {
    OneFile file = TRY(read_one_file(request.name, request.columns, dataset.split));
    dataset.split = file.split;
    dataset.questions = std::move(file.questions);
    tell_of_what_stands_beside(request, world.talk);
  } else if (status.type() == fs::file_type::none) {
    return fail(Fault::io, "{}: {}", request.name, ascii_lower(error.message()));
  } else if (is_hub_name(request.name)) {
    HubQuestions hub = TRY(read_from_hub(request, dataset.split, world));
    dataset.revision = hub.revision;
    dataset.questions = std::move(hub.questions);
  } else {
    return not_found(request.name);
  }
  return dataset;
}

// By what the data set says of itself. The others keep their ids and numbers.
Status drop_bad_labels(Dataset& dataset) {
  const auto says_nothing = [](const Question& question) {
    return question.flaw.empty();
  };
  if (std::ranges::any_of(dataset.questions, says_nothing)) {
    return fail(Fault::usage,
                "`drop_bad_labels`: {} does not say which of its questions are bad "
                "(error_type, as MMLU-Redux has it)",
                dataset.name);
  }
  dataset.dropped =
      static_cast<int>(std::erase_if(dataset.questions, [](const Question& question) {
        return question.flaw != "ok";
      }));
  if (dataset.questions.empty()) {
    return fail(Fault::usage, "`drop_bad_labels`: no question of {} is ok",
                dataset.name);
  }
  return {};
}

void tell_of_passages(const Dataset& dataset, const Talk& talk) {
  std::size_t count = 0;
  std::string column;
  for (const Question& question : dataset.questions) {
    if (question.unasked.empty()) continue;
    ++count;
    if (column.empty()) column = question.unasked;
  }
  if (count == 0 || !talk) return;
  talk(
      fmt::format("{}: {} of {} questions have a passage in {} that is not asked; "
                  "`columns` context={} puts it before the question",
                  dataset.name, count, dataset.questions.size(),
                  for_terminal_line(column), for_terminal_line(column)));
}

}  // namespace

Result<Dataset> read_dataset(const DatasetRequest& request, HubWorld& world) {
  Dataset dataset = TRY(read_rows(request, world));
  TRY(put_in_order(dataset.questions, dataset.split).in(request.name));
  if (request.drop_bad_labels) TRY(drop_bad_labels(dataset));
  tell_of_passages(dataset, world.talk);
  dataset.digest = digest_of(dataset.questions);
  return dataset;
}

}  // namespace proctor
