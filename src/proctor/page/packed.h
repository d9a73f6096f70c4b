// Data inside a page. Not for other folders; these include page.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace proctor {

// Packs as a browser's DecompressionStream("deflate") unpacks.
class Packer {
 public:
  Packer();
  ~Packer();
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;

  // An element that holds the bytes, deflated and in base64: no sign of HTML is in it.
  std::string element(std::string_view id, std::string_view bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// JSON that may stand in an element of HTML: without a "<".
std::string json_in_html(std::string json);

// 'sha256-…', as a policy names a script or a style of the page.
std::string policy_hash(std::string_view text);

}  // namespace proctor
