// SQLite's C interface with errors as values. The only header that knows sqlite3.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <sqlite3.h>

#include "proctor/base/base.h"

namespace proctor {

class Database;

// A prepared statement. What is bound is not copied: it must live until reset().
class SqlStatement {
 public:
  SqlStatement() = default;
  SqlStatement(SqlStatement&& other) noexcept;
  SqlStatement& operator=(SqlStatement&& other) noexcept;
  ~SqlStatement();

  // Each binds the next parameter; so they are called in the statement's order.
  SqlStatement& number(std::int64_t value);
  SqlStatement& number(const std::optional<std::int64_t>& value);
  // As TEXT; as BLOB where it holds a NUL, at which SQL's text functions would end.
  SqlStatement& text(std::string_view value);
  SqlStatement& exact_text(std::string_view value);  // TEXT in any case: keys
  SqlStatement& blob(std::string_view value);
  // A BLOB of that size, for Database::fill().
  SqlStatement& room(std::size_t size);
  SqlStatement& null();

  // True: there is a row.
  Result<bool> step();
  // Steps to the end and makes the statement ready to be bound again.
  Status run();
  void reset();

  std::int64_t number_at(int column) const;
  std::optional<std::int64_t> optional_at(int column) const;
  std::string_view text_at(int column) const;  // valid until the next step or reset
  bool is_null(int column) const;

 private:
  friend class Database;
  SqlStatement& bound(int code);

  const Database* database_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
  int parameter_ = 0;
  int bind_error_ = SQLITE_OK;
};

// One connection. Statements must go before it, and while there are any it must not be
// moved.
class Database {
 public:
  // `flags` as sqlite3_open_v2 takes them. `shown` stands in messages.
  static Result<Database> open(const std::string& file, int flags, std::string shown);
  Database(Database&& other) noexcept;
  Database& operator=(Database&& other) noexcept;
  ~Database();

  Status execute(const std::string& sql) const;
  Result<SqlStatement> prepare(std::string_view sql) const;
  // The first column of the first row of a query that has one.
  Result<std::string> value_of(std::string_view sql) const;
  // Writes a value into the BLOB of that size in the row inserted last, without the
  // copy of the whole row that an INSERT makes.
  Status fill(const char* table, const char* column, std::string_view value) const;
  std::int64_t changes() const { return sqlite3_changes64(handle_); }
  // Whether triggers fire for statements that are prepared from now on.
  void let_triggers_fire(bool fire) const;
  bool is_read_only() const { return sqlite3_db_readonly(handle_, "main") == 1; }
  const std::string& shown() const { return shown_; }

  // What the last failed call means to a person.
  Error error(int code) const;

 private:
  Database(sqlite3* handle, std::string shown);

  sqlite3* handle_ = nullptr;
  std::string shown_;
};

// As long as it lives, no trigger fires for what is prepared and no reference is looked
// up. Requires that no transaction is open, at its beginning and at its end.
class Unguarded {
 public:
  static Result<Unguarded> begin(const Database& database);
  Unguarded(Unguarded&& other) noexcept
      : database_(std::exchange(other.database_, nullptr)) {}
  Unguarded& operator=(Unguarded&&) = delete;
  ~Unguarded();

 private:
  explicit Unguarded(const Database& database) : database_(&database) {}
  const Database* database_;
};

// Rolled back unless committed. Requires that no other transaction is open.
class Transaction {
 public:
  static Result<Transaction> begin(const Database& database);
  Transaction(Transaction&& other) noexcept
      : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Status commit();

 private:
  explicit Transaction(const Database& database) : database_(&database) {}
  const Database* database_;
};

}  // namespace proctor
