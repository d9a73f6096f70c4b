#include "proctor/backend/rate_book.h"

#include <cerrno>
#include <charconv>

#include <fcntl.h>
#include <unistd.h>

namespace proctor {
namespace {

// As the store's: of an open file description where the system has them.
#ifdef F_OFD_SETLKW
constexpr int set_lock_and_wait = F_OFD_SETLKW;
#else
constexpr int set_lock_and_wait = F_SETLKW;
#endif

constexpr std::string_view first_word = "proctor-rates-1";

Status lock(int descriptor, short type) {
  struct flock whole {};
  whole.l_type = type;
  whole.l_whence = SEEK_SET;
  while (::fcntl(descriptor, set_lock_and_wait, &whole) != 0) {
    if (errno != EINTR) return fail(Fault::io, "{}", system_says(errno));
  }
  return {};
}

template <class State>
auto numbers_of(State& state) {
  auto& spent = state.spent_until;
  return std::array{&spent[0],          &spent[1],           &spent[2],
                    &spent[3],          &state.paused_until, &state.day_began,
                    &state.asked_in_day};
}

// Numbers of one width: a shorter text would leave the end of a longer one.
std::string text_of(const RateState& state) {
  std::string text(first_word);
  for (const std::int64_t* number : numbers_of(state))
    text += fmt::format(" {:020}", *number);
  return text + "\n";
}

// What is no such text is a state in which nothing was asked.
RateState state_in(std::string_view text) {
  RateState state;
  const std::vector<std::string> words = split(python_strip(text), ' ');
  const auto numbers = numbers_of(state);
  if (words.size() != numbers.size() + 1 || words[0] != first_word) return {};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::string& word = words[i + 1];
    const auto [end, error] =
        std::from_chars(word.data(), word.data() + word.size(), *numbers[i]);
    if (error != std::errc{} || end != word.data() + word.size()) return {};
  }
  return state;
}

RateState read(int descriptor) {
  std::array<char, 512> text{};
  const ssize_t got = ::pread(descriptor, text.data(), text.size(), 0);
  return state_in({text.data(), got > 0 ? static_cast<std::size_t>(got) : 0});
}

Status write(int descriptor, const RateState& state) {
  const std::string text = text_of(state);
  const ssize_t written = ::pwrite(descriptor, text.data(), text.size(), 0);
  if (written == static_cast<ssize_t>(text.size())) return {};
  return fail(Fault::io, "{}", system_says(written < 0 ? errno : ENOSPC));
}

}  // namespace

RateBook::RateBook(std::filesystem::path file, Talk talk)
    : file_(std::move(file)), talk_(std::move(talk)) {}

RateBook::~RateBook() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status RateBook::open() {
  if (descriptor_ >= 0) return {};
  std::error_code problem;
  std::filesystem::create_directories(file_.parent_path(), problem);
  descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) return fail(Fault::io, "{}", system_says(errno));
  return {};
}

Status RateBook::change_file(const std::function<void(RateState&)>& change) {
  TRY(open());
  TRY(lock(descriptor_, F_WRLCK));
  const RateState before = read(descriptor_);
  own_ = before;
  change(own_);
  const Status written = own_ == before ? Status() : write(descriptor_, own_);
  TRY(lock(descriptor_, F_UNLCK));
  return written;
}

void RateBook::change(const std::function<void(RateState&)>& change) {
  if (file_.empty()) return change(own_);
  RateState unchanged = own_;
  const Status done = change_file(change);
  if (done) return;
  if (talk_) {
    talk_(fmt::format("{}: {}; other runs with this key are not counted",
                      file_.string(), done.error().message));
  }
  file_.clear();
  own_ = unchanged;
  change(own_);
}

std::string rate_file_name(std::string_view provider, std::string_view address,
                           std::string_view model, std::string_view secrets) {
  const std::string digest = sha256_hex(fmt::format("{} {}", first_word, secrets));
  return sha256_hex(fmt::format("{}\n{}\n{}\n{}", provider, address, model, digest))
      .substr(0, 32);
}

}  // namespace proctor
