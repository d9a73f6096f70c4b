// Where a command speaks: stdout is the result, stderr is the talk. What a terminal can
// is known here alone: its width, colour, a line that is drawn over, a pager.
#pragma once

#include <cstdio>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "proctor/base/base.h"
#include "proctor/console/output.h"
#include "proctor/report/report.h"

namespace proctor {

// The pictures that a terminal draws.
enum class Graphics { none, kitty, sixel };

// What is said and shown may come of any thread: a file's SHA-256 is read beside its
// weights.
class Console {
 public:
  // Of a sentence that names a field in backquotes (`max_tokens`), the one for whoever
  // types: with the option that sets it.
  using WithOptions = std::string (*)(std::string_view sentence);

  // The environment must outlive it.
  Console(std::FILE* out, std::FILE* err, const Environment& environment,
          WithOptions with_options);

  // Which language people are spoken to in from now on.
  void speak(Language language) { language_ = language; }
  Language language() const { return language_; }
  // Whether there is colour: "always", "never", or by what stdout is: "auto".
  // Fault::usage for another word.
  Status colour(std::string_view when);
  const Ink& ink() const { return ink_; }
  // Where stdout is a terminal, all is held back until flush(): what is longer than the
  // screen is shown by a pager, and talk follows it.
  void hold_for_pager() { is_held_ = out_is_terminal_ && !is_dumb_; }
  // What is written from now on holds none of these.
  void hide(Secrets secrets) { secrets_ = std::move(secrets); }
  // The result. Remembers whether all of it could be written.
  void print(std::string_view text);
  // And does not wait for more of it.
  void print_now(std::string_view text);
  // What is printed from now on is kept for a file, and cut for no terminal.
  void keep() {
    keeps_ = true;
    ink_ = Ink();
  }
  const std::string& kept() const { return kept_; }
  // What the result is, in few words: "3 runs"; else how many lines it has.
  void sum_up(std::string words) { in_words_ = std::move(words); }
  std::string kept_in_words() const;
  // Errors are said as objects: {"error":{"fault":…,"message":…}}.
  void complain_in_json() { in_json_ = true; }
  // One line of talk, as it is: behind a progress line, on a line of its own, and after
  // what was printed before it.
  void say(std::string_view line);
  // The same of a sentence in English, in the user's language and with its options.
  void tell(std::string_view english);
  // "proctor: …", likewise.
  void complain(const Error& error);
  // What a person types behind the question, in English here, without the line's end;
  // nothing where there is no terminal to ask on. The caller's thread waits.
  std::optional<std::string> ask(std::string_view question);
  // A line that the next one overwrites; only on a terminal.
  void progress(std::string_view line);
  // What a ProgressTeller has to say, in its form.
  void show(ProgressForm form, const std::optional<std::string>& line);
  // Takes the progress line away; ends it where `keep`.
  void end_progress(bool keep);
  // Shows what was held back. Fault::io where stdout could not take it all (a full
  // disk). A closed pipe is no error.
  Status flush();

  bool err_is_terminal() const { return err_is_terminal_; }
  bool out_is_terminal() const { return out_is_terminal_ && !keeps_; }
  // Of the terminal now; COLUMNS, else 80, where there is none.
  int width() const;
  // Of stdout, by what its terminal says of itself in the environment: an answer to a
  // question could come too late, and would stand where a person types.
  Graphics graphics() const;
  // Whether the locale's characters are UTF-8.
  bool writes_utf8() const;
  // How wide a table on stdout may be; 0 where no terminal is, and nothing is cut.
  int table_width() const { return out_is_terminal() ? width() : 0; }

 private:
  void push_out();
  void write_out(std::string_view text);
  void show_held();

  std::recursive_mutex mutex_;  // guards the line that is drawn
  std::FILE* out_;
  std::FILE* err_;
  const Environment& environment_;
  WithOptions with_options_;
  bool is_dumb_, out_is_terminal_, err_is_terminal_;
  bool is_held_ = false;
  std::string held_, held_talk_;
  Ink ink_;
  int columns_ = 80;
  int lost_ = 0;  // errno of the first failed write
  bool has_progress_ = false;
  bool keeps_ = false, in_json_ = false;
  std::string kept_, in_words_;
  Language language_ = Language::en;
  Secrets secrets_;
};

// In the desktop's own program for such a file, which is not waited for but for a
// second: it may say that it knows no viewer. Fault::usage then, and where the system
// has nothing that opens files.
Status open_file(const std::filesystem::path& file, const Environment& environment);
// The same of an address, in the browser.
Status open_address(std::string address, const Environment& environment);

// What `body` gives. Where it throws, whatever that is: one line on stderr, in the
// language as it is then, and the exit code 1.
int without_throwing(const std::function<int()>& body, const Language& language);

}  // namespace proctor
