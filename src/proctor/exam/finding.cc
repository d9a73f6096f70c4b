#include "proctor/exam/finding.h"

namespace proctor {

std::string_view sign_of(Finding::State state) {
  switch (state) {
    case Finding::State::fine:
      return "ok";
    case Finding::State::absent:
      return "-";
    case Finding::State::doubtful:
      return "?";
    case Finding::State::wrong:
      break;
  }
  return "!";
}

}  // namespace proctor
