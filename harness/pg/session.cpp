#include "harness/pg/session.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <pqxx/pqxx>

#include "harness/pg/connection_failure.hpp"
#include "harness/pg/sqlstate.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view where_to_look =
    "The server's own words are withheld: they may quote row values. Its log has them.";

// One keyword of a connection string. In this form, unlike in a URI, nothing is percent-decoded.
void add(std::string& target, std::string_view keyword, std::string_view value) {
  target += fmt::format("{}='", keyword);
  for (const char letter : value) {
    if (letter == '\'' || letter == '\\') {
      target += '\\';
    }
    target += letter;
  }
  target += "' ";
}

bool is_numeric_address(std::string_view host) {
  return !host.empty() && (host.find_first_not_of("0123456789.") == std::string_view::npos ||
                              host.find(':') != std::string_view::npos);
}

// Everything that PG* variables of the environment could bend towards another server is spelled
// out.
std::string connection_string(const ConnectionSpec& spec) {
  const auto seconds = std::chrono::ceil<Seconds>(spec.connect_timeout).count();
  std::string target;
  add(target, "host", spec.endpoint.host);
  add(target, "hostaddr", is_numeric_address(spec.endpoint.host) ? spec.endpoint.host : "");
  add(target, "port", fmt::to_string(spec.endpoint.port));
  add(target, "dbname", spec.database);
  add(target, "user", spec.user);
  add(target, "password", spec.password.reveal());
  add(target, "application_name", spec.application);
  add(target, "connect_timeout", fmt::to_string(std::max<std::int64_t>(seconds, 2)));
  add(target, "sslmode", "prefer");
  add(target, "gssencmode", "disable");
  add(target, "target_session_attrs", "any");
  add(target, "client_encoding", "UTF8");
  add(target, "options",
      "-c client_min_messages=error");  // else libpq prints notices on our stderr
  add(target, "keepalives", "1");
  add(target, "keepalives_idle", "5");
  add(target, "keepalives_interval", "2");
  add(target, "keepalives_count", "3");
  add(target, "tcp_user_timeout", "15000");
  return target;
}

// libpqxx 6 keeps the SQLSTATE of most errors, but not of rollbacks and connection exceptions; a
// plain "connection exception" comes from a live session too, from a foreign server it asked.
std::string sqlstate_of(const std::exception& failure) {
  if (const auto* error = dynamic_cast<const pqxx::sql_error*>(&failure)) {
    return error->sqlstate();
  }
  if (dynamic_cast<const pqxx::serialization_failure*>(&failure) != nullptr) {
    return "40001";
  }
  if (dynamic_cast<const pqxx::deadlock_detected*>(&failure) != nullptr) {
    return "40P01";
  }
  if (dynamic_cast<const pqxx::statement_completion_unknown*>(&failure) != nullptr) {
    return "40003";
  }
  if (dynamic_cast<const pqxx::transaction_rollback*>(&failure) != nullptr) {
    return "40000";
  }
  if (dynamic_cast<const pqxx::too_many_connections*>(&failure) != nullptr) {
    return "53300";
  }
  return dynamic_cast<const pqxx::broken_connection*>(&failure) != nullptr ? "08000" : "";
}

Rows rows_of(const pqxx::result& result) {
  Rows rows;
  rows.reserve(static_cast<std::size_t>(result.size()));
  for (const auto& line : result) {
    Row& row = rows.emplace_back();
    row.reserve(static_cast<std::size_t>(line.size()));
    for (const auto& field : line) {
      row.push_back(field.is_null()
                        ? std::nullopt
                        : std::optional<std::string>{std::in_place, field.c_str(), field.size()});
    }
  }
  return rows;
}

std::string between_quotes(std::string_view text, char quote) {
  std::string result{quote};
  for (const char letter : text) {
    if (letter == '\0') {
      throw Error{ErrorCode::bad_value, "a text with a zero byte cannot be written in SQL", ""};
    }
    result.append(letter == quote ? 2 : 1, letter);
  }
  return result + quote;
}

}  // namespace

QueryError::QueryError(std::string message, std::string sqlstate)
    : Error(ErrorCode::query_failed, std::move(message), std::string{where_to_look}),
      sqlstate_(std::move(sqlstate)) {}

struct Session::Impl {
  explicit Impl(const std::string& target) : connection(target) {
#if PQXX_VERSION_MAJOR >= 7
    connection.set_notice_handler([](pqxx::zview) noexcept {});  // version 6 drops notices itself
#else
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
#endif
  }

  [[nodiscard]] bool open() const {
    return !lost && connection.is_open();
  }

  // Runs one driver call and lets nothing of its wording out.
  template <typename Call>
  Rows guarded(Call call) {
    if (!open()) {
      lost = true;
      throw Error{ErrorCode::connection_lost, "the connection to the server was lost earlier",
          "Open a new session; this one does not reconnect."};
    }
    try {
      pqxx::nontransaction work{connection};
      return rows_of(call(work));
    } catch (const std::exception& failure) {
      rethrow_scrubbed(failure);
    }
  }

  [[noreturn]] void rethrow_scrubbed(const std::exception& failure) {
    if (!connection.is_open()) {
      lost = true;
      throw Error{ErrorCode::connection_lost, "the connection to the server was lost",
          "Did the server die, or was it stopped? Read the end of its log."};
    }
    const std::string sqlstate = sqlstate_of(failure);
    if (sqlstate.empty()) {
      throw Error{ErrorCode::query_failed, "the driver could not run a statement",
          "COPY and statements with zero bytes cannot be sent this way."};
    }
    throw QueryError{fmt::format("SQLSTATE {}: {}", sqlstate, condition_of(sqlstate)), sqlstate};
  }

  pqxx::connection connection;
  bool lost = false;
};

Session::Session(const ConnectionSpec& spec) {
  const auto has_zero = [](std::string_view text) {
    return text.find('\0') != std::string_view::npos;
  };
  if (has_zero(spec.database) || has_zero(spec.user) || has_zero(spec.password.reveal())) {
    throw Error{ErrorCode::bad_value, "a connection parameter holds a zero byte", ""};
  }
  try {
    impl_ = std::make_unique<Impl>(connection_string(spec));
  } catch (const std::exception& failure) {
    const ConnectionFailure known = connection_failure_of(failure.what());
    throw Error{ErrorCode::connection_lost, fmt::format("could not connect: {}", known.cause),
        std::string{known.hint}};
  }
}

Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

Rows Session::exec(std::string_view sql) {
  return impl_->guarded([&](pqxx::nontransaction& work) { return work.exec(std::string{sql}); });
}

Rows Session::exec(std::string_view sql, std::span<const std::optional<std::string>> parameters) {
#if PQXX_VERSION_MAJOR >= 7
  pqxx::params given;
  for (const std::optional<std::string>& parameter : parameters) {
    given.append(parameter);
  }
  return impl_->guarded(
      [&](pqxx::nontransaction& work) { return work.exec(std::string{sql}, given); });
#else
  std::vector<const char*> given;
  given.reserve(parameters.size());
  for (const std::optional<std::string>& parameter : parameters) {
    given.push_back(parameter ? parameter->c_str() : nullptr);
  }
  return impl_->guarded([&](pqxx::nontransaction& work) {
    return work.exec_params(std::string{sql}, pqxx::prepare::make_dynamic_params(given));
  });
#endif
}

std::string Session::value(std::string_view sql) {
  const Rows rows = exec(sql);
  if (rows.size() != 1 || rows.front().size() != 1 || !rows.front().front()) {
    throw Error{ErrorCode::internal,
        fmt::format(
            "a question for one value was answered with {} rows, or with none", rows.size()),
        ""};
  }
  return *rows.front().front();
}

bool Session::alive() const {
  if (impl_ == nullptr || !impl_->open()) {
    return false;
  }
  try {
    // Reads all that has arrived, without waiting: the server's last words, then that it is gone.
    for (pollfd arrived{impl_->connection.sock(), POLLIN, 0};
         impl_->connection.is_open() && poll(&arrived, 1, 0) > 0;) {
      impl_->connection.get_notifs();
    }
  } catch (const std::exception&) {
    impl_->lost = true;
  }
  return impl_->open();
}

std::string literal(std::string_view text) {
  // With a backslash the escape form, whatever standard_conforming_strings says.
  if (text.find('\\') == std::string_view::npos) {
    return between_quotes(text, '\'');
  }
  std::string doubled;
  for (const char letter : text) {
    doubled.append(letter == '\\' ? 2 : 1, letter);
  }
  return " E" + between_quotes(doubled, '\'');
}

std::string identifier(std::string_view name) {
  return between_quotes(name, '"');
}

}  // namespace pgrehearse
