// The command line of fake_server.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "answers.h"
#include "fault.h"
#include "limits.h"
#include "request.h"

namespace proctor::fakes {

struct Options {
  int port = 0;
  std::string port_file;
  Answers answers;
  Faults faults;
  std::string retry_after;
  LimitOptions limits;
  std::string key_required;
  std::vector<std::string> models;  // empty: any model is there
  std::optional<Flavour> flavour;   // nothing: guessed by request
  std::string build = "fp_fake";
  int slots = 4;
  bool logprobs = false;
  std::chrono::milliseconds latency{0};
  std::chrono::milliseconds jitter{0};
  std::chrono::milliseconds loading{0};
  std::size_t log_limit = 20000;
  bool help = false;
};

// Reads the arguments and the files they name.
Result<Options> read_options(const std::vector<std::string>& arguments);
std::string help_text();

}  // namespace proctor::fakes
