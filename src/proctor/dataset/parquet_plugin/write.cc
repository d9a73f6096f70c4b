// JSON Lines as a Parquet file.
#include <algorithm>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/api.h>
#include <arrow/io/api.h>
#include <arrow/json/api.h>
#include <arrow/util/compression.h>
#include <parquet/arrow/writer.h>

#include "proctor/dataset/parquet_plugin/parquet_plugin.h"

namespace {

std::shared_ptr<arrow::DataType> type_named(std::string_view name) {
  const auto logprobs =
      arrow::list(arrow::struct_({arrow::field("letter", arrow::utf8()),
                                  arrow::field("logprob", arrow::float64())}));
  for (const auto& type : {arrow::utf8(), arrow::int64(), arrow::float64(),
                           arrow::boolean(), arrow::list(arrow::utf8()), logprobs}) {
    if (type->ToString() == name) return type;
  }
  return nullptr;
}

arrow::Result<std::shared_ptr<arrow::Schema>> schema_of(const ProctorColumn* columns,
                                                        std::size_t count) {
  arrow::FieldVector fields;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string type(columns[i].type.data, columns[i].type.size);
    const auto known = type_named(type);
    if (known == nullptr) return arrow::Status::NotImplemented(type, ": no such type");
    fields.push_back(
        arrow::field(std::string(columns[i].name.data, columns[i].name.size), known));
  }
  return arrow::schema(fields);
}

// The columns are those of the schema, whatever is null in all lines.
arrow::Result<std::shared_ptr<arrow::Table>> table_of(
    ProctorText lines, std::shared_ptr<arrow::Schema> schema) {
  auto parsing = arrow::json::ParseOptions::Defaults();
  parsing.explicit_schema = schema;
  parsing.unexpected_field_behavior = arrow::json::UnexpectedFieldBehavior::Error;
  auto reading = arrow::json::ReadOptions::Defaults();
  reading.use_threads = false;
  // All lines are one block: a line may be no longer than that.
  reading.block_size =
      static_cast<std::int32_t>(std::min(lines.size + 1, std::size_t{1} << 30U));
  const auto input = std::make_shared<arrow::io::BufferReader>(
      std::make_shared<arrow::Buffer>(reinterpret_cast<const std::uint8_t*>(lines.data),
                                      static_cast<std::int64_t>(lines.size)));
  if (lines.size == 0) return arrow::Table::MakeEmpty(schema);
  ARROW_ASSIGN_OR_RAISE(
      auto reader, arrow::json::TableReader::Make(arrow::default_memory_pool(), input,
                                                  reading, parsing));
  return reader->Read();
}

arrow::Result<std::shared_ptr<arrow::Buffer>> file_of(ProctorText lines,
                                                      const ProctorColumn* columns,
                                                      std::size_t count) {
  ARROW_ASSIGN_OR_RAISE(const auto schema, schema_of(columns, count));
  ARROW_ASSIGN_OR_RAISE(const auto table, table_of(lines, schema));
  ARROW_ASSIGN_OR_RAISE(const auto output, arrow::io::BufferOutputStream::Create());
  const bool has_zstd = arrow::util::Codec::IsAvailable(arrow::Compression::ZSTD);
  const auto properties = parquet::WriterProperties::Builder()
                              .compression(has_zstd ? arrow::Compression::ZSTD
                                                    : arrow::Compression::UNCOMPRESSED)
                              ->build();
  ARROW_RETURN_NOT_OK(parquet::arrow::WriteTable(
      *table, arrow::default_memory_pool(), output,
      std::max<std::int64_t>(1, table->num_rows()), properties));
  return output->Finish();
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int proctor_parquet_write(
    ProctorText json_lines, const ProctorColumn* columns, size_t count,
    const ProctorParquetWriter* writer) {
  const auto told = [&](std::string_view message) {
    message = message.substr(0, message.find('\n'));
    writer->error(writer->self, {message.data(), message.size()});
    return 1;
  };
  try {
    const auto file = file_of(json_lines, columns, count);
    if (!file.ok()) return told(file.status().message());
    const std::string_view bytes(**file);
    writer->file(writer->self, {bytes.data(), bytes.size()});
    return 0;
  } catch (const std::exception& error) {
    return told(error.what());
  }
}
