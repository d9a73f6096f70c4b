// A reply that was kept elsewhere, as a line of JSON. Part of study.h.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/answer/answer.h"
#include "proctor/base/base.h"

namespace proctor {

struct ReplyLine {
  std::string id;                    // as JSON has it, of any kind; "null": none
  std::string reply;                 // "output"
  std::vector<std::string> choices;  // may be empty
  std::string labels;                // "ABCD" where nothing says how many there are
  std::string finish_reason;         // may be empty

  // What a reader looks at; must not outlive the line.
  Reading reading() const;
};

// {"id": …, "output": "…", "choices": […], "n_options": 4, "finish_reason": "…"}, of
// which "output" alone must be there, or "reply" in its place. `labels`: the letters of
// all lines; empty: as many as the line has choices. Fault::data says what is wrong.
Result<ReplyLine> read_reply_line(std::string_view text, const std::string& labels);

// The same of every line that is not blank; an error is told its line's number. Stops
// at the first error.
Status each_reply_line(std::string_view text, const std::string& labels,
                       const std::function<void(const ReplyLine&)>& see);

}  // namespace proctor
