#include "proctor/dataset/data_file.h"

#include <algorithm>
#include <fstream>

namespace proctor {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view endings[] = {".csv",     ".tsv",   ".jsonl",  ".ndjson",
                                        ".parquet", ".arrow", ".feather"};

struct WayOut {
  std::string_view ending, words;
};
constexpr WayOut ways_out[] = {
    {".tar", "unpack it by `tar xf` and give the folder"},
    {".tgz", "unpack it by `tar xf` and give the folder"},
    {".7z", "unpack it and give the folder"},
    {".gz", "unpack it by `gunzip -k`"},
    {".bz2", "unpack it by `bunzip2 -k`"},
    {".xz", "unpack it by `unxz -k`"},
    {".zst", "unpack it by `zstd -d`"},
    {".xlsx", "save it as CSV"},
    {".xls", "save it as CSV"},
    {".ods", "save it as CSV"},
    {".pkl", "write it by pandas' to_parquet()"},
    {".pickle", "write it by pandas' to_parquet()"},
};

std::string ending_of(const fs::path& file) {
  return ascii_lower(file.extension().string());
}

std::string way_out(const fs::path& file) {
  std::string ending = ending_of(file);
  if (ending_of(file.stem()) == ".tar") ending = ".tar";  // .tar.gz
  const auto found = std::ranges::find(ways_out, ending, &WayOut::ending);
  return found == std::end(ways_out) ? "" : "; " + std::string(found->words);
}

bool is_lfs_pointer(const fs::path& file) {
  constexpr std::string_view beginning = "version https://git-lfs";
  std::string start(beginning.size(), '\0');
  std::ifstream input(file, std::ios::binary);
  input.read(start.data(), static_cast<std::streamsize>(start.size()));
  return start == beginning;
}

}  // namespace

bool is_data_file(const fs::path& file) {
  return std::ranges::find(endings, ending_of(file)) != std::end(endings);
}

bool is_json(const fs::path& file) {
  return ending_of(file) == ".json";
}

Result<std::vector<Question>> read_data_file(const fs::path& file,
                                             const std::optional<Columns>& columns,
                                             const std::string& subject,
                                             const std::string& split) {
  const std::string ending = ending_of(file);
  if (!is_data_file(file) && !is_json(file)) {
    return fail(Fault::usage,
                "{}: found a file that ends in \"{}\", expected .csv, .tsv, .json, "
                ".jsonl, .parquet, .arrow or .zip{}",
                file.string(), ending, way_out(file));
  }
  if (is_lfs_pointer(file)) {
    return fail(
        Fault::usage,
        "{}: found the pointer that git-lfs leaves for a file, expected the file; "
        "`git lfs pull` in its folder fetches it",
        file.string());
  }
  if (ending == ".parquet" || ending == ".arrow" || ending == ".feather") {
    return read_parquet(file, columns, subject, split);
  }
  const std::string content = TRY(read_file(file));
  const auto read = ending == ".csv" || ending == ".tsv" ? read_csv : read_json;
  return read(content, columns, subject, split).in(file.string());
}

}  // namespace proctor
