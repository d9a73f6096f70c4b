// What a chat template may do while it is rendered: it is as hostile as the file it
// came in, and llama.cpp's interpreter has no limits. Not for other folders.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#ifdef PROCTOR_HAS_JINJA
#include <jinja/runtime.h>

#include "proctor/base/base.h"

namespace proctor {

// Stands in a parsed program at every statement, call and filter, and after every
// assignment. Throws, as the interpreter does, where the template does more than any
// does, calls itself without end, makes values that hold themselves or are deeper than
// any, or is to stop. One rendering at a time.
class Bounds {
 public:
  // Once; it must outlive the program.
  void hold(jinja::program& program);

  // A rendering, by this thread.
  void begin(const IsStopped& is_stopped);
  bool was_stopped() const { return was_stopped_; }
  bool was_exceeded() const { return was_exceeded_; }

  // For what stands in the program.
  void step();
  void changed(const jinja::value& value);
  void look_at(const jinja::value& value, int depth = 0);

 private:
  [[noreturn]] void refuse(const char* why);
  void spend(std::size_t work);
  void hold(jinja::statement_ptr& node);
  void hold_children(jinja::statement_ptr& node);
  void hold_children(jinja::statements& nodes);
  void hold_body(jinja::statements& body);
  void hold_filter(jinja::statement_ptr& filter);

  IsStopped is_stopped_;
  std::set<const void*> changed_;  // values, after they were made
  bool was_stopped_ = false, was_exceeded_ = false;
  std::int64_t left_ = 0;     // of the work
  std::uintptr_t stack_ = 0;  // where it was when this began
};

}  // namespace proctor
#endif
