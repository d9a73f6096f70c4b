#include "proctor/cli/console.h"

#include <cerrno>
#include <charconv>

#include <sys/ioctl.h>
#include <unistd.h>

#include "proctor/cli/options.h"

namespace proctor {

Console::Console(std::FILE* out, std::FILE* err, const Environment& environment)
    : out_(out),
      err_(err),
      out_is_terminal_(::isatty(::fileno(out)) != 0),
      err_is_terminal_(::isatty(::fileno(err)) != 0 &&
                       environment.get("TERM").value_or("") != "dumb") {
  if (const auto text = environment.get("COLUMNS")) {
    int columns = 0;
    std::from_chars(text->data(), text->data() + text->size(), columns);
    if (columns >= 20 && columns <= 10'000) columns_ = columns;
  }
}

void Console::print(std::string_view words) {
  const std::scoped_lock lock(mutex_);
  if (has_progress_) end_progress(false);
  const std::string text = secrets_.clean(std::string(words));
  if (std::fwrite(text.data(), 1, text.size(), out_) != text.size() && lost_ == 0) {
    lost_ = errno;
  }
}

void Console::print_now(std::string_view words) {
  print(words);
  push_out();
}

void Console::say(std::string_view words) {
  const std::scoped_lock lock(mutex_);
  if (has_progress_) end_progress(false);
  push_out();
  const std::string line = secrets_.clean(std::string(words));
  std::fwrite(line.data(), 1, line.size(), err_);
  std::fputc('\n', err_);
}

void Console::tell(std::string_view english) {
  say(for_terminal_line(with_flags(translated(language_, english))));
}

void Console::complain(const Error& error) {
  say("proctor: " +
      for_terminal_line(with_flags(translated(language_, error.message))));
}

std::optional<std::string> Console::ask(std::string_view question) {
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(::fileno(err_)) == 0) return std::nullopt;
  std::fputs(secrets_.clean(fmt::format("{} ", question)).c_str(), err_);
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

void Console::push_out() {
  if (std::fflush(out_) != 0 && lost_ == 0) lost_ = errno;
}

Status Console::flush() {
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
