// The Postgres programs of this host, and whether we accept them.
#pragma once

#include <filesystem>
#include <string>

namespace pgrehearse {

struct LocalPrograms {
  std::filesystem::path folder;  ///< of initdb, postgres, pg_ctl
  std::string version;           ///< "15.20"
};

/// $PGREHEARSE_PG_BIN, else /usr/lib/postgresql/15/bin, else the folder of `postgres` in PATH.
/// Throws Error{engine_missing} when there are none, Error{refused} for another major version than
/// 15 or one before 15.19: below it a dump or a server's contents can attack whoever restores it
/// (CVE-2024-7348, CVE-2025-8714, CVE-2025-8715, CVE-2026-6475, CVE-2026-18408).
[[nodiscard]] LocalPrograms local_programs();

/// "15.20" of "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)"; empty when it says none.
[[nodiscard]] std::string version_in(const std::string& answer);
/// The rule above. Throws Error{refused}.
void demand_safe_version(const std::string& version, const std::string& place);

}  // namespace pgrehearse
