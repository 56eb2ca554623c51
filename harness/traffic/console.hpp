// PgBouncer's admin console: it speaks Postgres' protocol and a handful of words of its own. By
// libpq itself, because libpqxx refuses a server that says it is version 1.18.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/secret.hpp"
#include "harness/engine/instance.hpp"

namespace pgrehearse {

/// The name of the console's only user, and of its database.
inline constexpr const char* console_user = "pgrehearse";
inline constexpr const char* console_database = "pgbouncer";

/// One line of an answer: the text of each column, empty for NULL.
using ConsoleRow = std::vector<std::string>;

class [[nodiscard]] Console {
 public:
  /// Throws Error{connection_lost}; the message never shows the connection string.
  Console(const Endpoint& endpoint, const Secret& password);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// KILL, RELOAD, RESUME, SHOW ... Throws Error{query_failed} when the answer is an error.
  std::vector<ConsoleRow> tell(std::string_view command);

 private:
  void* connection_ = nullptr;  ///< a PGconn; libpq's header stays in the source
};

}  // namespace pgrehearse
