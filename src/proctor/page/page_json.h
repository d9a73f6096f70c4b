// JSON as a page holds it. Not for other folders.
#pragma once

#include <cmath>
#include <string>

#include <nlohmann/json.hpp>

#include "proctor/score/score.h"

namespace proctor {

using PageJson = nlohmann::ordered_json;

// Servers' words may be no UTF-8: U+FFFD stands for what is not.
inline std::string page_text(const PageJson& json) {
  return json.dump(-1, ' ', false, PageJson::error_handler_t::replace);
}

// A hundred thousandth is finer than anything that is drawn.
inline double page_number(double value) {
  return std::round(value * 1e5) / 1e5;
}
inline PageJson page_interval(const Interval& interval) {
  return {page_number(interval.low), page_number(interval.high)};
}
// [right, n, low, high]
inline PageJson page_count(const Count& count) {
  const Interval interval = wilson(count);
  return {count.right, count.n, page_number(interval.low), page_number(interval.high)};
}

}  // namespace proctor
