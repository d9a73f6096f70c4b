#include "proctor/console/console.h"

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <sys/ioctl.h>
#include <unistd.h>

#include "proctor/console/pager.h"

namespace proctor {

Console::Console(std::FILE* out, std::FILE* err, const Environment& environment,
                 WithOptions with_options)
    : out_(out),
      err_(err),
      environment_(environment),
      with_options_(with_options),
      is_dumb_(environment.get("TERM").value_or("") == "dumb"),
      out_is_terminal_(::isatty(::fileno(out)) != 0),
      err_is_terminal_(::isatty(::fileno(err)) != 0 && !is_dumb_) {
  if (const auto text = environment.get("COLUMNS")) {
    int columns = 0;
    std::from_chars(text->data(), text->data() + text->size(), columns);
    if (columns >= 20 && columns <= 10'000) columns_ = columns;
  }
}

Graphics Console::graphics() const {
  const auto word = [&](const char* name) {
    return environment_.get(name).value_or("");
  };
  const std::string term = word("TERM"), program = word("TERM_PROGRAM");
  const auto is = [&](std::string_view name) {
    return term.find(name) != std::string::npos || program == name;
  };
  // What stands between may pass no pictures on.
  const bool is_between = !word("TMUX").empty() || term.starts_with("screen");
  if (!out_is_terminal() || is_dumb_ || is_between) return Graphics::none;
  if (is("kitty") || is("ghostty") || is("WezTerm") || !word("KITTY_WINDOW_ID").empty())
    return Graphics::kitty;
  for (const char* const name : {"foot", "mlterm", "contour", "sixel"}) {
    if (term.find(name) != std::string::npos) return Graphics::sixel;
  }
  return Graphics::none;
}

bool Console::writes_utf8() const {
  for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string locale = ascii_lower(environment_.get(name).value_or(""));
    if (locale.empty()) continue;
    return locale.find("utf-8") != std::string::npos ||
           locale.find("utf8") != std::string::npos;
  }
  return false;
}

void Console::print(std::string_view words) {
  const std::scoped_lock lock(mutex_);
  if (has_progress_) end_progress(false);
  const std::string text = secrets_.clean(std::string(words));
  if (keeps_)
    kept_ += text;
  else
    is_held_ ? void(held_ += text) : write_out(text);
}

void Console::write_out(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), out_) != text.size() && lost_ == 0) {
    lost_ = errno;
  }
}

void Console::print_now(std::string_view words) {
  print(words);
  push_out();
}

std::string Console::kept_in_words() const {
  if (!in_words_.empty()) return in_words_;
  const auto lines = std::ranges::count(kept_, '\n');
  return fmt::format("{} line{}", lines, lines == 1 ? "" : "s");
}

void Console::say(std::string_view words) {
  const std::scoped_lock lock(mutex_);
  if (has_progress_) end_progress(false);
  const std::string line = secrets_.clean(std::string(words)) + '\n';
  if (is_held_) {
    held_talk_ += line;
    return;
  }
  push_out();
  std::fwrite(line.data(), 1, line.size(), err_);
}

void Console::tell(std::string_view english) {
  say(for_terminal_line(with_options_(translated(language_, english))));
}

void Console::complain(const Error& error) {
  const std::string message =
      for_terminal_line(with_options_(translated(language_, error.message)));
  say(in_json_ ? error_json(error.fault, message) : "proctor: " + message);
}

std::optional<std::string> Console::ask(std::string_view question) {
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(::fileno(err_)) == 0) return std::nullopt;
  std::fputs(
      secrets_.clean(fmt::format("{} ", translated(language_, question))).c_str(),
      err_);
  std::string answer;
  for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar())
    answer += static_cast<char>(c);
  return answer;
}

void Console::progress(std::string_view line) {
  const std::scoped_lock lock(mutex_);
  if (!err_is_terminal_) return;
  // CR, the line, and "erase to the end of the line" (ECMA-48, EL).
  const std::string text = fmt::format("\r{}\x1B[K", secrets_.clean(std::string(line)));
  std::fwrite(text.data(), 1, text.size(), err_);
  std::fflush(err_);
  has_progress_ = true;
}

void Console::show(ProgressForm form, const std::optional<std::string>& line) {
  if (line) form == ProgressForm::drawn ? progress(*line) : say(*line);
}

void Console::end_progress(bool keep) {
  const std::scoped_lock lock(mutex_);
  if (!has_progress_) return;
  std::fputs(keep ? "\n" : "\r\x1B[K", err_);
  std::fflush(err_);
  has_progress_ = false;
}

Status Console::colour(std::string_view when) {
  if (when != "auto" && when != "always" && when != "never")
    return fail(Fault::usage, "--color: found {}, expected auto, always or never",
                when);
  const bool has_it = out_is_terminal_ && !is_dumb_ && !environment_.get("NO_COLOR");
  ink_ = Ink(when == "always" || (when == "auto" && has_it));
  return {};
}

void Console::show_held() {
  is_held_ = false;
  const std::string pager = pager_of(environment_);
  winsize size{};
  const bool is_long = ::ioctl(::fileno(out_), TIOCGWINSZ, &size) == 0 &&
                       std::ranges::count(held_, '\n') >= size.ws_row;
  const bool by_pager = is_long && !pager.empty();
  if (!by_pager || !show_by(pager, held_, environment_)) write_out(held_);
  std::fflush(out_);
  std::fputs(held_talk_.c_str(), err_);
}

void Console::push_out() {
  if (std::fflush(out_) != 0 && lost_ == 0) lost_ = errno;
}

Status Console::flush() {
  if (is_held_) show_held();
  push_out();
  if (lost_ == 0 || lost_ == EPIPE) return {};
  return fail(Fault::io, "stdout: {}; what is printed is not whole",
              system_says(lost_));
}

int Console::width() const {
  winsize size{};
  if (::ioctl(::fileno(err_is_terminal_ ? err_ : out_), TIOCGWINSZ, &size) == 0 &&
      size.ws_col > 0) {
    return size.ws_col;
  }
  return columns_;
}

}  // namespace proctor
