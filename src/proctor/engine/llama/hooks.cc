#include "proctor/engine/llama/hooks.h"

#include <algorithm>
#include <cstdlib>
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
  std::mutex names_mutex;
  std::vector<const UnderWay*> names;  // in the order in which they were made
  std::once_flag set_up;
};

Process& process() {
  static Process the_one;
  return the_one;
}

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

// An assertion inside llama.cpp has failed. The state of the process is unknown: behind
// this line llama.cpp aborts, nothing is unwound and nobody's destructor runs. What is
// stored is on disk already.
void on_abort(const char* message) {
  const std::string names = names_under_way();
  const std::string line = fmt::format(
      "proctor: llama.cpp gave up{}{}: {}; what is stored is whole, the same command "
      "goes on after it\n",
      names.empty() ? "" : " at ", names,
      for_terminal_line(message == nullptr ? "" : message));
  const auto written = ::write(STDERR_FILENO, line.data(), line.size());
  (void)written;
}

void set_up() {
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

UnderWay::UnderWay(const std::string& what)
    : what_(what), thread_(std::this_thread::get_id()) {
  const std::lock_guard lock(process().names_mutex);
  process().names.push_back(this);
}

UnderWay::~UnderWay() {
  const std::lock_guard lock(process().names_mutex);
  std::erase(process().names, this);
}

std::string names_under_way() {
  const std::lock_guard lock(process().names_mutex);
  std::map<std::thread::id, std::string> innermost;
  for (const UnderWay* each : process().names) innermost[each->thread_] = each->what_;
  std::string names;
  for (const auto& [thread, name] : innermost) {
    if (name.empty()) continue;
    names += (names.empty() ? "" : " and ") + for_terminal_line(name);
  }
  return names;
}

}  // namespace proctor
