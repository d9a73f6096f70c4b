#include "proctor/store/sqlite.h"

#include <cerrno>

namespace proctor {
namespace {

// The disk, the user's share of it, or what one file may hold.
bool is_no_room(int number) {
  return number == ENOSPC || number == EDQUOT || number == EFBIG;
}

}  // namespace

// ---- SqlStatement -----------------------------------------------------------------

SqlStatement::SqlStatement(SqlStatement&& other) noexcept {
  *this = std::move(other);
}

SqlStatement& SqlStatement::operator=(SqlStatement&& other) noexcept {
  std::swap(database_, other.database_);
  std::swap(statement_, other.statement_);
  std::swap(parameter_, other.parameter_);
  std::swap(bind_error_, other.bind_error_);
  return *this;
}

SqlStatement::~SqlStatement() {
  sqlite3_finalize(statement_);
}

SqlStatement& SqlStatement::bound(int code) {
  if (code != SQLITE_OK && bind_error_ == SQLITE_OK) bind_error_ = code;
  return *this;
}

SqlStatement& SqlStatement::number(std::int64_t value) {
  return bound(sqlite3_bind_int64(statement_, ++parameter_, value));
}

SqlStatement& SqlStatement::number(const std::optional<std::int64_t>& value) {
  return value ? number(*value) : null();
}

SqlStatement& SqlStatement::text(std::string_view value) {
  return value.find('\0') == std::string_view::npos ? exact_text(value) : blob(value);
}

// An empty view may hold no pointer, and no pointer means NULL to SQLite.
SqlStatement& SqlStatement::exact_text(std::string_view value) {
  return bound(sqlite3_bind_text64(statement_, ++parameter_,
                                   value.empty() ? "" : value.data(), value.size(),
                                   SQLITE_STATIC, SQLITE_UTF8));
}

SqlStatement& SqlStatement::blob(std::string_view value) {
  return bound(sqlite3_bind_blob64(statement_, ++parameter_,
                                   value.empty() ? "" : value.data(), value.size(),
                                   SQLITE_STATIC));
}

SqlStatement& SqlStatement::room(std::size_t size) {
  return bound(sqlite3_bind_zeroblob64(statement_, ++parameter_, size));
}

SqlStatement& SqlStatement::null() {
  return bound(sqlite3_bind_null(statement_, ++parameter_));
}

Result<bool> SqlStatement::step() {
  if (bind_error_ != SQLITE_OK) {
    const int code = bind_error_;
    reset();
    return tl::unexpected(database_->error(code));
  }
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const Error error = database_->error(code);
  reset();
  return tl::unexpected(error);
}

Status SqlStatement::run() {
  while (TRY(step())) continue;
  reset();
  return {};
}

void SqlStatement::reset() {
  sqlite3_reset(statement_);
  parameter_ = 0;
  bind_error_ = SQLITE_OK;
}

std::int64_t SqlStatement::number_at(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::optional<std::int64_t> SqlStatement::optional_at(int column) const {
  if (is_null(column)) return std::nullopt;
  return number_at(column);
}

std::string_view SqlStatement::text_at(int column) const {
  const void* const bytes = sqlite3_column_blob(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool SqlStatement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

// ---- Database ---------------------------------------------------------------------

Database::Database(sqlite3* handle, std::string shown)
    : handle_(handle), shown_(std::move(shown)) {}

Database::Database(Database&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), shown_(std::move(other.shown_)) {}

Database& Database::operator=(Database&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(shown_, other.shown_);
  return *this;
}

Database::~Database() {
  sqlite3_close_v2(handle_);
}

Result<Database> Database::open(const std::string& file, int flags, std::string shown) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
  Database database(handle, std::move(shown));
  if (code != SQLITE_OK) return tl::unexpected(database.error(code));
  sqlite3_extended_result_codes(handle, 1);
  // A store may come from a stranger: its schema must not call functions for them.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return database;
}

Status Database::execute(const std::string& sql) const {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return tl::unexpected(error(code));
  return {};
}

void Database::let_triggers_fire(bool fire) const {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_TRIGGER, fire ? 1 : 0, nullptr);
}

Result<SqlStatement> Database::prepare(std::string_view sql) const {
  SqlStatement statement;
  statement.database_ = this;
  const int code =
      sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement.statement_, nullptr);
  if (code != SQLITE_OK) return tl::unexpected(error(code));
  return statement;
}

Status Database::fill(const char* table, const char* column,
                      std::string_view value) const {
  sqlite3_blob* blob = nullptr;
  int code = sqlite3_blob_open(handle_, "main", table, column,
                               sqlite3_last_insert_rowid(handle_), 1, &blob);
  if (code == SQLITE_OK) {
    code = sqlite3_blob_write(blob, value.data(), static_cast<int>(value.size()), 0);
  }
  if (code != SQLITE_OK) {
    const Error failed = error(code);  // closing would change it
    sqlite3_blob_close(blob);
    return tl::unexpected(failed);
  }
  code = sqlite3_blob_close(blob);
  if (code != SQLITE_OK) return tl::unexpected(error(code));
  return {};
}

Result<std::string> Database::value_of(std::string_view sql) const {
  SqlStatement statement = TRY(prepare(sql));
  if (!TRY(statement.step())) return std::string();
  return std::string(statement.text_at(0));
}

Error Database::error(int code) const {
  const int last = errno;
  int number = handle_ != nullptr ? sqlite3_system_errno(handle_) : 0;
  // A commit that fails leaves no number there; only a full disk is told as such.
  if (number == 0 && is_no_room(last)) number = last;
  const char* const text =
      handle_ != nullptr ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  const std::string reason = number != 0 ? system_says(number) : text;
  const int primary = code & 0xFF;
  if (primary == SQLITE_FULL || (primary == SQLITE_IOERR && is_no_room(number))) {
    return {Fault::io, fmt::format("{}: the disk is full; make room and start the same "
                                   "command again, what is stored is whole",
                                   shown_)};
  }
  switch (primary) {
    case SQLITE_READONLY:
      return {Fault::io, fmt::format("{}: cannot be written ({}); change its rights or "
                                     "name another with `store`",
                                     shown_, text)};
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {Fault::io, fmt::format("{}: cannot be opened ({}); change its or its "
                                     "folder's rights or name another with `store`",
                                     shown_, reason)};
    case SQLITE_IOERR:
      return {Fault::io, fmt::format("{}: {}", shown_, reason)};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Fault::store, fmt::format("{}: another process keeps it locked; wait for "
                                        "it or stop it",
                                        shown_)};
    case SQLITE_CORRUPT:
      return {Fault::data,
              fmt::format("{}: damaged ({}); `proctor verify` says where, and "
                          "`sqlite3 {} .recover` saves what can be read",
                          shown_, text, shown_)};
    case SQLITE_NOTADB:
      return {Fault::data, fmt::format("{}: expected a Proctor store, found {}", shown_,
                                       "a file that is not SQLite's")};
    case SQLITE_TOOBIG:
      return {Fault::store,
              fmt::format("{}: a reply longer than SQLite takes (1 GB)", shown_)};
    default:
      return {Fault::store, fmt::format("{}: {}", shown_, text)};
  }
}

// ---- Unguarded --------------------------------------------------------------------

Result<Unguarded> Unguarded::begin(const Database& database) {
  TRY(database.execute("PRAGMA foreign_keys = OFF"));
  database.let_triggers_fire(false);
  return Unguarded(database);
}

Unguarded::~Unguarded() {
  if (database_ == nullptr) return;
  database_->let_triggers_fire(true);
  (void)database_->execute("PRAGMA foreign_keys = ON");
}

// ---- Transaction ------------------------------------------------------------------

Result<Transaction> Transaction::begin(const Database& database) {
  TRY(database.execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

// Some errors have rolled back already; then there is nothing to undo.
Transaction::~Transaction() {
  if (database_ != nullptr) (void)database_->execute("ROLLBACK");
}

Status Transaction::commit() {
  TRY(database_->execute("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace proctor
