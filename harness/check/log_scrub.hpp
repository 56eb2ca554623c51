// A server log that may be handed on: what a complaining server quotes can be a row value.
#pragma once

#include <string>
#include <string_view>

namespace pgrehearse {

/// Keeps LOG lines as they are (they hold names, positions and times). In lines of any other level,
/// and in lines that continue another, every "quoted" part becomes "..." and DETAIL, HINT, CONTEXT,
/// QUERY and STATEMENT lines are dropped.
[[nodiscard]] std::string scrubbed_log(std::string_view log);

}  // namespace pgrehearse
