#include "proctor/store/postgres.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <poll.h>

#include "proctor/store/address.h"

namespace proctor {
namespace {

using namespace std::chrono_literals;

constexpr Oid oid_of_number = 20, oid_of_bytes = 17, oid_of_text = 25;
constexpr Oid oid_of_numbers = 1016, oid_of_many_bytes = 1001, oid_of_texts = 1009;
constexpr int binary = 1;
constexpr int least_version = 120000;

std::string big_endian(std::uint64_t value, int size) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  for (int i = size - 1; i >= 0; --i, value >>= 8U)
    bytes[static_cast<std::size_t>(i)] = static_cast<char>(value & 0xFFU);
  return bytes;
}

TimePoint now() {
  return std::chrono::steady_clock::now();
}

// What may do when it is asked once more: PostgreSQL's Appendix A, by class or code.
bool may_pass(std::string_view code) {
  constexpr std::array<std::string_view, 10> beginnings = {
      "08",     // connection
      "53",     // no room: disk, memory, connections
      "57P",    // shut down, crashed, starting up
      "40001",  // could not serialize
      "40P01",  // deadlock
      "55P03",  // a lock was not had in time
      "57014",  // statement_timeout
      "58030",  // the server's disk
      "25006",  // read-only: a standby, for now
      "25P03"};
  return code.empty() || std::ranges::any_of(beginnings, [&](std::string_view start) {
           return code.starts_with(start);
         });
}

Fault fault_of(std::string_view code) {
  if (may_pass(code)) return Fault::network;
  return code.starts_with("XX00") ? Fault::data : Fault::store;
}

// The way out, where there is one to name.
std::string_view advice_on(std::string_view code) {
  if (code == "42501") return "; the role needs the rights that docs/store.md lists";
  if (code == "53100") return "; the server's disk is full";
  if (code == "25006") return "; this server is a standby, or takes no writes";
  if (code == "42P01") return "; a table of the store is missing";
  return {};
}

// libpq has no codes for a connection that did not come about.
std::string_view advice_on_connecting(std::string_view said) {
  const auto has = [&](std::string_view part) { return said.find(part) != said.npos; };
  if (has("no password supplied") || has("password authentication failed"))
    return "; a password comes from the address, PGPASSWORD or ~/.pgpass";
  if (has("database") && has("does not exist")) return "; createdb makes it";
  if (has("role") && has("does not exist")) return "; createuser makes it";
  if (has("Connection refused") || has("No such file or directory"))
    return "; is PostgreSQL running there?";
  if (has("could not translate host name")) return "; is the host's name right?";
  return {};
}

// One line, without libpq's line ends, and without the advice that stands in one.
std::string one_line(std::string_view text) {
  text = text.substr(0, text.find("\n\tIs the server running"));
  std::string line(trimmed(text, " \n\r\t"));
  line = replace_all(std::move(line), "\n\t", ": ");
  return for_terminal_line(replace_all(std::move(line), "\n", "; "));
}

}  // namespace

// ---- PgValues ---------------------------------------------------------------------

PgValues& PgValues::add(Oid type, std::optional<std::string_view> text) {
  values_.push_back({type, text, std::nullopt});
  return *this;
}

PgValues& PgValues::add_own(Oid type, std::string bytes) {
  values_.push_back({type, std::nullopt, std::move(bytes)});
  return *this;
}

PgValues& PgValues::number(std::int64_t value) {
  return add_own(oid_of_number, big_endian(static_cast<std::uint64_t>(value), 8));
}

PgValues& PgValues::number(const std::optional<std::int64_t>& value) {
  return value ? number(*value) : add(oid_of_number, std::nullopt);
}

PgValues& PgValues::text(std::string_view value) {
  return add(oid_of_text, value);
}

PgValues& PgValues::bytes(std::string_view value) {
  return add(oid_of_bytes, value);
}

PgValues& PgValues::null_text() {
  return add(oid_of_text, std::nullopt);
}

PgValues& PgValues::null_bytes() {
  return add(oid_of_bytes, std::nullopt);
}

std::size_t PgValues::bytes() const {
  std::size_t bytes = 0;
  for (const Value& value : values_) bytes += value.text ? value.text->size() : 8;
  return bytes;
}

// An empty view may hold no pointer, and no pointer means NULL.
PgValues::Arrays PgValues::arrays() const {
  Arrays arrays{.count = static_cast<int>(values_.size())};
  for (const Value& value : values_) {
    const auto text =
        value.own ? std::optional<std::string_view>(*value.own) : value.text;
    arrays.types.push_back(value.type);
    arrays.data.push_back(!text ? nullptr : text->empty() ? "" : text->data());
    arrays.sizes.push_back(text ? static_cast<int>(text->size()) : 0);
    arrays.formats.push_back(binary);
  }
  return arrays;
}

// As array_recv reads it: dimensions, whether there are NULLs, the type; of the one
// dimension its length and first index; then each with its length.
PgValues& PgValues::add_array(Oid type, Oid element,
                              std::span<const std::string> values) {
  std::string bytes =
      big_endian(values.empty() ? 0 : 1, 4) + big_endian(0, 4) + big_endian(element, 4);
  if (!values.empty()) bytes += big_endian(values.size(), 4) + big_endian(1, 4);
  for (const std::string& value : values) bytes += big_endian(value.size(), 4) + value;
  return add_own(type, std::move(bytes));
}

PgValues& PgValues::numbers(std::span<const std::uint32_t> values) {
  std::vector<std::string> words;
  for (const std::uint32_t value : values) words.push_back(big_endian(value, 8));
  return add_array(oid_of_numbers, oid_of_number, words);
}

PgValues& PgValues::texts(std::span<const std::string> values) {
  return add_array(oid_of_texts, oid_of_text, values);
}

PgValues& PgValues::many_bytes(std::span<const std::string> values) {
  return add_array(oid_of_many_bytes, oid_of_bytes, values);
}

// ---- PgRows -----------------------------------------------------------------------

bool PgRows::is_null(int column) const {
  return PQgetisnull(result_.get(), at_, column) == 1;
}

std::string_view PgRows::text_at(int column) const {
  return {PQgetvalue(result_.get(), at_, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), at_, column))};
}

std::int64_t PgRows::number_at(int column) const {
  const std::string_view bytes = text_at(column);
  // Its sign stands in the first byte.
  const bool is_negative = !bytes.empty() && (bytes.front() & 0x80) != 0;
  std::uint64_t value = is_negative ? ~std::uint64_t{0} : 0;
  for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> PgRows::optional_at(int column) const {
  if (is_null(column)) return std::nullopt;
  return number_at(column);
}

std::int64_t PgRows::changed() const {
  const std::string_view count = PQcmdTuples(result_.get());
  std::int64_t number = 0;
  std::from_chars(count.data(), count.data() + count.size(), number);
  return number;
}

// ---- Connecting -------------------------------------------------------------------

Result<Postgres> Postgres::open(std::string url, std::string shown, Settings settings) {
  Postgres database;
  database.secrets_ = passwords_in(url);
  for (const std::string& password : database.secrets_) {
    // libpq would take what stands behind such a sign for the host, and print it.
    if (password.find_first_of("@/") != password.npos && url.find(password) != url.npos)
      return fail(Fault::usage, "{}: write @ and / in the password as %40 and %2F",
                  shown);
  }
  database.url_ = std::move(url);
  database.shown_ = std::move(shown);
  database.settings_ = std::move(settings);
  TRY(database.connect());
  return database;
}

std::string Postgres::clean(std::string text) const {
  for (const std::string& secret : secrets_)
    text = replace_all(std::move(text), secret, "***");
  return text;
}

tl::unexpected<Error> Postgres::lost() {
  const char* const words = connection_ ? PQerrorMessage(connection_.get()) : "";
  const std::string said = *words == 0 ? "connection lost" : one_line(words);
  abandon();
  return fail(Fault::network, "{}: {}{}", shown_, clean(said),
              advice_on_connecting(said));
}

Error Postgres::error_of(const PGresult* result) const {
  const auto field = [&](int which) {
    const char* const text = PQresultErrorField(result, which);
    return std::string_view(text == nullptr ? "" : text);
  };
  const std::string_view code = field(PG_DIAG_SQLSTATE);
  std::string_view said = field(PG_DIAG_MESSAGE_PRIMARY);
  if (said.empty()) said = PQresultErrorMessage(result);
  return {fault_of(code),
          clean(fmt::format("{}: {}{}", shown_, one_line(said), advice_on(code)))};
}

void Postgres::abandon() {
  connection_.reset();
  is_connected_ = false;
  snapshots_ = 0;
}

// What stands behind dbname in the list, the address, goes before what stands ahead of
// it. A host that says nothing is given up early, so that the next one of several is
// asked.
Status Postgres::start_connecting() {
  const std::array keywords = {
      "fallback_application_name", "tcp_user_timeout",
      "keepalives_idle",           "keepalives_interval",
      "keepalives_count",          "dbname",
      "client_encoding",           static_cast<const char*>(nullptr)};
  const std::array values = {
      "proctor", "10000",      "30",   "10",
      "3",       url_.c_str(), "UTF8", static_cast<const char*>(nullptr)};
  connection_.reset(PQconnectStartParams(keywords.data(), values.data(), 1));
  if (!connection_) return fail(Fault::network, "{}: out of memory", shown_);
  PQsetNoticeReceiver(
      connection_.get(), [](void*, const PGresult*) {}, nullptr);
  return {};
}

Status Postgres::connect() {
  abandon();
  TRY(start_connecting());
  const TimePoint deadline = now() + settings_.connecting;
  std::optional<TimePoint> stopped;
  PostgresPollingStatusType polling = PGRES_POLLING_WRITING;
  while (polling != PGRES_POLLING_OK) {
    if (polling == PGRES_POLLING_FAILED ||
        PQstatus(connection_.get()) == CONNECTION_BAD)
      return lost();
    pollfd socket{.fd = PQsocket(connection_.get()),
                  .events = static_cast<short>(
                      polling == PGRES_POLLING_READING ? POLLIN : POLLOUT),
                  .revents = 0};
    const int found = ::poll(&socket, 1, 100);
    if (is_stopped() && !stopped) stopped = now();
    if (now() > deadline || (stopped && now() > *stopped + 500ms)) {
      abandon();
      return fail(Fault::network, "{}: does not answer", shown_);
    }
    if (found > 0) polling = PQconnectPoll(connection_.get());
  }
  PQsetnonblocking(connection_.get(), 1);
  is_connected_ = true;
  ++connections_;
  return settle();
}

// What a role or database sets for all must not undo what a store promises: a commit is
// on disk, and a statement sees what was committed before it.
Status Postgres::settle() {
  const int version = PQserverVersion(connection_.get());
  if (version < least_version) {
    abandon();
    return fail(Fault::store, "{}: found PostgreSQL {}, expected 12 or newer", shown_,
                version / 10000);
  }
  return execute(
      "SELECT set_config('synchronous_commit', CASE current_setting("
      "'synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting("
      "'synchronous_commit') END, false), set_config('default_transaction_isolation', "
      "'read committed', false), set_config('lock_timeout', '60s', false), set_config("
      "'idle_in_transaction_session_timeout', '0', false), set_config('jit', 'off', "
      "false)");
}

Status Postgres::ready() {
  if (is_connected_ && PQstatus(connection_.get()) == CONNECTION_OK) return {};
  return connect();
}

// ---- Asking -----------------------------------------------------------------------

Status Postgres::wait_for(short events, TimePoint deadline) {
  const TimePoint started = now();
  std::optional<TimePoint> stopped;
  while (true) {
    pollfd socket{.fd = PQsocket(connection_.get()), .events = events, .revents = 0};
    if (::poll(&socket, 1, 100) > 0) return {};
    if (is_stopped() && !stopped) stopped = now();
    if (now() < deadline && !(stopped && now() > *stopped + 2s)) continue;
    abandon();
    return fail(Fault::network, "{}: has said nothing for {} s", shown_,
                std::chrono::floor<std::chrono::seconds>(now() - started).count());
  }
}

// Reads meanwhile: a server whose answers nobody takes would stop reading, too.
Status Postgres::send_all() {
  while (true) {
    const int left = PQflush(connection_.get());
    if (left == 0) return {};
    if (left < 0 || PQconsumeInput(connection_.get()) == 0) return lost();
    TRY(wait_for(POLLIN | POLLOUT, now() + settings_.silence));
  }
}

// Null: the statement's end.
Result<PGresult*> Postgres::next_result() {
  while (PQisBusy(connection_.get()) == 1) {
    TRY(wait_for(POLLIN, now() + settings_.silence));
    if (PQconsumeInput(connection_.get()) == 0) return lost();
  }
  return PQgetResult(connection_.get());
}

Result<PgRows> Postgres::last_result() {
  std::optional<Error> failed;
  PgRows rows;
  while (PGresult* const result = TRY(next_result())) {
    rows = PgRows(result);
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && !failed)
      failed = error_of(result);
  }
  if (!failed) return rows;
  if (PQstatus(connection_.get()) != CONNECTION_OK) abandon();
  return tl::unexpected(*failed);
}

Result<PgRows> Postgres::sent(bool was_sent) {
  if (!was_sent) return lost();
  TRY(send_all());
  return last_result();
}

Result<PgRows> Postgres::query(std::string_view sql, const PgValues& values) {
  // What began in a snapshot or a change cannot go on in another connection.
  if (snapshots_ == 0) TRY(ready());
  if (!is_connected_) return lost();
  const auto arrays = values.arrays();
  return sent(PQsendQueryParams(connection_.get(), std::string(sql).c_str(),
                                arrays.count, arrays.types.data(), arrays.data.data(),
                                arrays.sizes.data(), arrays.formats.data(),
                                binary) == 1);
}

Status Postgres::execute(std::string_view sql, const PgValues& values) {
  TRY(query(sql, values));
  return {};
}

Status Postgres::run_script(const std::string& sql) {
  if (!is_connected_) return lost();
  TRY(sent(PQsendQuery(connection_.get(), sql.c_str()) == 1));
  return {};
}

Status Postgres::prepare(const char* name, std::string_view sql) {
  TRY(ready());
  TRY(sent(PQsendPrepare(connection_.get(), name, std::string(sql).c_str(), 0,
                         nullptr) == 1));
  return {};
}

Status Postgres::commit(std::span<const PgStatement> statements) {
  TRY(ready());
  PGconn* const connection = connection_.get();
  bool is_sent = PQenterPipelineMode(connection) == 1;
  const auto send = [&](const PgStatement& statement) {
    const auto arrays = statement.values.arrays();
    if (statement.prepared != nullptr)
      return PQsendQueryPrepared(connection, statement.prepared, arrays.count,
                                 arrays.data.data(), arrays.sizes.data(),
                                 arrays.formats.data(), binary) == 1;
    return PQsendQueryParams(connection, std::string(statement.sql).c_str(),
                             arrays.count, arrays.types.data(), arrays.data.data(),
                             arrays.sizes.data(), arrays.formats.data(), binary) == 1;
  };
  is_sent = is_sent && send({.sql = "BEGIN"});
  std::size_t waiting = 0;  // bytes that libpq holds a copy of
  for (const PgStatement& statement : statements) {
    is_sent = is_sent && send(statement);
    waiting += statement.values.bytes();
    if (!is_sent || waiting < 1U << 20U) continue;
    TRY(send_all());
    waiting = 0;
  }
  is_sent = is_sent && send({.sql = "COMMIT"}) && PQpipelineSync(connection) == 1;
  if (!is_sent) return lost();
  TRY(send_all());
  std::optional<Error> failed;
  while (true) {
    PGresult* const result = TRY(next_result());
    if (result == nullptr) {  // between two statements
      if (PQstatus(connection) != CONNECTION_OK) return lost();
      continue;
    }
    const PgRows owner(result);
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_PIPELINE_SYNC) break;
    if (status == PGRES_FATAL_ERROR && !failed) failed = error_of(result);
    if (PQstatus(connection) != CONNECTION_OK) {
      abandon();
      return tl::unexpected(*failed);
    }
  }
  if (PQexitPipelineMode(connection) != 1) abandon();
  if (!failed) return {};
  if (is_connected_ && PQtransactionStatus(connection) != PQTRANS_IDLE)
    (void)execute("ROLLBACK");
  return tl::unexpected(*failed);
}

// ---- Transactions -----------------------------------------------------------------

Result<Postgres::Snapshot> Postgres::Snapshot::begin(Postgres& database) {
  if (database.snapshots_ == 0)
    TRY(database.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  ++database.snapshots_;
  return Snapshot(database);
}

Postgres::Snapshot::~Snapshot() {
  if (database_ == nullptr || database_->snapshots_ == 0) return;
  if (database_->snapshots_ == 1) (void)database_->execute("ROLLBACK");
  database_->snapshots_ = std::max(database_->snapshots_ - 1, 0);
}

Result<Postgres::Change> Postgres::Change::begin(Postgres& database) {
  TRY(database.execute("BEGIN"));
  ++database.snapshots_;
  return Change(database);
}

Status Postgres::Change::commit() {
  Postgres& database = *std::exchange(database_, nullptr);
  const Status status = database.execute("COMMIT");
  database.snapshots_ = 0;
  return status;
}

Postgres::Change::~Change() {
  if (database_ == nullptr || database_->snapshots_ == 0) return;
  (void)database_->execute("ROLLBACK");
  database_->snapshots_ = 0;
}

// ---- PgCursor ---------------------------------------------------------------------

Status PgCursor::declare() {
  name_ = fmt::format("proctor_{}", ++database_->cursors_);
  return database_->execute(
      fmt::format("DECLARE {} NO SCROLL CURSOR FOR {}", name_, sql_), values_);
}

// As many as are about four megabytes, by those before them.
Status PgCursor::fetch() {
  constexpr std::size_t wanted = 4U << 20U, most = 1024;
  const int before = rows_.size();
  if (before > 0) {
    const std::size_t each = rows_.bytes() / static_cast<std::size_t>(before) + 1;
    batch_ = std::clamp<std::size_t>(wanted / each, 1, most);
  }
  rows_ = TRY(database_->query(fmt::format("FETCH {} FROM {}", batch_, name_)));
  is_at_end_ = static_cast<std::size_t>(rows_.size()) < batch_;
  return {};
}

Result<bool> PgCursor::step() {
  if (name_.empty()) {
    TRY(declare());
    TRY(fetch());
  }
  while (!TRY(rows_.step())) {
    if (is_at_end_) {
      (void)database_->execute("CLOSE " + name_);
      return false;
    }
    TRY(fetch());
  }
  return true;
}

}  // namespace proctor
