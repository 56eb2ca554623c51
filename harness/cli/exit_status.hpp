// The exit status of every verb, and the text that ends every help page.
#pragma once

#include <string_view>

namespace pgrehearse {

inline constexpr int exit_met = 0;
inline constexpr int exit_missed = 1;
inline constexpr int exit_not_proven = 2;
inline constexpr int exit_leftovers = 3;
inline constexpr int exit_refused = 4;
inline constexpr int exit_usage = 64;

inline constexpr std::string_view exit_status_help =
    "EXIT STATUS\n"
    "  0      every objective and check was met\n"
    "  1      an objective or a check was missed\n"
    "  2      not proven: nothing ran, something was skipped, a check is unknown,\n"
    "         or the harness could not do its work\n"
    "  3      something of the run could not be removed\n"
    "  4      refused by a guard\n"
    "  64     wrong usage or configuration\n"
    "  128+n  ended by signal n\n";

}  // namespace pgrehearse
