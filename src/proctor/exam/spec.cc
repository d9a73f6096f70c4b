#include "proctor/exam/spec.h"

#include <cstdio>

namespace proctor {
namespace {

template <class T>
Status check(std::string_view field, const std::optional<T>& value,
             NumberRange<T> range) {
  if (!value || range.has(*value)) return {};
  return fail(Fault::usage, "{}: found {}, expected {} to {}", field, *value,
              range.least, range.most);
}

Status check(std::string_view field,
             const std::optional<std::chrono::milliseconds>& time,
             NumberRanges::Time range) {
  if (!time || range.has(*time)) return {};
  return fail(Fault::usage, "{}: found {} ms, expected {} to {}", field, time->count(),
              range.least.count(), range.most.count());
}

template <class T>
std::optional<T> value_of(const std::optional<ExamSpec::Own<T>>& own) {
  return own ? own->value : std::nullopt;
}

}  // namespace

Result<std::chrono::year_month_day> parse_date(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0;
  std::sscanf(text.c_str(), "%4d-%2u-%2u", &year, &month, &day);
  const std::chrono::year_month_day date{
      std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (date.ok() && text == fmt::format("{:04}-{:02}-{:02}", year, month, day))
    return date;
  return fail(Fault::usage, "found {}, expected YYYY-MM-DD or today", text);
}

Status check_numbers(const ModelSpec& spec) {
  TRY(check("`concurrency`", spec.concurrency, number_ranges.concurrency));
  TRY(check("`timeout`", spec.timeout, number_ranges.timeout));
  TRY(check("`retries`", spec.retries, number_ranges.retries));
  TRY(check("`rpm`", spec.rpm, number_ranges.rate));
  TRY(check("`tpm`", spec.tpm, number_ranges.rate));
  TRY(check("`rpd`", spec.rpd, number_ranges.rate));
  TRY(check("`serve_wait`", spec.serve_wait, number_ranges.serve_wait));
  TRY(check("`threads`", spec.threads, number_ranges.threads));
  TRY(check("`gpu_layers`", spec.gpu_layers, number_ranges.gpu_layers));
  TRY(check("`context`", spec.context, number_ranges.context));
  if (spec.template_date && !spec.template_date->ok())
    return fail(Fault::usage, "`template_date`: there is no such day");
  return {};
}

Status check_numbers(const ExamSpec& spec) {
  TRY(check("`limit`", spec.limit, number_ranges.limit));
  TRY(check("`sample`", spec.sample, number_ranges.limit));
  if (spec.limit && spec.sample) {
    return fail(Fault::usage,
                "`sample`: `limit` takes the first of each subject, a sample any; "
                "expected one of the two");
  }
  TRY(check("`shots`", spec.shots, number_ranges.shots));
  TRY(check("`max_tokens`", value_of(spec.max_tokens), number_ranges.max_tokens));
  TRY(check("`temperature`", value_of(spec.temperature), number_ranges.temperature));
  return check("`seed`", spec.seed, number_ranges.seed);
}

}  // namespace proctor
