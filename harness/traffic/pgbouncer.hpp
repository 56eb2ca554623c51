// What PgBouncer reads: where its program is, its settings, its list of users.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "harness/base/secret.hpp"
#include "harness/traffic/upstream.hpp"

namespace pgrehearse {

/// When a server connection goes back to the pool (PgBouncer's pool_mode).
enum class PoolMode { session, transaction };
[[nodiscard]] std::string_view name_of(PoolMode mode);

/// $PGREHEARSE_PGBOUNCER, else `pgbouncer` in PATH or in a folder for daemons, which ordinary users
/// have not in theirs. Throws Error{engine_missing} when there is none.
[[nodiscard]] std::filesystem::path pgbouncer_program();

struct PgBouncerSettings {
  std::uint16_t port = 0;
  PoolMode mode = PoolMode::session;
  std::filesystem::path users;  ///< path of the list
};

/// pgbouncer.ini. Waiting is kept short: what PgBouncer waits by default (60 s for a login, 120 s
/// for a server that is down, 15 s after a refusal) would be added to a recovery time that is not
/// its own.
[[nodiscard]] std::string pgbouncer_ini(
    const PgBouncerSettings& settings, const Upstream& upstream);
/// The list of users: verifiers only, no password.
[[nodiscard]] Secret pgbouncer_users(const Upstream& upstream, const Secret& console_verifier);

}  // namespace pgrehearse
