#include "harness/pg/login.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include "harness/base/text.hpp"
#include "harness/pg/connection_failure.hpp"

namespace pgrehearse {
namespace {

struct Finish {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};
using Connection = std::unique_ptr<PGconn, Finish>;

// Not PQconnectdbParams: its answer is there before the verbosity can be set.
Connection begin(const ConnectionSpec& spec) {
  const std::string port = fmt::to_string(spec.endpoint.port);
  // An empty value would let the environment decide; a folder of sockets has no address.
  const std::string address = spec.endpoint.host.starts_with('/') ? "" : spec.endpoint.host;
  const std::array keywords{"host", "hostaddr", "port", "dbname", "user", "password", "passfile",
      "application_name", "sslmode", "gssencmode", "target_session_attrs", "options",
      static_cast<const char*>(nullptr)};
  const std::array values{spec.endpoint.host.c_str(), address.c_str(), port.c_str(),
      spec.database.c_str(), spec.user.c_str(), spec.password.reveal().c_str(), "/nonexistent",
      spec.application.c_str(), "prefer", "disable", "any", "-c client_min_messages=error",
      static_cast<const char*>(nullptr)};
  static_assert(keywords.size() == values.size());
  Connection connection{PQconnectStartParams(keywords.data(), values.data(), 0)};
  if (connection == nullptr) {
    throw Error{ErrorCode::internal, "the driver could not begin a connection"};
  }
  PQsetErrorVerbosity(connection.get(), PQERRORS_SQLSTATE);
  return connection;
}

void wait_for(const Connection& connection, short events, SteadyTime end) {
  const auto left = std::chrono::duration_cast<Milliseconds>(end - SteadyTime::now()).count();
  pollfd socket{PQsocket(connection.get()), events, 0};
  if (left <= 0 || poll(&socket, 1, static_cast<int>(left)) == 0) {
    throw Error{ErrorCode::connection_lost, "could not connect: timed out",
        "Is the instance alive, and does its port reach the server?"};
  }
}

// At this verbosity the server's error is "FATAL:  28P01", behind the driver's own words.
std::string sqlstate_in(std::string_view message) {
  constexpr std::size_t length = 5;
  const std::string_view text = trimmed(message);
  if (text.size() < length + 1 || text[text.size() - length - 1] != ' ') {
    return {};
  }
  const std::string_view last = text.substr(text.size() - length);
  const bool whole = std::all_of(last.begin(), last.end(), [](char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z');
  });
  return whole ? std::string{last} : std::string{};
}

}  // namespace

LoginAnswer try_login(const ConnectionSpec& spec) {
  if (spec.password.empty()) {
    throw Error{ErrorCode::bad_value, "a login without a password cannot be tried"};
  }
  const SteadyTime end = SteadyTime::now() + spec.connect_timeout;
  const Connection connection = begin(spec);
  for (PostgresPollingStatusType status = PGRES_POLLING_WRITING; status != PGRES_POLLING_OK;
       status = PQconnectPoll(connection.get())) {
    if (status == PGRES_POLLING_FAILED) {
      const std::string_view message = PQerrorMessage(connection.get());
      LoginAnswer answer{.sqlstate = sqlstate_in(message)};
      if (answer.sqlstate.empty()) {
        const ConnectionFailure known = connection_failure_of(message);
        throw Error{ErrorCode::connection_lost, fmt::format("could not connect: {}", known.cause),
            std::string{known.hint}};
      }
      return answer;
    }
    if (PQstatus(connection.get()) != CONNECTION_BAD) {
      wait_for(connection, status == PGRES_POLLING_READING ? POLLIN : POLLOUT, end);
    }
  }
  return {.accepted = true};
}

}  // namespace pgrehearse
