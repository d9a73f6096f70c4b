#include "proctor/dataset/parquet_plugin/parquet_plugin.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include <arrow/api.h>
#include <arrow/io/api.h>
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
    case arrow::Type::UINT8:
      number = static_cast<const arrow::UInt8Array&>(array).Value(row);
      return true;
    default:
      return false;
  }
}

// One column of one batch. Its items live until the next call of value().
class Column {
 public:
  explicit Column(std::shared_ptr<arrow::Array> array)
      : array_(std::move(array)), type_(array_->type()->ToString()) {}

  ProctorValue value(std::int64_t row) {
    ProctorValue value{};
    if (array_->IsNull(row)) return value;
    if (read_text(*array_, row, value.text)) {
      value.kind = PROCTOR_TEXT;
    } else if (read_number(*array_, row, value.number)) {
      value.kind = PROCTOR_NUMBER;
    } else if (read_list(row)) {
      value.kind = PROCTOR_LIST;
      value.items = items_.data();
      value.labels = labels_.empty() ? nullptr : labels_.data();
      value.item_count = items_.size();
    } else {
      value.kind = PROCTOR_OTHER;
      value.text = text_of(type_);
    }
    return value;
  }

 private:
  // A list of texts, or a struct of two: their texts, and their labels.
  bool read_list(std::int64_t row) {
    labels_.clear();
    const auto* both = dynamic_cast<const arrow::StructArray*>(array_.get());
    if (both == nullptr) return read_texts(*array_, row, items_);
    const auto texts = both->GetFieldByName("text");
    const auto labels = both->GetFieldByName("label");
    return texts != nullptr && labels != nullptr && read_texts(*texts, row, items_) &&
           read_texts(*labels, row, labels_) && labels_.size() == items_.size();
  }

  static bool read_texts(const arrow::Array& array, std::int64_t row,
                         std::vector<ProctorText>& texts) {
    if (array.IsNull(row)) return false;
    if (const auto* list = dynamic_cast<const arrow::ListArray*>(&array)) {
      return read_items(*list, row, texts);
    }
    if (const auto* list = dynamic_cast<const arrow::LargeListArray*>(&array)) {
      return read_items(*list, row, texts);
    }
    return false;
  }

  // A missing item is an empty one.
  template <class List>
  static bool read_items(const List& list, std::int64_t row,
                         std::vector<ProctorText>& texts) {
    texts.assign(static_cast<std::size_t>(list.value_length(row)), ProctorText{"", 0});
    std::int64_t at = list.value_offset(row);
    for (ProctorText& item : texts) {
      if (!list.values()->IsNull(at) && !read_text(*list.values(), at, item)) {
        return false;
      }
      ++at;
    }
    return true;
  }

  std::shared_ptr<arrow::Array> array_;
  std::string type_;
  std::vector<ProctorText> items_, labels_;
};

enum { whole = 0, failed = 1, stopped = 2 };

int told(const ProctorParquetReader& reader, std::string message) {
  const std::size_t end = message.find('\n');
  if (end != std::string::npos) message.resize(end);
  reader.error(reader.self, text_of(message));
  return failed;
}

// Row batch by row batch. A column is one of the file's top-level fields; the leaves
// below the wanted ones are what Parquet is asked for.
int read(const std::string& path, const ProctorParquetReader& reader) {
  auto input = arrow::io::ReadableFile::Open(path);
  if (!input.ok()) return told(reader, input.status().message());
  parquet::arrow::FileReaderBuilder builder;
  if (const auto status = builder.Open(*input); !status.ok()) {
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

  const std::vector<std::string> names = schema->field_names();
  std::vector<ProctorText> texts;
  for (const std::string& name : names) texts.push_back(text_of(name));
  std::vector<unsigned char> wanted(names.size(), 0);
  if (reader.columns(reader.self, texts.data(), texts.size(), wanted.data()) != 0) {
    return stopped;
  }

  const parquet::SchemaDescriptor& leaves =
      *file->parquet_reader()->metadata()->schema();
  std::vector<int> leaf_indices;
  for (int leaf = 0; leaf < leaves.num_columns(); ++leaf) {
    const auto root = std::ranges::find(names, leaves.GetColumnRoot(leaf)->name());
    if (root != names.end() && wanted[static_cast<std::size_t>(root - names.begin())]) {
      leaf_indices.push_back(leaf);
    }
  }
  std::vector<int> row_groups(static_cast<std::size_t>(file->num_row_groups()));
  for (std::size_t i = 0; i < row_groups.size(); ++i) {
    row_groups[i] = static_cast<int>(i);
  }
  auto batches = file->GetRecordBatchReader(row_groups, leaf_indices);
  if (!batches.ok()) return told(reader, batches.status().message());

  std::vector<ProctorValue> values(names.size());
  while (true) {
    auto batch = (*batches)->Next();
    if (!batch.ok()) return told(reader, batch.status().message());
    if (*batch == nullptr) return whole;
    // What a broken file claims of its offsets is not to be believed.
    if (const auto status = (*batch)->ValidateFull(); !status.ok()) {
      return told(reader, status.message());
    }
    std::vector<std::pair<std::size_t, Column>> columns;
    for (int i = 0; i < (*batch)->num_columns(); ++i) {
      const auto name = std::ranges::find(names, (*batch)->column_name(i));
      columns.emplace_back(static_cast<std::size_t>(name - names.begin()),
                           Column((*batch)->column(i)));
    }
    for (std::int64_t row = 0; row < (*batch)->num_rows(); ++row) {
      for (auto& [position, column] : columns) values[position] = column.value(row);
      if (reader.row(reader.self, values.data(), values.size()) != 0) return stopped;
    }
  }
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
