#include "proctor/archive/archive.h"

#include <algorithm>

#include <zip.h>
#include <zlib.h>
#include <zstd.h>

namespace proctor {
namespace {

// A zip of a few kilobytes can hold gigabytes: the largest data set of the family has
// 20 MB.
constexpr std::uint64_t most_bytes = std::uint64_t{256} << 20;

struct Discard {
  void operator()(zip_t* zip) const { ::zip_discard(zip); }
  void operator()(zip_file_t* file) const { ::zip_fclose(file); }
  void operator()(zip_source_t* source) const { ::zip_source_free(source); }
};
using Zip = std::unique_ptr<zip_t, Discard>;
using ZipFile = std::unique_ptr<zip_file_t, Discard>;
using ZipSource = std::unique_ptr<zip_source_t, Discard>;

Result<Zip> open_zip(const std::filesystem::path& path) {
  int code = 0;
  Zip zip(::zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code));
  if (zip) return zip;
  zip_error_t error;
  ::zip_error_init_with_code(&error, code);
  std::string reason = ascii_lower(::zip_error_strerror(&error));
  ::zip_error_fini(&error);
  if (code == ZIP_ER_NOZIP || code == ZIP_ER_INCONS) {
    return fail(Fault::data,
                "not a whole zip ({}); was it cut off while it was downloaded?",
                reason);
  }
  return fail(Fault::io, "{}", reason);
}

std::vector<ZipMember> members_of(zip_t* zip) {
  std::vector<ZipMember> members;
  const zip_int64_t count = ::zip_get_num_entries(zip, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const auto number = static_cast<zip_uint64_t>(i);
    const char* name = ::zip_get_name(zip, number, ZIP_FL_ENC_RAW);
    if (name != nullptr) members.push_back({name, number});
  }
  std::ranges::sort(members, {}, &ZipMember::name);
  return members;
}

// What libzip has not known before 1.8, and inspect_ai packs its logs with.
constexpr zip_uint16_t zstandard = 93;

Result<std::string> read(zip_t* zip, const zip_stat_t& facts, zip_flags_t as) {
  const zip_uint64_t size = as == ZIP_FL_COMPRESSED ? facts.comp_size : facts.size;
  const ZipFile file(::zip_fopen_index(zip, facts.index, as));
  std::string content(size + 1, '\0');
  zip_uint64_t have = 0;
  zip_int64_t more = file ? 1 : -1;
  // The sum is checked at the end, so the end has to be read.
  while (more > 0 && have < content.size()) {
    more = ::zip_fread(file.get(), content.data() + have, content.size() - have);
    if (more > 0) have += static_cast<zip_uint64_t>(more);
  }
  if (more < 0 || have != size) {
    const char* reason = file ? ::zip_file_strerror(file.get()) : ::zip_strerror(zip);
    return fail(Fault::data, "damaged: {}",
                more < 0 ? ascii_lower(reason) : "its size is not what the zip says");
  }
  content.resize(size);
  return content;
}

Result<std::string> unpacked(zip_t* zip, const zip_stat_t& facts) {
  const std::string packed = TRY(read(zip, facts, ZIP_FL_COMPRESSED));
  std::string content(facts.size, '\0');
  const std::size_t have =
      ::ZSTD_decompress(content.data(), content.size(), packed.data(), packed.size());
  if (::ZSTD_isError(have) != 0) {
    return fail(Fault::data, "damaged: {}", ascii_lower(::ZSTD_getErrorName(have)));
  }
  if (have != content.size())
    return fail(Fault::data, "damaged: {}", "its size is not what the zip says");
  const auto* const bytes = reinterpret_cast<const Bytef*>(content.data());
  if (::crc32_z(0, bytes, content.size()) != facts.crc)
    return fail(Fault::data, "damaged: its sum is not what the zip says");
  return content;
}

}  // namespace

struct ZipReader::State {
  Zip zip;
};

ZipReader::ZipReader(std::unique_ptr<State> state) : state_(std::move(state)) {
  members_ = members_of(state_->zip.get());
}
ZipReader::~ZipReader() = default;
ZipReader::ZipReader(ZipReader&&) noexcept = default;
ZipReader& ZipReader::operator=(ZipReader&&) noexcept = default;

Result<ZipReader> ZipReader::open(const std::filesystem::path& path) {
  Zip zip = TRY(open_zip(path));
  return ZipReader(std::make_unique<State>(std::move(zip)));
}

Result<std::string> ZipReader::content(const ZipMember& member) const {
  zip_t* const zip = state_->zip.get();
  zip_stat_t facts;
  if (::zip_stat_index(zip, member.number, 0, &facts) != 0 ||
      (facts.valid & ZIP_STAT_SIZE) == 0) {
    return fail(Fault::data, "damaged: its size is missing");
  }
  if ((facts.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 &&
      facts.encryption_method != ZIP_EM_NONE) {
    return fail(Fault::data, "encrypted; unpack the zip and give its folder");
  }
  if (facts.size > most_bytes) {
    return fail(Fault::data, "found {} bytes, expected at most {}", facts.size,
                most_bytes);
  }
  return facts.comp_method == zstandard ? unpacked(zip, facts) : read(zip, facts, 0);
}

// ---- Writing ----------------------------------------------------------------------

namespace {

// 1 January 1980, where a zip's time begins: of what is made in memory nothing says
// when, and the same files are to give the same bytes.
constexpr zip_uint16_t first_date = (1U << 5U) | 1U;

tl::unexpected<Error> not_made(zip_t* zip) {
  return fail(Fault::io, "a zip cannot be made: {}", ascii_lower(::zip_strerror(zip)));
}

Status add(zip_t* zip, const FileContent& file) {
  ZipSource source(
      ::zip_source_buffer(zip, file.content.data(), file.content.size(), 0));
  if (!source) return not_made(zip);
  const zip_int64_t at =
      ::zip_file_add(zip, file.name.c_str(), source.get(), ZIP_FL_ENC_UTF_8);
  if (at < 0) return not_made(zip);
  static_cast<void>(source.release());  // the zip's now
  const auto number = static_cast<zip_uint64_t>(at);
  if (::zip_file_set_dostime(zip, number, 0, first_date, 0) != 0 ||
      ::zip_set_file_compression(zip, number, ZIP_CM_DEFLATE, 6) != 0) {
    return not_made(zip);
  }
  return {};
}

Result<std::string> bytes_of(zip_source_t* source) {
  zip_stat_t facts;
  if (::zip_source_stat(source, &facts) != 0 || ::zip_source_open(source) != 0)
    return fail(Fault::io, "a zip cannot be read back");
  std::string bytes(facts.size, '\0');
  const zip_int64_t have = ::zip_source_read(source, bytes.data(), bytes.size());
  ::zip_source_close(source);
  if (have < 0 || static_cast<zip_uint64_t>(have) != facts.size)
    return fail(Fault::io, "a zip cannot be read back");
  return bytes;
}

}  // namespace

Result<std::string> zip_of(std::span<const FileContent> files) {
  const ZipSource memory(::zip_source_buffer_create(nullptr, 0, 0, nullptr));
  Zip zip(memory ? ::zip_open_from_source(memory.get(), ZIP_TRUNCATE, nullptr)
                 : nullptr);
  if (!zip) return fail(Fault::io, "a zip cannot be made: no memory");
  ::zip_source_keep(memory.get());  // the zip lets go of it at its end
  for (const FileContent& file : files) TRY(add(zip.get(), file));
  if (::zip_close(zip.get()) != 0) return not_made(zip.get());
  static_cast<void>(zip.release());
  return bytes_of(memory.get());
}

}  // namespace proctor
