// A conversation through one of the families of templates that llama.cpp has in its own
// code and knows by name. Not for other folders.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/engine/engine.h"
#include "proctor/engine/llama/vocabulary.h"

namespace proctor {

// The names that llama.cpp knows.
std::vector<std::string> template_families();

// What a person can do about a template that refuses these turns.
std::string way_out_of(const std::vector<std::string>& roles);

class TemplateFamily {
 public:
  // One of template_families().
  explicit TemplateFamily(std::string name) : name_(std::move(name)) {}

  // The turns, up to where the reply begins. Fault::usage where the family leaves out
  // or moves a turn.
  Result<std::vector<Piece>> render(std::span<const EngineTurn> turns);

 private:
  // What is between the turns' contents, and whether a content's ends are stripped.
  struct Frame {
    std::vector<std::string> between;  // one more than turns
    std::vector<bool> strips_left, strips_right;
  };

  Result<Frame> frame_of(const std::vector<std::string>& roles) const;

  std::string name_;
  std::map<std::vector<std::string>, Frame> frames_;
};

}  // namespace proctor
