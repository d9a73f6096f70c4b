// llama.cpp's log and its abort hook belong to the process: this is where they end. Not
// for other folders.
#pragma once

#include <string>

#include "proctor/base/base.h"

namespace proctor {

// While one lives, llama.cpp's lines go to `log`, and its last errors are kept. The one
// made last is told; engines may come and go in any order.
class LlamaLog {
 public:
  explicit LlamaLog(Talk log);
  ~LlamaLog();
  LlamaLog(const LlamaLog&) = delete;
  LlamaLog& operator=(const LlamaLog&) = delete;

  // What llama.cpp complained of since the last call, on one line; may be empty.
  std::string complaints();

  struct Sink;

 private:
  std::unique_ptr<Sink> sink_;
};

// While one lives, a crash inside llama.cpp says that `what` was under way.
class UnderWay {
 public:
  explicit UnderWay(const std::string& what);
  ~UnderWay();
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;
};

}  // namespace proctor
