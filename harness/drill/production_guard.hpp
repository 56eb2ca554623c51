// Keeps a drill's hands off production: by what the connection is called, before the first packet,
// and by what the server says of itself, before anything else is asked of it.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/pg/connection_target.hpp"

namespace pgrehearse {

/// What is taken for production, by its name, besides what says "prod" or "production" anywhere, as
/// "prod-1", "prodeu" and "shopprod" do. Each row is a guard of its own.
struct ProductionNames {
  std::vector<std::string_view> words;          ///< "live": as a word, not as a part of one
  std::vector<std::string_view> endings;        ///< "prd": as a word, and at the end of one
  std::vector<std::string_view> managed_hosts;  ///< endings of the providers' own host names
  std::vector<std::string_view> keywords;       ///< "dbname": where a word of the target counts
  std::vector<std::string_view> variables;      ///< "APP_ENV": what tells of the environment
};
[[nodiscard]] const ProductionNames& production_names();

/// Why a name looks like production: "its host says 'prod'". Nothing when it does not.
/// "product", "reproduction" and "preprod" are other words; "shop-prod2", "prodEU", "myproddb" and
/// "LIVE" are not.
[[nodiscard]] std::optional<std::string> production_by_name(
    const ConnectionTarget& target, const ProductionNames& names = production_names());

/// The value of an environment variable, or nothing.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

/// That nobody reads a server by accident: `said_so` is the flag --source-is-not-production, else
/// TARGET_ENV=staging and CONFIRM_DRILL=YES must stand in the environment. What APP_ENV, RAILS_ENV,
/// NODE_ENV or TARGET_ENV call production is refused in any case, and so is a target that looks
/// like it. Throws Error{refused} that says what to do.
void demand_no_production(const ConnectionTarget& target, bool said_so,
    const Environment& environment, const ProductionNames& names = production_names());

/// That no environment file beside the project (".env") calls this production by one of the same
/// variables. No such file is no objection. Throws Error{refused} with the name and the line, and
/// no value; Error{io} when it cannot be read.
void demand_no_production(const std::filesystem::path& environment_file,
    const ProductionNames& names = production_names());

/// A question to the server itself. `why` reads only, and tells why to go away, if so; `denied` are
/// the system identifiers that nobody may read.
struct ServerGuard {
  std::string_view name;
  std::optional<std::string> (*why)(Session& session, const std::vector<std::string>& denied);
};

/// It carries the marker (a setting pgrehearse.production, of the server, the database or the
/// role), its system identifier is denied, replicas stream from it, others work on it.
[[nodiscard]] std::span<const ServerGuard> server_guards();

/// Asks `guards` in their order. Throws Error{refused}.
void demand_no_production(Session& session, const std::vector<std::string>& denied,
    std::span<const ServerGuard> guards = server_guards());

}  // namespace pgrehearse
