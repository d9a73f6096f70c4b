#include "proctor/prompt/python_random.h"

#include <bit>

// Matsumoto and Nishimura (1998), "Mersenne Twister: A 623-dimensionally
// equidistributed uniform pseudo-random number generator", with init_by_array of their
// mt19937ar.c, which CPython's Modules/_randommodule.c uses for integer seeds.
// std::mt19937 has the same generator but cannot be seeded this way.
namespace proctor {
namespace {

constexpr std::size_t size = 624;
constexpr std::size_t middle = 397;

std::vector<std::uint32_t> seeded_by_number(std::uint32_t seed) {
  std::vector<std::uint32_t> state(size);
  state[0] = seed;
  for (std::size_t i = 1; i < size; ++i)
    state[i] = 1812433253U * (state[i - 1] ^ (state[i - 1] >> 30U)) +
               static_cast<std::uint32_t>(i);
  return state;
}

// init_by_array with a key of one word.
std::vector<std::uint32_t> seeded_by_array(std::uint32_t key) {
  std::vector<std::uint32_t> state = seeded_by_number(19650218U);
  std::size_t i = 1;
  const auto step = [&](std::uint32_t factor) {
    const std::uint32_t before = state[i - 1];
    return state[i] ^ ((before ^ (before >> 30U)) * factor);
  };
  const auto go_on = [&] {
    if (++i < size) return;
    state[0] = state[size - 1];
    i = 1;
  };
  for (std::size_t round = 0; round < size; ++round) {
    state[i] = step(1664525U) + key;
    go_on();
  }
  for (std::size_t round = 1; round < size; ++round) {
    state[i] = step(1566083941U) - static_cast<std::uint32_t>(i);
    go_on();
  }
  state[0] = 0x80000000U;
  return state;
}

void twist(std::vector<std::uint32_t>& state) {
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint32_t both =
        (state[i] & 0x80000000U) | (state[(i + 1) % size] & 0x7fffffffU);
    state[i] = state[(i + middle) % size] ^ (both >> 1U) ^
               ((both & 1U) != 0 ? 0x9908b0dfU : 0U);
  }
}

}  // namespace

PythonRandom::PythonRandom(std::uint32_t seed)
    : state_(seeded_by_array(seed)), at_(size) {}

std::uint32_t PythonRandom::next() {
  if (at_ == size) {
    twist(state_);
    at_ = 0;
  }
  std::uint32_t word = state_[at_++];
  word ^= word >> 11U;
  word ^= (word << 7U) & 0x9d2c5680U;
  word ^= (word << 15U) & 0xefc60000U;
  return word ^ (word >> 18U);
}

// Lib/random.py, _randbelow_with_getrandbits: as many high bits as `below` has, again
// until they are small enough.
std::size_t PythonRandom::randrange(std::size_t below) {
  const auto bits = static_cast<unsigned>(std::bit_width(below));
  std::size_t value = next() >> (32U - bits);
  while (value >= below) value = next() >> (32U - bits);
  return value;
}

}  // namespace proctor
