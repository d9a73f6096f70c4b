#include "proctor/dataset/parquet_plugin/parquet_plugin.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <arrow/api.h>
#include <arrow/io/api.h>
#include <arrow/ipc/api.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>

namespace {

ProctorText text_of(std::string_view text) {
  return {text.data(), text.size()};
}

// The text at `row` of any of Arrow's kinds of text.
bool read_text(const arrow::Array& array, std::int64_t row, ProctorText& text) {
  switch (array.type_id()) {
    case arrow::Type::STRING:
      text = text_of(static_cast<const arrow::StringArray&>(array).GetView(row));
      return true;
    case arrow::Type::LARGE_STRING:
      text = text_of(static_cast<const arrow::LargeStringArray&>(array).GetView(row));
      return true;
    case arrow::Type::STRING_VIEW:
      text = text_of(static_cast<const arrow::StringViewArray&>(array).GetView(row));
      return true;
    case arrow::Type::DICTIONARY: {
      const auto& coded = static_cast<const arrow::DictionaryArray&>(array);
      const std::int64_t index = coded.GetValueIndex(row);
      return !coded.dictionary()->IsNull(index) &&
             read_text(*coded.dictionary(), index, text);
    }
    default:
      return false;
  }
}

bool read_number(const arrow::Array& array, std::int64_t row, std::int64_t& number) {
  switch (array.type_id()) {
    case arrow::Type::INT64:
      number = static_cast<const arrow::Int64Array&>(array).Value(row);
      return true;
    case arrow::Type::INT32:
      number = static_cast<const arrow::Int32Array&>(array).Value(row);
      return true;
    case arrow::Type::INT16:
      number = static_cast<const arrow::Int16Array&>(array).Value(row);
      return true;
    case arrow::Type::INT8:
      number = static_cast<const arrow::Int8Array&>(array).Value(row);
      return true;
    case arrow::Type::UINT32:
      number = static_cast<const arrow::UInt32Array&>(array).Value(row);
      return true;
    case arrow::Type::UINT16:
      number = static_cast<const arrow::UInt16Array&>(array).Value(row);
      return true;
    case arrow::Type::UINT8:
      number = static_cast<const arrow::UInt8Array&>(array).Value(row);
      return true;
    case arrow::Type::UINT64: {
      const auto value = static_cast<const arrow::UInt64Array&>(array).Value(row);
      number = static_cast<std::int64_t>(value);
      return std::in_range<std::int64_t>(value);
    }
    default:
      return false;
  }
}

// A floating-point number. pandas has NaN for a gap, and with it 1.0 for every 1.
bool read_real(const arrow::Array& array, std::int64_t row, double& number) {
  if (array.type_id() == arrow::Type::DOUBLE) {
    number = static_cast<const arrow::DoubleArray&>(array).Value(row);
    return true;
  }
  if (array.type_id() == arrow::Type::FLOAT) {
    number =
        static_cast<double>(static_cast<const arrow::FloatArray&>(array).Value(row));
    return true;
  }
  return false;
}

// One column of one batch. Its items live until the next call of value().
class Column {
 public:
  explicit Column(std::shared_ptr<arrow::Array> array)
      : array_(std::move(array)), type_(array_->type()->ToString()) {}

  ProctorValue value(std::int64_t row) {
    ProctorValue value{};
    double real = 0;
    if (array_->IsNull(row)) return value;
    if (read_text(*array_, row, value.text)) {
      value.kind = PROCTOR_TEXT;
    } else if (read_real(*array_, row, real) &&
               (std::isnan(real) || std::trunc(real) == real) &&
               !(std::abs(real) > 1e15)) {
      if (std::isnan(real)) return value;
      value.kind = PROCTOR_WHOLE;
      value.number = static_cast<std::int64_t>(real);
    } else if (read_number(*array_, row, value.number)) {
      value.kind = PROCTOR_NUMBER;
    } else if (read_list(row)) {
      value.kind = PROCTOR_LIST;
      value.items = items_.data();
      value.labels = labels_.empty() ? nullptr : labels_.data();
      value.item_count = items_.size();
      value.items_are_numbers = digits_.empty() ? 0 : 1;
    } else {
      value.kind = PROCTOR_OTHER;
      value.text = text_of(type_);
    }
    return value;
  }

 private:
  // A list of texts or whole numbers, or a struct of two: their texts, and their
  // labels; or a struct of texts, whose fields' names are labels; or a list of structs
  // of a text and a label.
  bool read_list(std::int64_t row) {
    labels_.clear();
    digits_.clear();
    if (const auto items = items_of(*array_, row)) {
      if (const auto* pairs = dynamic_cast<const arrow::StructArray*>(items.get())) {
        return read_pairs(*pairs);
      }
      return read_numbers(*items) || read_items(*items, items_);
    }
    const auto* both = dynamic_cast<const arrow::StructArray*>(array_.get());
    if (both == nullptr) return false;
    const auto texts = both->GetFieldByName("text");
    const auto labels = both->GetFieldByName("label");
    if (texts == nullptr || labels == nullptr) return read_fields(*both, row);
    const auto text_items = items_of(*texts, row);
    const auto label_items = items_of(*labels, row);
    return text_items != nullptr && label_items != nullptr &&
           read_items(*text_items, items_) && read_items(*label_items, labels_) &&
           labels_.size() == items_.size();
  }

  bool read_pairs(const arrow::StructArray& pairs) {
    const auto texts = pairs.GetFieldByName("text");
    const auto labels = pairs.GetFieldByName("label");
    return texts != nullptr && labels != nullptr && read_items(*texts, items_) &&
           read_items(*labels, labels_);
  }

  bool read_fields(const arrow::StructArray& fields, std::int64_t row) {
    names_.clear();
    items_.assign(static_cast<std::size_t>(fields.num_fields()), ProctorText{"", 0});
    for (int i = 0; i < fields.num_fields(); ++i) {
      const auto& field = *fields.field(i);
      if (!field.IsNull(row) &&
          !read_text(field, row, items_[static_cast<std::size_t>(i)])) {
        return false;
      }
      names_.push_back(fields.struct_type()->field(i)->name());
    }
    for (const std::string& name : names_) labels_.push_back(text_of(name));
    return true;
  }

  // Of any of Arrow's kinds of list; null for what is none.
  static std::shared_ptr<arrow::Array> items_of(const arrow::Array& array,
                                                std::int64_t row) {
    if (array.IsNull(row)) return nullptr;
    switch (array.type_id()) {
      case arrow::Type::LIST:
        return static_cast<const arrow::ListArray&>(array).value_slice(row);
      case arrow::Type::LARGE_LIST:
        return static_cast<const arrow::LargeListArray&>(array).value_slice(row);
      case arrow::Type::FIXED_SIZE_LIST:
        return static_cast<const arrow::FixedSizeListArray&>(array).value_slice(row);
      default:
        return nullptr;
    }
  }

  // A missing item is an empty one.
  static bool read_items(const arrow::Array& values, std::vector<ProctorText>& texts) {
    texts.assign(static_cast<std::size_t>(values.length()), ProctorText{"", 0});
    for (std::int64_t at = 0; at < values.length(); ++at) {
      if (!values.IsNull(at) &&
          !read_text(values, at, texts[static_cast<std::size_t>(at)])) {
        return false;
      }
    }
    return true;
  }

  bool read_numbers(const arrow::Array& values) {
    for (std::int64_t at = 0; at < values.length(); ++at) {
      std::int64_t number = 0;
      if (values.IsNull(at) || !read_number(values, at, number)) {
        digits_.clear();
        return false;
      }
      digits_.push_back(std::to_string(number));
    }
    items_.clear();
    for (const std::string& digits : digits_) items_.push_back(text_of(digits));
    return !digits_.empty();
  }

  std::shared_ptr<arrow::Array> array_;
  std::string type_;
  std::vector<ProctorText> items_, labels_;
  std::vector<std::string> names_, digits_;
};

enum { whole = 0, failed = 1, stopped = 2 };

int told(const ProctorParquetReader& reader, std::string message) {
  const std::size_t end = message.find('\n');
  if (end != std::string::npos) message.resize(end);
  reader.error(reader.self, text_of(message));
  return failed;
}

// The names of all columns, once, and then their rows, batch by batch.
class Table {
 public:
  Table(std::vector<std::string> names, const ProctorParquetReader& reader)
      : names_(std::move(names)), reader_(reader), wanted_(names_.size(), 0) {}

  // Whether the reader wants its rows.
  bool begin() {
    std::vector<ProctorText> texts;
    for (const std::string& name : names_) texts.push_back(text_of(name));
    return reader_.columns(reader_.self, texts.data(), texts.size(), wanted_.data()) ==
           0;
  }

  bool wants(const std::string& name) const {
    const auto found = std::ranges::find(names_, name);
    return found != names_.end() &&
           wanted_[static_cast<std::size_t>(found - names_.begin())] != 0;
  }

  int add_all(arrow::RecordBatchReader& batches) {
    while (true) {
      auto batch = batches.Next();
      if (!batch.ok()) return told(reader_, batch.status().message());
      if (*batch == nullptr) return whole;
      // What a broken file claims of its offsets is not to be believed.
      if (const auto status = (*batch)->ValidateFull(); !status.ok()) {
        return told(reader_, status.message());
      }
      if (!add(**batch)) return stopped;
    }
  }

 private:
  bool add(const arrow::RecordBatch& batch) {
    std::vector<std::pair<std::size_t, Column>> columns;
    for (int i = 0; i < batch.num_columns(); ++i) {
      const auto name = std::ranges::find(names_, batch.column_name(i));
      if (!wants(*name)) continue;
      columns.emplace_back(static_cast<std::size_t>(name - names_.begin()),
                           Column(batch.column(i)));
    }
    std::vector<ProctorValue> values(names_.size());
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      for (auto& [position, column] : columns) values[position] = column.value(row);
      if (reader_.row(reader_.self, values.data(), values.size()) != 0) return false;
    }
    return true;
  }

  std::vector<std::string> names_;
  const ProctorParquetReader& reader_;
  std::vector<unsigned char> wanted_;
};

using File = std::shared_ptr<arrow::io::ReadableFile>;

// A column is one of the file's top-level fields; the leaves below the wanted ones are
// what Parquet is asked for.
int read_parquet(const File& input, const ProctorParquetReader& reader) {
  parquet::arrow::FileReaderBuilder builder;
  if (const auto status = builder.Open(input); !status.ok()) {
    return told(reader, status.message());
  }
  std::unique_ptr<parquet::arrow::FileReader> file;
  if (const auto status = builder.Build(&file); !status.ok()) {
    return told(reader, status.message());
  }
  std::shared_ptr<arrow::Schema> schema;
  if (const auto status = file->GetSchema(&schema); !status.ok()) {
    return told(reader, status.message());
  }
  Table table(schema->field_names(), reader);
  if (!table.begin()) return stopped;

  const parquet::SchemaDescriptor& leaves =
      *file->parquet_reader()->metadata()->schema();
  std::vector<int> leaf_indices;
  for (int leaf = 0; leaf < leaves.num_columns(); ++leaf) {
    if (table.wants(leaves.GetColumnRoot(leaf)->name())) leaf_indices.push_back(leaf);
  }
  std::vector<int> row_groups(static_cast<std::size_t>(file->num_row_groups()));
  for (std::size_t i = 0; i < row_groups.size(); ++i) {
    row_groups[i] = static_cast<int>(i);
  }
  auto batches = file->GetRecordBatchReader(row_groups, leaf_indices);
  if (!batches.ok()) return told(reader, batches.status().message());
  return table.add_all(**batches);
}

int read_stream(const File& input, const ProctorParquetReader& reader) {
  auto batches = arrow::ipc::RecordBatchStreamReader::Open(input);
  if (!batches.ok()) return told(reader, batches.status().message());
  Table table((*batches)->schema()->field_names(), reader);
  return table.begin() ? table.add_all(**batches) : stopped;
}

int read_arrow_file(const File& input, const ProctorParquetReader& reader) {
  auto file = arrow::ipc::RecordBatchFileReader::Open(input);
  if (!file.ok()) return told(reader, file.status().message());
  Table table((*file)->schema()->field_names(), reader);
  if (!table.begin()) return stopped;
  std::vector<std::shared_ptr<arrow::RecordBatch>> all;
  for (int i = 0; i < (*file)->num_record_batches(); ++i) {
    auto batch = (*file)->ReadRecordBatch(i);
    if (!batch.ok()) return told(reader, batch.status().message());
    all.push_back(*batch);
  }
  auto batches = arrow::RecordBatchReader::Make(std::move(all), (*file)->schema());
  if (!batches.ok()) return told(reader, batches.status().message());
  return table.add_all(**batches);
}

int read(const std::string& path, const ProctorParquetReader& reader) {
  auto input = arrow::io::ReadableFile::Open(path);
  if (!input.ok()) return told(reader, input.status().message());
  const auto first = (*input)->Read(6);
  if (!first.ok()) return told(reader, first.status().message());
  if (const auto status = (*input)->Seek(0); !status.ok()) {
    return told(reader, status.message());
  }
  const std::string magic = (*first)->ToString();
  if (magic == "ARROW1") return read_arrow_file(*input, reader);
  if (magic.starts_with("\xFF\xFF\xFF\xFF")) return read_stream(*input, reader);
  return read_parquet(*input, reader);
}

}  // namespace

#define PROCTOR_EXPORT extern "C" __attribute__((visibility("default")))

PROCTOR_EXPORT int proctor_parquet_abi() {
  return PROCTOR_PARQUET_ABI;
}

PROCTOR_EXPORT int proctor_parquet_read(const char* path,
                                        const ProctorParquetReader* reader) {
  try {
    return read(path, *reader);
  } catch (const std::exception& error) {
    return told(*reader, error.what());
  }
}
