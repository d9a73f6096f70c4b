// main() where there is no libFuzzer: feeds the target every file of the folders that
// are named, and every beginning of each.
#include <filesystem>

#include "fuzz/fuzz.h"
#include "proctor/base/base.h"

int main(int count, char** words) {
  int files = 0;
  for (int i = 1; i < count; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(words[i])) {
      const auto content = proctor::read_file(entry.path());
      PROMISE(content);
      for (std::size_t size = 0; size <= content->size(); ++size) {
        // A copy of its own, so that a sanitizer sees a read past the end.
        const std::string part = content->substr(0, size);
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(part.data()),
                               part.size());
      }
      ++files;
    }
  }
  std::printf("%d files\n", files);
  return files > 0 ? 0 : 1;
}
