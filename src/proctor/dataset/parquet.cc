#include <array>

#include <dlfcn.h>

#include "proctor/dataset/layout.h"
#include "proctor/dataset/parquet_plugin/parquet_plugin.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

constexpr const char* plugin_name = "proctor_parquet.so";
constexpr Words words{"row", "column"};

struct Plugin {
  ProctorParquetRead* read;
  ProctorParquetWrite* write;
};

// Loaded once and never unloaded: dlopen of the same file gives the same library.
Result<Plugin> plugin() {
  const auto path = find_plugin_file(plugin_name);
  if (!path) {
    return fail(
        Fault::usage,
        "this Proctor was built without Parquet: `pip install pyarrow` and build "
        "again, or take CSV or JSONL");
  }
  TRY(check_plugin_file(*path));
  void* library = ::dlopen(path->c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* reason = ::dlerror();
    return fail(
        Fault::usage,
        "the Parquet plug-in does not load, pyarrow changed; build Proctor again "
        "({})",
        for_terminal_line(reason == nullptr ? path->c_str() : reason));
  }
  const auto abi =
      reinterpret_cast<ProctorParquetAbi*>(::dlsym(library, "proctor_parquet_abi"));
  const Plugin found = {
      reinterpret_cast<ProctorParquetRead*>(::dlsym(library, "proctor_parquet_read")),
      reinterpret_cast<ProctorParquetWrite*>(
          ::dlsym(library, "proctor_parquet_write"))};
  if (abi == nullptr || found.read == nullptr || found.write == nullptr ||
      abi() != PROCTOR_PARQUET_ABI) {
    return fail(Fault::usage, "{} is of another version; build Proctor again",
                path->string());
  }
  return found;
}

std::string_view view(const ProctorText& text) {
  return {text.data, text.size};
}

// What the plug-in calls back.
class Rows {
 public:
  Rows(const std::optional<Columns>& columns, const std::string& subject,
       const std::string& split)
      : columns_(columns), list_(words, subject, split) {}

  ProctorParquetReader reader() {
    return {this,
            [](void* self, const ProctorText* names, size_t count,
               unsigned char* wanted) -> int {
              return static_cast<Rows*>(self)->choose({names, count}, wanted);
            },
            [](void* self, const ProctorValue* values, size_t count) -> int {
              return static_cast<Rows*>(self)->add({values, count});
            },
            [](void* self, ProctorText message) {
              static_cast<Rows*>(self)->status_ =
                  fail(Fault::data,
                       "not a Parquet file or one of Arrow that can be read: {}",
                       for_terminal_line(to_valid_utf8(view(message))));
            }};
  }

  Result<std::vector<Question>> finish() && {
    TRY(std::move(status_));
    return std::move(list_).finish();
  }

 private:
  int choose(std::span<const ProctorText> names, unsigned char* wanted) {
    std::vector<std::string> found;
    for (const ProctorText& name : names) found.push_back(to_valid_utf8(view(name)));
    auto layout = layout_of(std::move(found), columns_, words, true, "");
    if (!layout) {
      status_ = tl::unexpected(std::move(layout).error());
      return 1;
    }
    layout_ = *std::move(layout);
    wanted[layout_.question] = 1;
    for (const std::size_t column : layout_.choices) wanted[column] = 1;
    for (const auto& column :
         {layout_.answer, layout_.answer_index, layout_.subject, layout_.id,
          layout_.worked, layout_.context, layout_.error_type, layout_.correction}) {
      if (column) wanted[*column] = 1;
    }
    for (const std::size_t column : layout_.passages) wanted[column] = 1;
    return 0;
  }

  int add(std::span<const ProctorValue> row) {
    values_.clear();
    for (const ProctorValue& value : row) values_.push_back(value_of(value));
    status_ = list_.add(layout_, values_, ++row_);
    return status_ ? 0 : 1;
  }

  static Value value_of(const ProctorValue& from) {
    switch (from.kind) {
      case PROCTOR_NONE:
        return {};
      case PROCTOR_TEXT:
        return Value::of_text(view(from.text));
      case PROCTOR_NUMBER:
        return {.kind = Value::Kind::number, .number = from.number};
      case PROCTOR_WHOLE:
        return {.kind = Value::Kind::number, .number = from.number, .has_point = true};
      case PROCTOR_LIST:
        break;
      default:
        return {.kind = Value::Kind::other, .text = std::string(view(from.text))};
    }
    Value items = list_of({from.items, from.item_count});
    if (from.items_are_numbers != 0) {
      for (Value& item : items.items) {
        item = {.kind = Value::Kind::number, .number = *whole_number_of(item.text)};
      }
    }
    if (from.labels == nullptr) return items;
    return {.kind = Value::Kind::object,
            .items = {items, list_of({from.labels, from.item_count})},
            .keys = {"text", "label"}};
  }

  static Value list_of(std::span<const ProctorText> texts) {
    Value list{.kind = Value::Kind::list};
    for (const ProctorText& text : texts) {
      list.items.push_back(Value::of_text(view(text)));
    }
    return list;
  }

  const std::optional<Columns>& columns_;
  QuestionList list_;
  Layout layout_;
  std::vector<Value> values_;
  std::size_t row_ = 0;
  Status status_;
};

}  // namespace

Result<std::vector<Question>> read_parquet(const fs::path& path,
                                           const std::optional<Columns>& columns,
                                           const std::string& subject,
                                           const std::string& split) {
  const Plugin arrow = TRY(plugin().in(path.string()));
  Rows rows(columns, subject, split);
  const ProctorParquetReader reader = rows.reader();
  arrow.read(path.c_str(), &reader);
  return std::move(rows).finish().in(path.string());
}

Result<std::string> parquet_of(
    std::string_view json_lines,
    std::span<const std::pair<std::string_view, std::string_view>> columns) {
  const Plugin arrow = TRY(plugin());
  const auto text = [](std::string_view of) {
    return ProctorText{of.data(), of.size()};
  };
  std::vector<ProctorColumn> types;
  for (const auto& [name, type] : columns) types.push_back({text(name), text(type)});
  Result<std::string> file;
  const ProctorParquetWriter writer = {
      &file,
      [](void* self, ProctorText bytes) {
        *static_cast<Result<std::string>*>(self) = std::string(view(bytes));
      },
      [](void* self, ProctorText message) {
        *static_cast<Result<std::string>*>(self) =
            fail(Fault::data, "Parquet: {}",
                 for_terminal_line(to_valid_utf8(view(message))));
      }};
  arrow.write(text(json_lines), types.data(), types.size(), &writer);
  return file;
}

bool parquet_is_available() {
  return plugin().has_value();
}

}  // namespace proctor
