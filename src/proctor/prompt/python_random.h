// The random module of CPython, as far as HELM's choice of shots needs it. Private to
// this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace proctor {

// random.seed(seed), then what the functions of the same names give.
class PythonRandom {
 public:
  explicit PythonRandom(std::uint32_t seed);

  // 0 to below - 1. Requires below > 0.
  std::size_t randrange(std::size_t below);

  template <class T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i-- > 1;)
      std::swap(values[i], values[randrange(i + 1)]);
  }

 private:
  std::uint32_t next();

  std::vector<std::uint32_t> state_;
  std::size_t at_ = 0;
};

}  // namespace proctor
