#include "proctor/engine/gguf.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <limits>

namespace proctor {
namespace {

// A tensor is stored in blocks of so many numbers and bytes.
struct TensorType {
  std::uint32_t id;
  std::int64_t numbers, bytes;
  std::string_view name;
};
constexpr std::array tensor_types = {
    TensorType{0, 1, 4, "F32"},         TensorType{1, 1, 2, "F16"},
    TensorType{2, 32, 18, "Q4_0"},      TensorType{3, 32, 20, "Q4_1"},
    TensorType{6, 32, 22, "Q5_0"},      TensorType{7, 32, 24, "Q5_1"},
    TensorType{8, 32, 34, "Q8_0"},      TensorType{9, 32, 36, "Q8_1"},
    TensorType{10, 256, 84, "Q2_K"},    TensorType{11, 256, 110, "Q3_K"},
    TensorType{12, 256, 144, "Q4_K"},   TensorType{13, 256, 176, "Q5_K"},
    TensorType{14, 256, 210, "Q6_K"},   TensorType{15, 256, 292, "Q8_K"},
    TensorType{16, 256, 66, "IQ2_XXS"}, TensorType{17, 256, 74, "IQ2_XS"},
    TensorType{18, 256, 98, "IQ3_XXS"}, TensorType{19, 256, 50, "IQ1_S"},
    TensorType{20, 32, 18, "IQ4_NL"},   TensorType{21, 256, 110, "IQ3_S"},
    TensorType{22, 256, 82, "IQ2_S"},   TensorType{23, 256, 136, "IQ4_XS"},
    TensorType{24, 1, 1, "I8"},         TensorType{25, 1, 2, "I16"},
    TensorType{26, 1, 4, "I32"},        TensorType{27, 1, 8, "I64"},
    TensorType{28, 1, 8, "F64"},        TensorType{29, 256, 56, "IQ1_M"},
    TensorType{30, 1, 2, "BF16"},       TensorType{34, 256, 54, "TQ1_0"},
    TensorType{35, 256, 66, "TQ2_0"},   TensorType{39, 32, 17, "MXFP4"},
    TensorType{40, 64, 36, "NVFP4"},    TensorType{41, 128, 18, "Q1_0"},
    TensorType{42, 64, 18, "Q2_0"},
};

enum ValueType : std::uint32_t {
  type_u8,
  type_i8,
  type_u16,
  type_i16,
  type_u32,
  type_i32,
  type_f32,
  type_bool,
  type_text,
  type_array,
  type_u64,
  type_i64,
  type_f64,
};

// 0 for what has no fixed width.
std::size_t width_of(std::uint32_t type) {
  switch (type) {
    case type_u8:
    case type_i8:
    case type_bool:
      return 1;
    case type_u16:
    case type_i16:
      return 2;
    case type_u32:
    case type_i32:
    case type_f32:
      return 4;
    case type_u64:
    case type_i64:
    case type_f64:
      return 8;
    default:
      return 0;
  }
}

constexpr std::int64_t longest_summed = 4096;  // layers; a vocabulary is not summed
constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max() / 4;

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::size_t at() const { return at_; }

  Result<std::string_view> take(std::uint64_t count) {
    if (count > bytes_.size() - at_) return cut();
    const std::string_view taken = bytes_.substr(at_, count);
    at_ += count;
    return taken;
  }

  // Little-endian, as the format has it.
  template <class Number>
  Result<Number> number() {
    const std::string_view raw = TRY(take(sizeof(Number)));
    static_assert(std::endian::native == std::endian::little);
    Number value;
    std::memcpy(&value, raw.data(), sizeof value);
    return value;
  }

  Result<std::string_view> text() { return take(TRY(number<std::uint64_t>())); }

  // A scalar as a whole number; what does not fit is held at the limits.
  Result<std::int64_t> scalar(std::uint32_t type) {
    switch (type) {
      case type_u8:
      case type_bool:
        return TRY(number<std::uint8_t>());
      case type_i8:
        return TRY(number<std::int8_t>());
      case type_u16:
        return TRY(number<std::uint16_t>());
      case type_i16:
        return TRY(number<std::int16_t>());
      case type_u32:
        return TRY(number<std::uint32_t>());
      case type_i32:
        return TRY(number<std::int32_t>());
      case type_i64:
        return std::clamp(TRY(number<std::int64_t>()), -largest, largest);
      case type_u64:
        return static_cast<std::int64_t>(std::min(TRY(number<std::uint64_t>()),
                                                  static_cast<std::uint64_t>(largest)));
      default:  // a fraction: nobody asks for it
        TRY(take(width_of(type)));
        return 0;
    }
  }

  tl::unexpected<Error> cut() const {
    return fail(Fault::data, "is cut: it ends at byte {} inside its header",
                bytes_.size());
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

Status read_array(Reader& reader, const std::string& key, GgufHeader& header) {
  const auto type = TRY(reader.number<std::uint32_t>());
  const auto count = TRY(reader.number<std::uint64_t>());
  if (count > static_cast<std::uint64_t>(largest)) return reader.cut();
  const auto length = static_cast<std::int64_t>(count);
  header.lengths[key] = length;
  if (type == type_text) {
    for (std::int64_t i = 0; i < length; ++i) TRY(reader.text());
    return {};
  }
  const std::size_t width = width_of(type);
  if (width == 0) {
    return fail(Fault::data, "its key {} holds an array of the unknown type {}",
                for_terminal_line(key), type);
  }
  if (length > longest_summed) {
    if (count > static_cast<std::uint64_t>(largest) / width) return reader.cut();
    TRY(reader.take(count * width));
    return {};
  }
  std::int64_t sum = 0;
  for (std::int64_t i = 0; i < length; ++i) {
    sum = std::clamp(sum + TRY(reader.scalar(type)), -largest, largest);
  }
  header.numbers[key] = sum;
  return {};
}

Status read_value(Reader& reader, GgufHeader& header) {
  const std::string key(TRY(reader.text()));
  const auto type = TRY(reader.number<std::uint32_t>());
  if (type == type_array) return read_array(reader, key, header);
  if (type == type_text) {
    header.texts[key] = TRY(reader.text());
    return {};
  }
  if (width_of(type) == 0) {
    return fail(Fault::data, "its key {} has the unknown type {}",
                for_terminal_line(key), type);
  }
  header.numbers[key] = TRY(reader.scalar(type));
  return {};
}

// Where the tensor ends, counted from the first tensor's beginning.
Result<std::int64_t> read_tensor(Reader& reader, GgufHeader& header) {
  const std::string_view name = TRY(reader.text());
  const auto dimensions = TRY(reader.number<std::uint32_t>());
  if (dimensions > 8) {
    return fail(Fault::data, "its tensor {} has {} dimensions", for_terminal_line(name),
                dimensions);
  }
  std::int64_t numbers = 1;
  for (std::uint32_t i = 0; i < dimensions; ++i) {
    const auto size = TRY(reader.number<std::uint64_t>());
    if (size != 0 && static_cast<std::uint64_t>(numbers) >
                         static_cast<std::uint64_t>(largest) / 512 / size) {
      return fail(Fault::data, "its tensor {} is too large to be true",
                  for_terminal_line(name));
    }
    numbers *= static_cast<std::int64_t>(size);
  }
  const auto type = TRY(reader.number<std::uint32_t>());
  const auto offset = TRY(reader.number<std::uint64_t>());
  if (offset > static_cast<std::uint64_t>(largest)) {
    return fail(Fault::data, "its tensor {} begins at byte {}, beyond any file",
                for_terminal_line(name), offset);
  }
  const auto* const known = std::ranges::find(tensor_types, type, &TensorType::id);
  const std::int64_t bytes =  // llama.cpp judges a type that is newer than this table
      known == tensor_types.end() ? 0 : numbers / known->numbers * known->bytes;
  header.tensor_bytes += bytes;
  std::int64_t& of_type = header.parameters[type];
  of_type = std::min(of_type + numbers, largest);
  return static_cast<std::int64_t>(offset) + bytes;
}

}  // namespace

std::string GgufHeader::text(const std::string& key) const {
  const auto found = texts.find(key);
  return found == texts.end() ? std::string() : found->second;
}

std::int64_t GgufHeader::number(const std::string& key, std::int64_t otherwise) const {
  const auto found = numbers.find(key);
  return found == numbers.end() ? otherwise : found->second;
}

std::int64_t GgufHeader::of_architecture(std::string_view key,
                                         std::int64_t otherwise) const {
  return number(fmt::format("{}.{}", text("general.architecture"), key), otherwise);
}

std::string_view tensor_type_name(std::uint32_t type) {
  const auto* const known = std::ranges::find(tensor_types, type, &TensorType::id);
  return known == tensor_types.end() ? std::string_view() : known->name;
}

Result<GgufHeader> parse_gguf(std::string_view bytes) {
  constexpr std::string_view magic = "GGUF";
  if (bytes.substr(0, magic.size()) != magic) {
    return fail(Fault::data, "is not a GGUF file: it begins with \"{}\"",
                for_terminal_line(to_valid_utf8(bytes.substr(0, magic.size()))));
  }
  Reader reader(bytes);
  TRY(reader.take(magic.size()));
  GgufHeader header;
  header.version = TRY(reader.number<std::uint32_t>());
  if (header.version < 2 || header.version > 3) {
    return fail(Fault::data, "is GGUF version {}; versions 2 and 3 can be read",
                header.version);
  }
  const auto tensors = TRY(reader.number<std::uint64_t>());
  const auto keys = TRY(reader.number<std::uint64_t>());
  for (std::uint64_t i = 0; i < keys; ++i) TRY(read_value(reader, header));
  std::int64_t end = 0;
  for (std::uint64_t i = 0; i < tensors; ++i) {
    end = std::max(end, TRY(read_tensor(reader, header)));
    if (header.tensor_bytes > largest) return reader.cut();
  }
  header.tensors = static_cast<std::int64_t>(tensors);
  header.header_bytes = static_cast<std::int64_t>(reader.at());
  const auto asked = header.numbers.find("general.alignment");
  const std::int64_t alignment =
      asked == header.numbers.end() || asked->second <= 0 ? 32 : asked->second;
  const std::int64_t start =
      (header.header_bytes + alignment - 1) / alignment * alignment;
  header.needed_bytes = tensors == 0 ? header.header_bytes : start + end;
  return header;
}

Result<GgufHeader> read_gguf(const std::filesystem::path& path) {
  std::error_code problem;
  const auto status = std::filesystem::status(path, problem);
  if (status.type() == std::filesystem::file_type::not_found) {
    return fail(Fault::usage, "{}: no such file", path.string());
  }
  if (!std::filesystem::exists(status)) {
    return fail(Fault::io, "{}: {}", path.string(), ascii_lower(problem.message()));
  }
  if (!std::filesystem::is_regular_file(status)) {
    return fail(Fault::usage, "{}: not a file", path.string());
  }
  const auto size =
      static_cast<std::int64_t>(std::filesystem::file_size(path, problem));
  if (problem) {  // it went away meanwhile
    return fail(Fault::io, "{}: {}", path.string(), ascii_lower(problem.message()));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Fault::io, "{}: cannot be read", path.string());
  // A header is small, but a vocabulary is in it: read on while it is cut.
  std::int64_t most = std::int64_t{8} << 20U;
  while (true) {
    std::string bytes(static_cast<std::size_t>(std::min(size, most)), '\0');
    file.clear();
    file.seekg(0);
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file) return fail(Fault::io, "{}: cannot be read", path.string());
    auto header = parse_gguf(bytes);
    if (!header && most < size && header.error().message.starts_with("is cut")) {
      most *= 4;
      continue;
    }
    if (!header) {
      return fail(header.error().fault, "{}: {}", path.string(),
                  header.error().message);
    }
    if (header->needed_bytes > size) {
      return fail(Fault::data,
                  "{}: is cut: its tensors need {} bytes, it has {}; fetch it again",
                  path.string(), with_thousands(header->needed_bytes),
                  with_thousands(size));
    }
    return header;
  }
}

std::vector<std::filesystem::path> parts_of(const std::filesystem::path& model) {
  const std::string name = model.filename().string();
  constexpr std::size_t tail = std::string_view("-00001-of-00003.gguf").size();
  if (name.size() > tail) {
    const std::string_view end = std::string_view(name).substr(name.size() - tail);
    const std::string_view count = end.substr(10, 5);
    const bool is_number =
        std::ranges::all_of(count, [](char c) { return c >= '0' && c <= '9'; });
    if (end.substr(0, 10) == "-00001-of-" && end.substr(15) == ".gguf" && is_number &&
        count != "00000") {
      std::vector<std::filesystem::path> parts;
      const int last = std::stoi(std::string(count));
      for (int i = 1; i <= last; ++i) {
        parts.push_back(model.parent_path() /
                        fmt::format("{}-{:05d}-of-{}.gguf",
                                    name.substr(0, name.size() - tail), i, count));
      }
      return parts;
    }
  }
  return {model};
}

}  // namespace proctor
