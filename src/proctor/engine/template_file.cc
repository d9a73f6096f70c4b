#include <nlohmann/json.hpp>

#include "proctor/engine/engine.h"

namespace proctor {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
// A tokenizer_config.json lists all special tokens beside its template.
constexpr std::uintmax_t most_bytes = std::uintmax_t{16} << 20U;

// Jinja in braces goes on by a brace, % or #: an object, or a list that begins with
// one.
bool is_json(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('[')) text = trimmed(text.substr(1));
  if (!text.starts_with('{')) return false;
  text = trimmed(text.substr(1));
  return text.starts_with('"') || text.starts_with('}');
}

std::string text_in(const nlohmann::json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>()
                                                     : std::string();
}

std::string first_of(std::vector<std::string> names) {
  constexpr std::size_t most_named = 8;
  if (names.size() <= most_named) return join(names, ", ");
  const std::size_t more = names.size() - most_named;
  names.resize(most_named);
  return fmt::format("{} and {} more", join(names, ", "), more);
}

// [{"name":"default","template":"…"},…]: what transformers takes where no tools are.
Result<std::string> default_of(const nlohmann::json& templates) {
  std::vector<std::string> names;
  for (const nlohmann::json& each : templates) {
    const std::string name = text_in(each, "name");
    if (name == "default") return text_in(each, "template");
    if (!name.empty()) names.push_back(for_terminal_line(name));
  }
  return fail(Fault::data,
              "\"chat_template\" has {}, and none called default; write the text of "
              "one into a file of its own",
              names.empty() ? "no template" : first_of(names));
}

Result<std::string> template_of(const nlohmann::json& config) {
  if (!config.is_object()) {
    return fail(Fault::data, "found {}, expected {}", config.type_name(),
                "an object with a \"chat_template\"");
  }
  const auto found = config.find("chat_template");
  if (found == config.end() || found->is_null()) {
    return fail(Fault::data,
                "JSON without a \"chat_template\"; newer models have it in "
                "chat_template.jinja");
  }
  if (found->is_string()) return found->get<std::string>();
  if (found->is_array()) return default_of(*found);
  return fail(Fault::data,
              "\"chat_template\": found {}, expected a text, or a list of named ones",
              found->type_name());
}

}  // namespace

Result<TemplateFile> read_template_file(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(file, error);
  if (!error && bytes > most_bytes) {
    return fail(Fault::data, "larger than any chat template is");
  }
  std::string text = TRY(read_file(file));
  if (const auto at = first_invalid_utf8(text))
    return fail(Fault::data, "byte {} is no UTF-8", *at);
  if (text.starts_with(byte_order_mark)) text.erase(0, byte_order_mark.size());
  if (!is_json(text)) return TemplateFile{.jinja = std::move(text)};
  const auto config = nlohmann::json::parse(text, nullptr, false);
  if (config.is_discarded()) {
    return fail(Fault::data, "begins as JSON, and is cut or damaged");
  }
  std::string jinja = TRY(template_of(config));
  if (trimmed(jinja).empty()) {
    return fail(Fault::data, "its \"chat_template\" has no text");
  }
  return TemplateFile{.jinja = std::move(jinja), .is_json = true};
}

}  // namespace proctor
