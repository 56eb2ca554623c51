// Known ways in which a restore goes wrong, by the ids under which people ask for them. The table
// lies with the sabotages, which are above this floor: the program is linked with both.
#pragma once

#include <string_view>
#include <vector>

namespace pgrehearse {

struct KnownTrap {
  std::string_view id = {};        ///< "T17", "C2.3"
  std::string_view what = {};      ///< what goes wrong
  std::string_view shown_by = {};  ///< "Suite.Case", by blanks; those of *Sabotage are prove's
  std::string_view why_not = {};   ///< why no sabotage shows it, when none does
};

/// Every trap that has an id. Defined in tests/sabotage/known_traps.cpp.
[[nodiscard]] std::vector<KnownTrap> known_traps();

}  // namespace pgrehearse
