// The pieces of an answer: one JSON document, or a stream of them that nobody asked
// for. Not for other folders.
#pragma once

#include <functional>
#include <string_view>

#include "proctor/backend/json.h"

namespace proctor {

struct Pieces {
  bool are_a_stream = false;
  bool have_ended = false;  // the stream said so: [DONE]
  bool left_out = false;    // a text was too long to be taken along
};
// Shows each document of the answer in turn: of server-sent events the data of each, of
// a document a line each line, of a list its members; else the one that it is. An error
// is the first that `see` gives, or Fault::network for what is none of these.
Result<Pieces> each_piece(std::string_view body,
                          const std::function<Status(simdjson::dom::element)>& see);

// Fault::network where a stream broke off: neither it nor the reply says how it ended.
Status check_whole(const Pieces& pieces, const Reply& reply);
// The error of a reply whose text was left out.
tl::unexpected<Error> too_long();

}  // namespace proctor
