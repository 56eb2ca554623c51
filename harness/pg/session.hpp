// One connection to one server. libpqxx lives behind this header and nowhere else.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/base/secret.hpp"
#include "harness/base/time.hpp"
#include "harness/engine/instance.hpp"

namespace pgrehearse {

struct ConnectionSpec {
  Endpoint endpoint;
  std::string database = "postgres";
  std::string user = "postgres";
  Secret password;
  std::string application = "pgrehearse";
  Milliseconds connect_timeout = Milliseconds{5'000};
};

/// A failed statement: its SQLSTATE is kept, its text is not (it may hold row values).
class QueryError : public Error {
 public:
  QueryError(std::string message, std::string sqlstate);
  [[nodiscard]] const std::string& sqlstate() const { return sqlstate_; }

 private:
  std::string sqlstate_;
};

using Row = std::vector<std::optional<std::string>>;
using Rows = std::vector<Row>;

/// Not safe to share between threads. A lost connection stays lost: libpqxx 6 would reconnect
/// silently, and a drill must notice an outage.
class [[nodiscard]] Session {
 public:
  /// Throws Error{connection_lost}; the message never shows the connection string.
  explicit Session(const ConnectionSpec& spec);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  /// Runs one or more statements outside any transaction of ours ("BEGIN" and "COMMIT" are the
  /// caller's). Returns the rows of the last one. Throws QueryError, or Error{connection_lost}.
  Rows exec(std::string_view sql);
  /// One statement with $1, $2 ... taken from `parameters`.
  Rows exec(std::string_view sql, std::span<const std::optional<std::string>> parameters);
  /// The single value of a single row; throws Error{internal} when there is none.
  std::string value(std::string_view sql);
  [[nodiscard]] bool alive() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// 'text' as an SQL literal, and "name" as an SQL identifier.
[[nodiscard]] std::string literal(std::string_view text);
[[nodiscard]] std::string identifier(std::string_view name);

}  // namespace pgrehearse
