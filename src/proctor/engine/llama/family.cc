#include "proctor/engine/llama/family.h"

#include <algorithm>

namespace proctor {
namespace {

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// Stands where a turn's content will be. llama.cpp's templates look at no content.
std::string placeholder(std::size_t turn) {
  return fmt::format("@@proctor-{}@@", turn);
}

// A blank that no template writes: whether it is still there tells whether the template
// strips what is put into it.
constexpr char edge = '\v';

std::optional<std::string> apply(const std::string& name,
                                 const std::vector<std::string>& roles,
                                 const std::vector<std::string>& contents) {
  std::vector<llama_chat_message> messages;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    messages.push_back({roles[i].c_str(), contents[i].c_str()});
  }
  std::string text(4096, '\0');
  auto length =
      llama_chat_apply_template(name.c_str(), messages.data(), messages.size(), true,
                                text.data(), static_cast<std::int32_t>(text.size()));
  if (length < 0) return std::nullopt;
  if (static_cast<std::size_t>(length) > text.size()) {
    text.resize(static_cast<std::size_t>(length));
    length = llama_chat_apply_template(name.c_str(), messages.data(), messages.size(),
                                       true, text.data(), length);
  }
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::string_view stripped(std::string_view text, bool left, bool right) {
  while (left && !text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (right && !text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::vector<std::string> template_families() {
  std::vector<const char*> names(256);
  const auto count = llama_chat_builtin_templates(names.data(), names.size());
  names.resize(std::min(names.size(), static_cast<std::size_t>(std::max(count, 0))));
  return {names.begin(), names.end()};
}

std::string way_out_of(const std::vector<std::string>& roles) {
  const bool has_system = std::ranges::find(roles, "system") != roles.end();
  return fmt::format("take another chat template or another protocol{}",
                     has_system ? ", or no system message" : "");
}

Result<TemplateFamily::Frame> TemplateFamily::frame_of(
    const std::vector<std::string>& roles) const {
  std::vector<std::string> contents;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    contents.push_back(edge + placeholder(i) + edge);
  }
  const auto whole = apply(name_, roles, contents);
  if (!whole) {
    return fail(Fault::usage, "the chat template {} does not take these roles: {}; {}",
                name_, join(roles, ", "), way_out_of(roles));
  }
  Frame frame;
  std::string_view rest = *whole;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    const std::string mark = placeholder(i);
    const std::size_t at = rest.find(mark);
    if (at == std::string_view::npos) {
      return fail(Fault::usage,
                  "the chat template {} leaves out or moves turn {} ({}); {}", name_,
                  i + 1, roles[i], way_out_of(roles));
    }
    const bool kept_left = at > 0 && rest[at - 1] == edge;
    const std::size_t behind = at + mark.size();
    const bool kept_right = behind < rest.size() && rest[behind] == edge;
    frame.between.emplace_back(rest.substr(0, at - (kept_left ? 1 : 0)));
    frame.strips_left.push_back(!kept_left);
    frame.strips_right.push_back(!kept_right);
    rest.remove_prefix(behind + (kept_right ? 1 : 0));
  }
  frame.between.emplace_back(rest);
  return frame;
}

Result<std::vector<Piece>> TemplateFamily::render(std::span<const EngineTurn> turns) {
  std::vector<std::string> roles;
  for (const EngineTurn& turn : turns) roles.push_back(turn.role);
  auto known = frames_.find(roles);
  if (known == frames_.end()) {
    known = frames_.emplace(roles, TRY(frame_of(roles))).first;
  }
  const Frame& frame = known->second;
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < turns.size(); ++i) {
    pieces.push_back({frame.between[i], true});
    pieces.push_back({std::string(stripped(turns[i].content, frame.strips_left[i],
                                           frame.strips_right[i])),
                      false});
  }
  pieces.push_back({frame.between.back(), true});
  return pieces;
}

}  // namespace proctor
