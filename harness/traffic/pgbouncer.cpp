#include "harness/traffic/pgbouncer.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/traffic/console.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

// More than a drill has clients: a pool that is too small would be measured in place of a recovery.
constexpr int most_connections = 400;

// "name" of the list of users; a quote inside is doubled.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char letter : text) {
    result.append(letter == '"' ? 2 : 1, letter);
  }
  return result + "\"";
}

}  // namespace

std::string_view name_of(PoolMode mode) {
  return mode == PoolMode::session ? "session" : "transaction";
}

fs::path pgbouncer_program() {
  const char* told = std::getenv("PGREHEARSE_PGBOUNCER");
  if (told != nullptr && *told != '\0') {
    if (access(told, X_OK) != 0) {
      throw Error{ErrorCode::engine_missing, "there is no pgbouncer at the place that was named",
          "PGREHEARSE_PGBOUNCER must name the program itself.", "PGREHEARSE_PGBOUNCER"};
    }
    return told;
  }
  const char* path = std::getenv("PATH");
  for (const std::string& folder :
      split(fmt::format("{}:/usr/sbin:/usr/local/sbin", path == nullptr ? "" : path), ':')) {
    const fs::path candidate = fs::path{folder} / "pgbouncer";
    if (!folder.empty() && access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  throw Error{ErrorCode::engine_missing, "there is no pgbouncer on this host",
      "Install the package pgbouncer, or drill without a pooler: --pooler none."};
}

std::string pgbouncer_ini(const PgBouncerSettings& settings, const Upstream& upstream) {
  return fmt::format(R"ini([databases]
{0} = host={1} port={2} dbname={0}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {3}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {4}
admin_users = {5}
pool_mode = {6}
max_client_conn = {7}
default_pool_size = {7}
ignore_startup_parameters = options,extra_float_digits
client_login_timeout = 10
query_wait_timeout = 2
server_connect_timeout = 5
server_login_retry = 1
)ini",
      upstream.database, upstream.endpoint.host, upstream.endpoint.port, settings.port,
      settings.users.string(), console_user, name_of(settings.mode), most_connections);
}

Secret pgbouncer_users(const Upstream& upstream, const Secret& console_verifier) {
  std::string text =
      fmt::format("{} {}\n", quoted(console_user), quoted(console_verifier.reveal()));
  for (const RoleVerifier& role : upstream.roles) {
    text += fmt::format("{} {}\n", quoted(role.role), quoted(role.verifier.reveal()));
  }
  return Secret{std::move(text)};
}

}  // namespace pgrehearse
