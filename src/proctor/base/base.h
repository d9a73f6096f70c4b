// What every folder stands on: errors as values, text, hashes, files, and the
// outside world (clock, environment) as arguments.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <tl/expected.hpp>

namespace proctor {

// ---- Errors -----------------------------------------------------------------------

// What a program does about an error. What a person does about it is in the message.
enum class Fault {
  usage,     // what was asked for cannot be: a flag, a configuration
  data,      // a file, a data set or a store's content is not what it should be
  io,        // the disk, a pipe or a file's rights
  store,     // the store cannot be read or written, or another process holds the run
  network,   // the same request may succeed later: refused, reset, time-out, 429, 5xx
  rejected,  // this request will never be accepted, others may: 400, 413, 422
  denied,  // no request will be accepted: 401, 402, 403, quota, no such model, bad TLS
  cancelled,  // somebody asked to stop
};

// The name that stands in the store and in JSON: "network", "denied", ...
std::string_view name_of(Fault fault);
std::optional<Fault> fault_named(std::string_view name);

struct Error {
  Fault fault;
  std::string message;  // no capital, no full stop, no "error:"

  // The same error with its place put before it: "dev.csv: line 3: ...".
  Error in(std::string_view place) const;
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  // The same result; an error is told its place.
  Result in(std::string_view place) &&;
};
using Status = Result<void>;

template <class T>
Result<T> Result<T>::in(std::string_view place) && {
  if (!this->has_value()) return tl::unexpected(this->error().in(place));
  return std::move(*this);
}

template <class... Arguments>
tl::unexpected<Error> fail(Fault fault, fmt::format_string<Arguments...> format,
                           Arguments&&... arguments) {
  return tl::unexpected(
      Error{fault, fmt::format(format, std::forward<Arguments>(arguments)...)});
}

template <class T>
T take(Result<T>&& result) {
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// The value of `expression`, or a return of its error from the function around it.
#define TRY(expression)                                                      \
  __extension__({                                                            \
    auto try_result = (expression);                                          \
    if (!try_result) return ::tl::unexpected(std::move(try_result).error()); \
    ::proctor::take(std::move(try_result));                                  \
  })

// ---- Text -------------------------------------------------------------------------

// The byte offset of the first byte that is not valid UTF-8 (RFC 3629), if any.
std::optional<std::size_t> first_invalid_utf8(std::string_view text);
// The text with U+FFFD for each invalid byte or beginning of a character, as Python's
// errors="replace".
std::string to_valid_utf8(std::string_view text);
// The code point at `at`, which moves behind it. Requires valid UTF-8 and at < size.
char32_t next_code_point(std::string_view text, std::size_t& at);
std::string utf8_of(char32_t code_point);
// What Python's str.isspace() says of one code point.
bool is_python_space(char32_t code_point);
// What Python's str.strip() leaves.
std::string_view python_strip(std::string_view text);
// The text without those characters at its ends.
std::string_view trimmed(std::string_view text, std::string_view of = " \t\r\n");
std::string ascii_lower(std::string_view text);
std::string ascii_upper(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view between);
std::string replace_all(std::string text, std::string_view what, std::string_view with);

// Columns a terminal gives the text: 2 for East Asian wide, 0 for combining marks.
int display_width(std::string_view text);
// At most `columns` wide; a longer text is cut and ends in "…".
std::string fit(std::string_view text, int columns);
// Each line of `text` that is not blank, as str.strip() leaves it. An error of `see`
// names "line 3".
Status each_line(std::string_view text,
                 const std::function<Status(std::string_view line)>& see);
// Levels of nesting that JSON of others may have: whoever looks through it or writes it
// calls itself once a level, and a text that is nested deeply enough ends a program.
constexpr int most_nested = 500;
// Whether a text that is to be JSON has more.
bool is_nested_too_deeply(std::string_view json);
// Padded with blanks on the right to `columns` display columns.
std::string pad(std::string_view text, int columns);

// Model output and file content are hostile; these make them inert. Control characters
// (C0 but for tab and line end, DEL, C1) and bidirectional overrides become visible.
std::string for_terminal(std::string_view text);
// The same on one line: line ends and tabs become visible too.
std::string for_terminal_line(std::string_view text);
std::string for_html(std::string_view text);
// RFC 4180, quoted where needed, control characters as pictures; what a spreadsheet
// would run (= + - @ or tab at the start) gets an apostrophe, a number such as -1 not.
std::string for_csv(std::string_view text);
// One word, in single quotes, as a POSIX shell reads it back.
std::string for_shell(std::string_view text);

// The candidate nearest to a mistyped word, if one is near enough to be meant.
std::optional<std::string> did_you_mean(std::string_view word,
                                        std::span<const std::string> candidates);
// "; did you mean X?" or nothing: the end of an error message.
std::string suggestion(std::string_view word, std::span<const std::string> candidates);

// 14042 as "14,042".
std::string with_thousands(std::int64_t number);

// ---- Hashes -----------------------------------------------------------------------

// SHA-256 of what is added, in any number of pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void add(std::string_view bytes);
  // Length first, so that ("ab","c") and ("a","bc") differ.
  void add_field(std::string_view bytes);
  void add_number(std::uint64_t number);
  // 64 lower-case hexadecimal digits. Call once.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};
std::string sha256_hex(std::string_view bytes);
// The SHA-1 by which git names a file of that content, in hexadecimal digits.
std::string git_blob_hex(std::string_view content);

// ---- Secrets ----------------------------------------------------------------------

// Whether what has that name is a secret: a header, an option, a variable, a field or a
// parameter of an address. "Authorization", "--api-key", "HF_TOKEN", "sig".
bool names_a_secret(std::string_view name);

// Keys, passwords and tokens that must not be written down, and what a text looks like
// without them. There is one list a process: whatever leaves it goes through clean().
class Secrets {
 public:
  // Nothing for one of fewer than 8 bytes, or of letters alone and fewer than 16
  // ("password"): ordinary words hold such by chance, and a reply must stay what it is.
  void add(std::string_view secret);
  // A header's, variable's or field's value: all its words where the name is a
  // secret's. Of any other name only what looks like a key: 20 bytes or more, letters
  // and digits, no blank.
  void add_named(std::string_view name, std::string_view value);
  void add(const Secrets& others);
  // *** for every secret in it, as it is or as JSON escapes it.
  std::string clean(std::string text) const;

 private:
  std::vector<std::string> spellings_;  // the longest first
};

// As RFC 4648 has it, padded.
std::string base64_of(std::string_view bytes);

// ---- CSV: RFC 4180, strictly ----

struct CsvRecord {
  std::vector<std::string> fields;
  std::size_t line = 0;  // where the record starts, counted from 1
};

// Line ends are LF or CR LF, the last one may be missing; inside quotes both stay as
// they are. Blank lines between records are passed over. A quote that is never closed,
// a quote inside a field that has none around it, text after a closing quote and a
// lone CR are Fault::data with line, column (counted in fields) and byte. Semicolons
// may part fields, and tabs: there a quote that none closes at its field's end is a
// character of it, as many quote nothing, and one about tabs and lines is Fault::data.
class CsvRecords {
 public:
  // The text must outlive the reader, and must not be empty.
  explicit CsvRecords(std::string_view text, char separator = ',')
      : text_(text), separator_(separator) {}

  // Fills in the next record; false at the end.
  Result<bool> next(CsvRecord& record);

 private:
  Status quoted_field(std::string& field, std::size_t column);
  Status plain_field(std::string& field, std::size_t column);
  void count_lines(std::size_t from, std::size_t to);
  // Passes over a line end, if there is one here.
  bool line_end();
  std::string place(std::size_t column, std::size_t at) const;

  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t line_start_ = 0;
};

// ---- Files ------------------------------------------------------------------------

// What an errno means: "no space left on device".
std::string system_says(int number);

Result<std::string> read_file(const std::filesystem::path& path);
// Whether both name one file: by what they are, where both are there, else by where
// they lead.
bool is_same_file(const std::filesystem::path& one, const std::filesystem::path& other);
// What is there decides. Nothing, or a regular file: written beside it, synced and
// renamed, so there is the old file or the new one, never a part; the old one's rights
// stay, its owner where this process may give files away. A symbolic link is followed
// and stays; further hard links keep the old content. Anything else that can be written
// to (a pipe, a terminal, a device, /dev/stdout, /dev/fd/3) is written into, as a shell
// does. Fault::io for a folder, and for a file that nobody may write.
Status write_file(const std::filesystem::path& path, std::string_view content);

// A plug-in of the program, "proctor_parquet.so": the first that is there of
// $PROCTOR_PLUGINS, the program's own folder, ../lib/proctor and ../lib64/proctor from
// there. The variable is the process's own: what a working folder holds (.env) must not
// choose what code is loaded. Nothing where there is none.
std::optional<std::filesystem::path> find_plugin_file(const std::string& name);
// Fault::data for one that is shorter than it says: loading it would end the program.
Status check_plugin_file(const std::filesystem::path& plugin);

// A file of the source tree that was compiled in, by CMake's proctor_embed().
struct EmbeddedFile {
  std::string_view name;  // as under the folder it is from: "test/biology_test.csv"
  std::string_view content;
};

// ---- The outside world ------------------------------------------------------------

using TimePoint = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::sys_time<std::chrono::microseconds>;
using Microseconds = std::chrono::microseconds;

using WallClock = std::function<WallTime()>;
WallTime system_time();

// Time as an argument. How long something takes and when it is due is by now(), which
// goes on evenly; wall() may be set back or forward at any moment, and is for what is
// written down. Any thread may call them.
struct Clock {
  Clock();  // the system's

  std::function<TimePoint()> now;
  WallClock wall;
  // Returns at `until`: for who waits for nothing but time.
  std::function<void(TimePoint until)> sleep_until;
  // Returns at `until`, when the condition is notified, or for no reason. Requires the
  // lock, and holds it again at the end.
  std::function<void(std::condition_variable& condition,
                     std::unique_lock<std::mutex>& lock, TimePoint until)>
      wait;
};

// "2026-08-01T12:34:56.789Z"
std::string iso_time(WallTime time);

// Environment variables, as they are when the program starts.
class Environment {
 public:
  Environment() = default;
  explicit Environment(std::map<std::string, std::string> values)
      : values_(std::move(values)) {}
  // The process's own.
  static Environment of_process();

  // Nothing for a variable that is unset or empty.
  std::optional<std::string> get(const std::string& name) const;
  // What a .env file adds: a variable that is set already wins.
  void add_defaults(const std::map<std::string, std::string>& values);
  // All of them as "NAME=value": what a program is started with.
  std::vector<std::string> entries() const;

 private:
  std::map<std::string, std::string> values_;
};

// Where a folder may say something to the person: one line, without a line end.
using Talk = std::function<void(std::string_view)>;

// Whether somebody has asked to stop: looked at by what takes long. May be empty.
using IsStopped = std::function<bool()>;

// Threads that are made while one lives take no signals: the program's first thread is
// the one that handles them.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace proctor
