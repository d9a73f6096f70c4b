// llama.cpp's log and its abort hook belong to the process: this is where they end. Not
// for other folders.
#pragma once

#include <string>
#include <thread>

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

// While one lives, the line of a failed assertion inside llama.cpp says that `what` was
// under way: of each thread, the one made last.
class UnderWay {
 public:
  explicit UnderWay(const std::string& what);
  ~UnderWay();
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

 private:
  friend std::string names_under_way();
  std::string what_;
  std::thread::id thread_;
};

// "question 17", "question 17 and question 3" of two engines; empty where nothing is.
std::string names_under_way();

}  // namespace proctor
