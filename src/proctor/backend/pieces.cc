#include "proctor/backend/pieces.h"

#include <algorithm>
#include <array>

namespace proctor {
namespace {

// The line that begins the text, which moves behind its end: LF or CR LF.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);
  text.remove_prefix(std::min(text.size(), end + 1));
  return line;
}

// A field's value, without its name and the one blank that may stand before it.
std::string_view value_of(std::string_view line, std::string_view field) {
  line.remove_prefix(field.size());
  if (line.starts_with(' ')) line.remove_prefix(1);
  return line;
}

bool are_events(std::string_view text) {
  constexpr std::array<std::string_view, 5> fields = {
      "data:", "event:", "id:", "retry:", ":"};
  return std::ranges::any_of(fields,
                             [text](auto field) { return text.starts_with(field); });
}

// A document a line: what ollama writes when it streams.
bool are_lines(std::string_view text) {
  if (!text.starts_with('{')) return false;
  const std::string_view first = trimmed(next_line(text));
  return first.ends_with('}') && trimmed(text).starts_with('{');
}

class Reader {
 public:
  explicit Reader(const std::function<Status(simdjson::dom::element)>& see)
      : see_(see) {}

  Status events(std::string_view text) {
    pieces_.are_a_stream = true;
    std::string data;
    while (!text.empty() && !pieces_.have_ended) {
      const std::string_view line = next_line(text);
      if (line.starts_with("data:")) {
        if (!data.empty()) data += '\n';
        data += value_of(line, "data:");
      }
      // A blank line ends an event; so does the end, of a server that saves the line.
      if (!line.empty() && !text.empty()) continue;
      if (!data.empty()) TRY(event(data));
      data.clear();
    }
    return {};
  }

  Status lines(std::string_view text) {
    pieces_.are_a_stream = true;
    while (!text.empty()) {
      const std::string_view line = trimmed(next_line(text));
      if (!line.empty()) TRY(document(line));
    }
    return {};
  }

  Status document(std::string_view text) {
    const Document document = TRY(Document::parse(text));
    pieces_.left_out = pieces_.left_out || document.left_out();
    simdjson::dom::array members;
    if (document.root().get(members) != simdjson::SUCCESS || members.size() == 0) {
      return see_(document.root());
    }
    pieces_.are_a_stream = true;
    for (const auto member : members) TRY(see_(member));
    return {};
  }

  const Pieces& pieces() const { return pieces_; }

 private:
  Status event(std::string_view data) {
    if (trimmed(data) == "[DONE]") {
      pieces_.have_ended = true;
      return {};
    }
    return document(data);
  }

  const std::function<Status(simdjson::dom::element)>& see_;
  Pieces pieces_;
};

}  // namespace

Result<Pieces> each_piece(std::string_view body,
                          const std::function<Status(simdjson::dom::element)>& see) {
  std::string_view text = python_strip(body);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Reader reader(see);
  if (are_events(text)) {
    TRY(reader.events(text));
  } else if (are_lines(text)) {
    TRY(reader.lines(text));
  } else {
    TRY(reader.document(text));
  }
  return reader.pieces();
}

Status check_whole(const Pieces& pieces, const Reply& reply) {
  if (!pieces.are_a_stream || pieces.have_ended || !reply.finish_reason.empty()) {
    return {};
  }
  return fail(Fault::network,
              "the server streams its answer, which broke off before its end, after {} "
              "bytes of text",
              reply.text.size());
}

tl::unexpected<Error> too_long() {
  return fail(Fault::rejected, "the reply is a text of more than {} bytes",
              most_parsed);
}

}  // namespace proctor
