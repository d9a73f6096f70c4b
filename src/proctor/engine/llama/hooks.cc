#include "proctor/engine/llama/hooks.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include <llama.h>
#include <unistd.h>

namespace proctor {

struct LlamaLog::Sink {
  Talk log;
  std::string line;                     // so far
  std::vector<std::string> complaints;  // the last few
};

namespace {

// llama.cpp has one log and one abort hook a process, and the latter takes no argument:
// these are the only variables of the process that Proctor keeps.
struct Process {
  std::mutex mutex;
  std::vector<LlamaLog::Sink*> sinks;  // the last one is told
  std::once_flag set_up;
};

Process& process() {
  static Process the_one;
  return the_one;
}

// Plain bytes: they are read while the process is falling down.
std::atomic<std::size_t> names_under_way{0};
std::array<char, 128> name_under_way{};

constexpr std::size_t most_complaints = 3;

void take_line(LlamaLog::Sink& sink, ggml_log_level level) {
  while (!sink.line.empty() && (sink.line.back() == '\n' || sink.line.back() == ' ')) {
    sink.line.pop_back();
  }
  if (sink.line.empty()) return;
  const std::string line = for_terminal_line(to_valid_utf8(sink.line));
  sink.line.clear();
  if (level == GGML_LOG_LEVEL_ERROR) {
    sink.complaints.push_back(line);
    if (sink.complaints.size() > most_complaints) {
      sink.complaints.erase(sink.complaints.begin());
    }
  }
  if (sink.log) sink.log(line);
}

void on_log(ggml_log_level level, const char* text, void* /*unused*/) {
  const std::lock_guard lock(process().mutex);
  if (process().sinks.empty() || text == nullptr) return;
  LlamaLog::Sink& sink = *process().sinks.back();
  // Continued lines are dots of progress: they are no lines of their own.
  if (level == GGML_LOG_LEVEL_CONT) return;
  sink.line += text;
  if (!sink.line.empty() && sink.line.back() == '\n') take_line(sink, level);
}

// An assertion inside llama.cpp has failed. The state of the process is unknown, so
// nothing is unwound and nobody's destructor runs: what is stored is on disk already.
void on_abort(const char* message) {
  std::array<char, 1024> text{};
  const bool named = names_under_way.load(std::memory_order_acquire) > 0;
  const int length = std::snprintf(
      text.data(), text.size(),
      "proctor: llama.cpp gave up%s%s: %s; the answers so far are stored, the same "
      "command goes on after them\n",
      named ? " at " : "", named ? name_under_way.data() : "", message);
  const auto most =
      std::min(static_cast<std::size_t>(std::max(length, 0)), text.size());
  const auto written = ::write(STDERR_FILENO, text.data(), most);
  (void)written;
  std::_Exit(1);
}

void set_up() {
  // ggml's own handler would start a debugger to print where it was.
  ::setenv("GGML_NO_BACKTRACE", "1", 0);
  ::llama_log_set(on_log, nullptr);
  ::ggml_set_abort_callback(on_abort);
  ::llama_backend_init();
}

}  // namespace

LlamaLog::LlamaLog(Talk log) : sink_(std::make_unique<Sink>()) {
  sink_->log = std::move(log);
  {
    const std::lock_guard lock(process().mutex);
    process().sinks.push_back(sink_.get());
  }
  std::call_once(process().set_up, set_up);
}

LlamaLog::~LlamaLog() {
  const std::lock_guard lock(process().mutex);
  std::erase(process().sinks, sink_.get());
}

std::string LlamaLog::complaints() {
  const std::lock_guard lock(process().mutex);
  std::string all = join(sink_->complaints, "; ");
  sink_->complaints.clear();
  return all;
}

UnderWay::UnderWay(const std::string& what) {
  // With two engines at once the name is that of the one that began last.
  const std::size_t length = std::min(what.size(), name_under_way.size() - 1);
  std::memcpy(name_under_way.data(), what.data(), length);
  name_under_way[length] = '\0';
  names_under_way.fetch_add(1, std::memory_order_release);
}

UnderWay::~UnderWay() {
  names_under_way.fetch_sub(1, std::memory_order_release);
}

}  // namespace proctor
