#include <cstdio>
#include <exception>
#include <new>

#include "proctor/console/console.h"

namespace proctor {

int without_throwing(const std::function<int()>& body, const Language& language) {
  constexpr std::string_view mistake = "; this is a mistake of Proctor's";
  std::string what;
  try {
    return body();
  } catch (const std::bad_alloc&) {
    what = "out of memory";
  } catch (const std::exception& problem) {  // a library's, that nobody has caught
    what = for_terminal_line(to_valid_utf8(problem.what()));
    what += mistake;
  } catch (...) {
    what = "something was thrown that is no exception";
    what += mistake;
  }
  std::string line = fmt::format("proctor: {}; what is stored is whole\n", what);
  try {
    line = translated(language, line);
  } catch (...) {  // there is no memory for a catalogue: then in English
  }
  std::fputs(line.c_str(), stderr);
  return 1;
}

}  // namespace proctor
