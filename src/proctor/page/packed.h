// Data inside a page. Not for other folders; these include page.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "proctor/page/page.h"

namespace proctor {

// As a browser's DecompressionStream("deflate") unpacks it; or as it is, for who serves
// a page on this machine: there packing takes longer than sending.
enum class Packing { deflated, none };
class Packer {
 public:
  explicit Packer(Packing packing);
  ~Packer();
  Packer(const Packer&) = delete;
  Packer& operator=(const Packer&) = delete;

  PagePart part(std::string id, std::string bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// An element that holds the part in base64: no sign of HTML is in it.
std::string element_of(const PagePart& part);

// JSON that may stand in an element of HTML: without a "<".
std::string json_in_html(std::string json);

// 'sha256-…', as a policy names a script or a style of the page.
std::string policy_hash(std::string_view text);

}  // namespace proctor
