// Jinja, as chat templates are written in it: llama.cpp's own engine, where the
// llama.cpp that this was built with brings it. Not for other folders.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/engine/engine.h"
#include "proctor/engine/llama/vocabulary.h"

namespace proctor {

// What a template is told beside the turns.
struct TemplateVariables {
  using Value = std::variant<bool, int, std::string>;

  std::string bos, eos;
  std::chrono::year_month_day date = usual_template_date;
  std::vector<std::pair<std::string, Value>> others;
};

class Jinja {
 public:
  static constexpr std::size_t most_bytes = std::size_t{1} << 20U;

  // Fault::data, with the place, for text that is no Jinja, that is larger or deeper
  // nested than any template is, or does in a short conversation what only a hostile
  // one does (bounds.h): a template is as hostile as the file it came in.
  // Fault::cancelled soon after `is_stopped` says so. Fault::usage where there is no
  // Jinja in this build.
  static Result<Jinja> of(const std::string& source, const IsStopped& is_stopped);
  Jinja(Jinja&&) noexcept;
  Jinja& operator=(Jinja&&) noexcept;
  ~Jinja();

  // What the template makes of the turns, up to where the reply begins. What came from
  // a turn's content is told apart from what the template wrote; where the template
  // has taken a content to pieces (split, replace), these may count as its own.
  // Fault::rejected, with its words, where it refuses, Fault::data where it does what
  // only a hostile one does, Fault::cancelled soon after `is_stopped` says so. By
  // one thread at a time.
  Result<std::vector<Piece>> render(std::span<const EngineTurn> turns,
                                    const TemplateVariables& variables,
                                    const IsStopped& is_stopped) const;

 private:
  struct Program;
  explicit Jinja(std::unique_ptr<Program> program);
  Result<bool> shows_a_turn(const IsStopped& is_stopped) const;
  std::unique_ptr<Program> program_;
};

}  // namespace proctor
