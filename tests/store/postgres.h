// A PostgreSQL for tests, where one is (program/postgres_server.py starts it).
#pragma once

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <unistd.h>

#include "proctor/base/base.h"

#ifdef PROCTOR_HAS_POSTGRES
#include <libpq-fe.h>

namespace proctor {

// Schemas of a test's own in that server, which go with it.
class Schemas {
 public:
  Schemas() {
    const char* const file = std::getenv("PROCTOR_TEST_POSTGRES");
    std::ifstream address(file != nullptr ? file : "");
    std::getline(address, url_);
  }
  Schemas(const Schemas&) = delete;
  Schemas& operator=(const Schemas&) = delete;
  ~Schemas() {
    for (const std::string& name : names_)
      sql("SET client_min_messages = error; DROP SCHEMA " + name + " CASCADE");
    PQfinish(connection_);
  }
  bool are_here() const { return !url_.empty(); }
  // The address of the schema of that name, which is made where it is not there.
  std::string url(const std::string& name) {
    const std::string schema = schema_of(name);
    if (std::ranges::find(names_, schema) == names_.end()) {
      sql("CREATE SCHEMA " + schema);
      names_.push_back(schema);
    }
    return fmt::format("{}&options=-csearch_path%3D{}", url_, schema);
  }
  // The first column of the first row, as text; where there is none, the error.
  std::string sql_in(const std::string& name, const std::string& statement) {
    sql("SET search_path = " + schema_of(name));
    return sql(statement);
  }
  std::string sql(const std::string& statement) {
    if (connection_ == nullptr) connection_ = PQconnectdb(url_.c_str());
    PGresult* const result = PQexec(connection_, statement.c_str());
    std::string value =
        PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : PQresultErrorMessage(result);
    PQclear(result);
    return value;
  }

 private:
  static std::string schema_of(const std::string& name) {
    return fmt::format("t{}_{}", ::getpid(), sha256_hex(name).substr(0, 8));
  }

  std::string url_;
  PGconn* connection_ = nullptr;
  std::vector<std::string> names_;
};

}  // namespace proctor

#else

namespace proctor {

struct Schemas {
  bool are_here() const { return false; }
  std::string url(const std::string&) const { return ""; }
};

}  // namespace proctor

#endif
