// A line of replies that were kept elsewhere: whatever can be read can be written.
#include "fuzz/fuzz.h"
#include "proctor/report/report.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto line = proctor::read_reply_line(text_of(data, size), "");
  if (!line) return 0;
  PROMISE(!line->labels.empty());
  const auto reader = proctor::find_reader("proctor");
  PROMISE(reader);
  const std::string json = proctor::answer_line(proctor::ExportFormat::jsonl, *line,
                                                (*reader)->read(line->reading()));
  PROMISE(json.starts_with("{\"id\":" + line->id + ",\"letter\":"));
  return 0;
}
