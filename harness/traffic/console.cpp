#include "harness/traffic/console.hpp"

#include <array>
#include <memory>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "harness/base/error.hpp"
#include "harness/pg/connection_failure.hpp"

namespace pgrehearse {
namespace {

PGconn* of(void* connection) {
  return static_cast<PGconn*>(connection);
}

}  // namespace

Console::Console(const Endpoint& endpoint, const Secret& password) {
  const std::string port = fmt::format("{}", endpoint.port);
  constexpr std::array<const char*, 10> names{"host", "port", "dbname", "user", "password",
      "connect_timeout", "sslmode", "gssencmode", "application_name", nullptr};
  const std::array<const char*, 10> values{endpoint.host.c_str(), port.c_str(), console_database,
      console_user, password.reveal().c_str(), "5", "disable", "disable", "pgrehearse", nullptr};
  PGconn* const made = PQconnectdbParams(names.data(), values.data(), 0);
  if (PQstatus(made) != CONNECTION_OK) {
    const ConnectionFailure known = connection_failure_of(PQerrorMessage(made));
    PQfinish(made);
    throw Error{ErrorCode::connection_lost,
        fmt::format("could not connect to the pooler's console: {}", known.cause),
        std::string{known.hint}};
  }
  connection_ = made;
}

Console::~Console() {
  PQfinish(of(connection_));
}

std::vector<ConsoleRow> Console::tell(std::string_view command) {
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result{
      PQexec(of(connection_), std::string{command}.c_str()), PQclear};
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    // What a command on the pooler itself fails with names settings and databases, never values.
    throw Error{ErrorCode::query_failed,
        fmt::format("the pooler did not take '{}': {}", command,
            PQresultErrorField(result.get(), PG_DIAG_MESSAGE_PRIMARY) == nullptr
                ? "the connection broke"
                : PQresultErrorField(result.get(), PG_DIAG_MESSAGE_PRIMARY)),
        "Is it still running?"};
  }
  std::vector<ConsoleRow> rows(static_cast<std::size_t>(PQntuples(result.get())));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (int column = 0; column < PQnfields(result.get()); ++column) {
      rows[row].emplace_back(PQgetvalue(result.get(), static_cast<int>(row), column));
    }
  }
  return rows;
}

}  // namespace pgrehearse
