// JSON as a page holds it. Not for other folders.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "proctor/score/score.h"

namespace proctor {

using PageJson = nlohmann::ordered_json;

// Servers' words may be no UTF-8: U+FFFD stands for what is not.
inline std::string page_text(const PageJson& json) {
  return json.dump(-1, ' ', false, PageJson::error_handler_t::replace);
}

// Numbers go whole: what the page rounds is rounded once, as in a terminal.
inline PageJson page_interval(const Interval& interval) {
  return {interval.low, interval.high};
}
// [right, n, low, high]
inline PageJson page_count(const Count& count) {
  const Interval interval = wilson(count);
  return {count.right, count.n, interval.low, interval.high};
}
// [right, n, low, high, failed]; no share where there is no reply: the first is null.
inline PageJson page_ledger(const Ledger& ledger) {
  PageJson json = page_count(ledger.count());
  if (!ledger.has_reply()) json = {nullptr, ledger.n(), 0, 1};
  json.push_back(ledger.failed);
  return json;
}

}  // namespace proctor
