// The C interface between Proctor and its Parquet plug-in, which alone links Arrow: 62
// MB of libraries that no start of the program pays for unless it reads such a file, or
// one of Arrow's own. C,
// as the two may be built by different compilers. The plug-in knows nothing of
// questions.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Raised with every change of what follows; the two must agree.
#define PROCTOR_PARQUET_ABI 5

// UTF-8, not ended by a NUL; valid until the callback returns.
typedef struct {
  const char* data;
  size_t size;
} ProctorText;

enum {
  PROCTOR_NONE = 0,    // null
  PROCTOR_TEXT = 1,    // text
  PROCTOR_NUMBER = 2,  // number
  PROCTOR_LIST = 3,    // items: a list of texts
  PROCTOR_OTHER = 4,   // text: the type, as Arrow names it
  PROCTOR_WHOLE = 5,   // number: of a floating-point type, and whole
};

typedef struct {
  int kind;
  ProctorText text;
  int64_t number;
  const ProctorText* items;
  const ProctorText* labels;  // one an item, where the items have any; else null
  size_t item_count;
  int items_are_numbers;  // whole, and the items their digits
} ProctorValue;

// The reader's side. The callbacks must not throw; those that return int return 0 to go
// on and another number to stop.
typedef struct {
  void* self;
  // Once, before any row: the names of all columns. Sets wanted[i] to 1 for those to
  // read; all are 0 before.
  int (*columns)(void* self, const ProctorText* names, size_t count,
                 unsigned char* wanted);
  // Each row in order, a value a column; those not wanted are PROCTOR_NONE.
  int (*row)(void* self, const ProctorValue* values, size_t count);
  // At most once, then the reading ends: what is wrong with the file, on one line.
  void (*error)(void* self, ProctorText message);
} ProctorParquetReader;

// The file is Parquet, or Arrow's stream or file format, as its first bytes say.
//
// A column to write: a key of the lines, and its type as Arrow names it.
typedef struct {
  ProctorText name;
  ProctorText type;
} ProctorColumn;

// The writer's side; the callbacks must not throw.
typedef struct {
  void* self;
  // Once: the whole file.
  void (*file)(void* self, ProctorText bytes);
  // Instead: why there is none, on one line.
  void (*error)(void* self, ProctorText message);
} ProctorParquetWriter;

// What the plug-in exports as "proctor_parquet_abi", "proctor_parquet_read" and
// "proctor_parquet_write". The second returns 0 when the file was read to its end, 1
// after error(), 2 when a callback stopped it; the third makes a Parquet file of JSON
// Lines, and returns 0 after file(), 1 after error(). Any thread may call them.
typedef int ProctorParquetAbi(void);
typedef int ProctorParquetRead(const char* path, const ProctorParquetReader* reader);
typedef int ProctorParquetWrite(ProctorText json_lines, const ProctorColumn* columns,
                                size_t count, const ProctorParquetWriter* writer);

#ifdef __cplusplus
}
#endif
