// libpq with errors as values. The only header that knows libpq-fe.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <libpq-fe.h>

#include "proctor/base/base.h"

namespace proctor {

// What a statement's $1, $2, … stand for, in their order. Texts are not copied: they
// must live until it has run.
class PgValues {
 public:
  PgValues& number(std::int64_t value);
  PgValues& number(const std::optional<std::int64_t>& value);
  PgValues& text(std::string_view value);   // of letters that any database can hold
  PgValues& bytes(std::string_view value);  // bytea: whatever it is
  PgValues& null_text();
  PgValues& null_bytes();
  PgValues& numbers(std::span<const std::uint32_t> values);   // bigint[]
  PgValues& texts(std::span<const std::string> values);       // text[]
  PgValues& many_bytes(std::span<const std::string> values);  // bytea[]

 private:
  friend class Postgres;
  // As libpq takes them; pointers as long as nothing changes.
  struct Arrays {
    int count = 0;
    std::vector<Oid> types;
    std::vector<const char*> data;
    std::vector<int> sizes, formats;
  };
  struct Value {
    Oid type;
    std::optional<std::string_view> text;  // of somebody else's; or
    std::optional<std::string> own;
  };

  Arrays arrays() const;
  std::size_t bytes() const;  // about
  PgValues& add(Oid type, std::optional<std::string_view> text);
  PgValues& add_own(Oid type, std::string bytes);
  PgValues& add_array(Oid type, Oid element, std::span<const std::string> values);

  std::vector<Value> values_;
};

// All rows of an answer, one after the other; is a Row, as rows.h has it.
class PgRows {
 public:
  PgRows() = default;
  explicit PgRows(PGresult* result) : result_(result) {}

  Result<bool> step() { return ++at_ < PQntuples(result_.get()); }
  std::int64_t number_at(int column) const;
  std::optional<std::int64_t> optional_at(int column) const;
  std::string_view text_at(int column) const;  // valid as long as the rows
  bool is_null(int column) const;
  int size() const { return PQntuples(result_.get()); }
  std::int64_t changed() const;
  std::size_t bytes() const { return PQresultMemorySize(result_.get()); }

 private:
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  std::unique_ptr<PGresult, Clear> result_;
  int at_ = -1;
};

struct PgStatement {
  std::string_view sql;  // or
  const char* prepared;  // the name of one that was prepared; or null
  PgValues values;
};

// One connection, made anew where it was lost. An error is Fault::network where the
// same may do later: the connection is gone, the server restarts or has no room. Such a
// call may have been committed all the same.
class Postgres {
 public:
  struct Settings {
    // Of a try to connect, all addresses together; and how long the server may be
    // silent before the connection counts as lost.
    std::chrono::milliseconds connecting{15'000}, silence{120'000};
    // Ends a try to connect within half a second, and the wait for an answer in two.
    IsStopped is_stopped = {};
  };
  // `url` as libpq takes it; `shown` stands in messages.
  static Result<Postgres> open(std::string url, std::string shown, Settings settings);

  Result<PgRows> query(std::string_view sql, const PgValues& values = {});
  Status execute(std::string_view sql, const PgValues& values = {});
  Status run_script(const std::string& sql);  // several statements
  // One transaction in one round trip.
  Status commit(std::span<const PgStatement> statements);
  Status prepare(const char* name, std::string_view sql);
  // Where the connection is lost, another.
  Status ready();
  bool is_alive() const { return is_connected_; }
  // How often it was connected: what was prepared goes with a connection.
  int connections() const { return connections_; }
  const std::string& shown() const { return shown_; }
  // What may stand in a message, without the address's password.
  std::string clean(std::string text) const;

  // While one lives, all that is read is of one moment. They nest.
  class Snapshot {
   public:
    static Result<Snapshot> begin(Postgres& database);
    Snapshot(Snapshot&& other) noexcept
        : database_(std::exchange(other.database_, nullptr)) {}
    Snapshot& operator=(Snapshot&&) = delete;
    ~Snapshot();

   private:
    explicit Snapshot(Postgres& database) : database_(&database) {}
    Postgres* database_;
  };
  // Rolled back unless committed. Requires that no other transaction is open.
  class Change {
   public:
    static Result<Change> begin(Postgres& database);
    Change(Change&& other) noexcept
        : database_(std::exchange(other.database_, nullptr)) {}
    Change& operator=(Change&&) = delete;
    ~Change();
    Status commit();

   private:
    explicit Change(Postgres& database) : database_(&database) {}
    Postgres* database_;
  };

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  friend class PgCursor;

  Status connect();
  Status start_connecting();
  Status settle();
  Status wait_for(short events, TimePoint deadline);
  Status send_all();
  Result<PGresult*> next_result();
  Result<PgRows> sent(bool was_sent);
  Result<PgRows> last_result();
  void abandon();
  // Gives the connection up.
  tl::unexpected<Error> lost();
  bool is_stopped() const { return settings_.is_stopped && settings_.is_stopped(); }
  Error error_of(const PGresult* result) const;

  std::string url_, shown_;
  std::vector<std::string> secrets_;
  Settings settings_;
  std::unique_ptr<PGconn, Finish> connection_;
  bool is_connected_ = false;
  int connections_ = 0;
  int snapshots_ = 0;
  int cursors_ = 0;
};

// Rows that are fetched a few at a time, so that a run's bodies are never all in
// memory. Requires a Snapshot that outlives it. Is a Row.
class PgCursor {
 public:
  PgCursor(Postgres& database, std::string_view sql)
      : database_(&database), sql_(sql) {}
  PgCursor& number(std::int64_t value) {
    values_.number(value);
    return *this;
  }
  Result<bool> step();

  std::int64_t number_at(int column) const { return rows_.number_at(column); }
  std::optional<std::int64_t> optional_at(int column) const {
    return rows_.optional_at(column);
  }
  std::string_view text_at(int column) const { return rows_.text_at(column); }
  bool is_null(int column) const { return rows_.is_null(column); }

 private:
  Status declare();
  Status fetch();

  Postgres* database_;
  std::string sql_, name_;
  PgValues values_;
  PgRows rows_;
  std::size_t batch_ = 16;
  bool is_at_end_ = false;
};

}  // namespace proctor
