// Who answers at an address: llama-server's /props and /v1/models, ollama's /api/tags,
// the lists of models that vLLM and its like give.
#include <algorithm>

#include "proctor/backend/dialects.h"
#include "proctor/backend/json.h"

namespace proctor {
namespace {

using std::chrono::seconds;

// What a JSON address says; and whether anybody is there at all.
struct Told {
  std::optional<Document> document;
  bool is_there = false, is_loading = false;
};

Told told(const Model& model, std::string url, HttpClient& http) {
  HttpRequest request{.url = std::move(url), .headers = model.headers};
  request.deadlines = {
      .connect = seconds(2), .silence = seconds(2), .total = seconds(5)};
  add_key(request, model);
  Told out;
  const auto response = fetch(http, std::move(request));
  if (!response) return out;
  out.is_there = true;
  out.is_loading = is_loading(*response);
  if (response->status != 200) return out;
  // What a server says of itself is kept as well, and may repeat what it was sent.
  if (auto document = Document::parse(secrets_of(model).clean(response->body)))
    out.document = *std::move(document);
  return out;
}

// The entry of a list of models that is the one asked for; llama-server has one model
// and takes any name for it.
std::optional<simdjson::dom::element> entry_of(const Document& document,
                                               std::string_view name) {
  simdjson::dom::array entries;
  if (document.root()["data"].get(entries) != simdjson::SUCCESS) return std::nullopt;
  for (const auto entry : entries) {
    if (!name.empty() && text_at(entry, "/id") == name) return entry;
  }
  if (entries.size() != 1) return std::nullopt;
  const auto only = entries.at(0).value();
  const bool is_llama = text_at(only, "/owned_by") == "llamacpp";
  return name.empty() || is_llama ? std::optional(only) : std::nullopt;
}

void add_name(Answerer& answerer, std::string_view word) {
  std::string name = file_name_of(word);
  if (name.empty() || std::ranges::find(answerer.names, name) != answerer.names.end())
    return;
  answerer.names.push_back(std::move(name));
}

// /v1/models: `root` is what stands behind a served name, `meta` llama-server's
// numbers.
void read_models(const Model& model, const Document& document, Answerer& answerer) {
  const auto entry = entry_of(document, model.name);
  if (!entry) return;
  const std::string_view id = text_at(*entry, "/id");
  answerer.parameters = number_at(*entry, "/meta/n_params");
  answerer.bytes = number_at(*entry, "/meta/size");
  answerer.words = number_at(*entry, "/meta/n_vocab");
  const bool is_llama =
      answerer.parameters.has_value() || text_at(*entry, "/owned_by") == "llamacpp";
  const std::string root = file_name_of(text_at(*entry, "/root"));
  if (!root.empty() && root != model.name && answerer.model.empty())
    answerer.model = root;
  if (is_llama && answerer.model.empty()) answerer.model = file_name_of(id);
  if (is_llama) add_name(answerer, id);
}

void ask_llama(const Model& model, HttpClient& http, Answerer& answerer) {
  const Told props = told(model, endpoint_url(model, "/props"), http);
  answerer.is_there = props.is_there;
  answerer.is_loading = props.is_loading;
  if (props.document) {
    const auto root = props.document->root();
    const std::string_view path = text_at(root, "/model_path");
    if (path != "none") answerer.model = file_name_of(path);
    answerer.build = text_at(root, "/build_info");
    const auto slots = number_at(root, "/total_slots");
    if (slots && *slots >= 1 && *slots <= 4096)
      answerer.slots = static_cast<std::size_t>(*slots);
    add_name(answerer, path);
    add_name(answerer, text_at(root, "/model_alias"));
  }
  if (!props.is_there || props.is_loading) return;
  const Told models = told(model, openai_url(model, "/models"), http);
  if (models.document) read_models(model, *models.document, answerer);
}

void ask_list(const Model& model, HttpClient& http, Answerer& answerer) {
  const Told models = told(model, openai_url(model, "/models"), http);
  answerer.is_there = models.is_there;
  answerer.is_loading = models.is_loading;
  if (models.document) read_models(model, *models.document, answerer);
}

void ask_ollama(const Model& model, HttpClient& http, Answerer& answerer) {
  const Told tags = told(model, endpoint_url(model, "/api/tags"), http);
  answerer.is_there = tags.is_there;
  simdjson::dom::array entries;
  if (!tags.document ||
      tags.document->root()["models"].get(entries) != simdjson::SUCCESS) {
    return;
  }
  const bool has_tag = model.name.find(':') != std::string::npos;
  const std::string wanted = has_tag ? model.name : model.name + ":latest";
  for (const auto entry : entries) {
    const std::string_view name = text_at(entry, "/name");
    if (name == wanted || name == model.name) {
      answerer.digest = text_at(entry, "/digest");
      add_name(answerer, name);
      add_name(answerer, model.name);
    }
  }
}

}  // namespace

bool is_loading(const HttpResponse& response) {
  return response.status == 503 &&
         response.body.find("Loading model") != std::string::npos;
}

std::vector<std::string> models_there(const Provider& provider, const Model& model,
                                      HttpClient& http) {
  const bool are_tags = provider.tells == Tells::tags;
  const Told list = told(
      model, are_tags ? endpoint_url(model, "/api/tags") : openai_url(model, "/models"),
      http);
  std::vector<std::string> names;
  simdjson::dom::array entries;
  if (!list.document || list.document->root()[are_tags ? "models" : "data"].get(
                            entries) != simdjson::SUCCESS) {
    return names;
  }
  for (const auto entry : entries) {
    const std::string_view name = text_at(entry, are_tags ? "/name" : "/id");
    if (!name.empty()) names.emplace_back(name);
  }
  return names;
}

Answerer who_answers(const Provider& provider, const Model& model, HttpClient& http) {
  Answerer answerer;
  switch (provider.tells) {
    case Tells::props:
      ask_llama(model, http, answerer);
      break;
    case Tells::tags:
      ask_ollama(model, http, answerer);
      break;
    case Tells::models:
      ask_list(model, http, answerer);
      break;
    case Tells::models_elsewhere:
      answerer.is_there = true;  // a cloud's own address is not asked
      if (model.base_url != normal_base_url(provider.base_url))
        ask_list(model, http, answerer);
      break;
    case Tells::nothing:
      answerer.is_there = true;
      break;
  }
  return answerer;
}

}  // namespace proctor
