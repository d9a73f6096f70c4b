// A working folder's .env.
#include "fuzz/fuzz.h"
#include "proctor/exam/exam.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const proctor::Environment environment(
      std::map<std::string, std::string>{{"HOME", "/home/u"}});
  const auto values = proctor::parse_dotenv(text_of(data, size), environment);
  if (!values) {
    PROMISE(!values.error().message.empty());
    return 0;
  }
  for (const auto& [name, value] : *values) {
    PROMISE(!name.empty() && name.find('=') == std::string::npos);
    PROMISE(value.size() <= 65536);
  }
  return 0;
}
