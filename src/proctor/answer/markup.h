// HTML in a reply: entities and tags.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace proctor {

// The text with HTML's entities ("&lt;", "&#66;", "&nbsp;") written out, once. Linear.
std::string without_entities(std::string_view text);

// The tags of one text. Linear over all calls for it.
class HtmlTags {
 public:
  struct Tag {
    std::size_t end;            // behind it
    std::string_view in_place;  // what stands for it: a line end, a blank or nothing
    bool strikes = false;       // <del>: what it encloses is taken back
  };

  explicit HtmlTags(std::string_view text) : text_(text) {}

  // The tag at `at`, which holds '<'; nothing for a less-than sign, for a letter in
  // angle brackets, and for an element we do not know that is never closed.
  std::optional<Tag> at(std::size_t at);
  // Where the closing tag of the element that opens at `at` begins, if it has one.
  std::optional<std::size_t> closed_at(std::size_t at) const;

 private:
  void find_closings();
  bool is_closed_behind(std::size_t at, const std::string& name);

  std::string_view text_;
  bool searched_ = false;
  std::size_t comments_end_ = 0;  // behind the last "-->"
  std::unordered_map<std::string, std::size_t>
      last_closing_;  // by name, in small letters
};

}  // namespace proctor
