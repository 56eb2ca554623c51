// Keeps a drill's hands off production: by what the connection is called, before the first packet,
// and by what the server says of itself, before anything else is asked of it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/pg/connection_target.hpp"

namespace pgrehearse {

/// Why a name looks like production: "the host 'db-prod-1' says 'prod'". Nothing when it does not.
/// Words count, not parts of words: "product" is none, "shop-prod2", "prodEU" and "LIVE" are.
[[nodiscard]] std::optional<std::string> production_by_name(const ConnectionTarget& target);

/// The value of an environment variable, or nothing.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

/// That nobody reads a server by accident: `said_so` is the flag --source-is-not-production, else
/// TARGET_ENV=staging and CONFIRM_DRILL=YES must stand in the environment. What APP_ENV, RAILS_ENV,
/// NODE_ENV or TARGET_ENV call production is refused in any case, and so is a target that looks
/// like it. Throws Error{refused} that says what to do.
void demand_no_production(
    const ConnectionTarget& target, bool said_so, const Environment& environment);

/// By the server itself: it carries the marker (a setting pgrehearse.production, of the server, the
/// database or the role), replicas stream from it, others work on it, or its system identifier is
/// among those `denied`. Reads only. Throws Error{refused}.
void demand_no_production(Session& session, const std::vector<std::string>& denied);

}  // namespace pgrehearse
