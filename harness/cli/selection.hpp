// What `prove --only` picks: sabotages by their own names, or by the ids of the traps that they
// show.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/cli/suites.hpp"
#include "harness/gtest/known_traps.hpp"

namespace pgrehearse {

/// The cases ("Suite.Case") that a list such as "T17,SequenceBehind" names, and beside those of
/// each suite its healthy twin: without one that is green, a red proves nothing. A name is a case,
/// with or without its suite. `suites` are those to choose from; others and their cases are not
/// known. Throws Error{bad_config}, naming the nearest, for what is none of them, and for a trap
/// that no sabotage of them shows.
[[nodiscard]] std::vector<std::string> cases_named(
    const std::string& only, std::span<const SuiteEntry> suites, std::span<const KnownTrap> traps);

}  // namespace pgrehearse
