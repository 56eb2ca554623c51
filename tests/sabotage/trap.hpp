// Known ways in which a restore goes wrong while everything looks well, and what proves that a
// drill is not fooled: a sabotage, where it can be injected into a drill, else a test of the part
// that would be, with the reason why no sabotage is, or that reason alone. The ids are those of the
// team's own lists, of traps (T17) and of negative controls (C2.3); what is not listed there has no
// id.
#pragma once

#include <string_view>

namespace pgrehearse {

struct Trap {
  std::string_view id = {};    ///< "T17", "C2.3"
  std::string_view what = {};  ///< what goes wrong
  /// "Suite.Case", separated by blanks: each turns red when the trap is not noticed. The suites
  /// that end in Sabotage are run by prove.
  std::string_view shown_by = {};
  std::string_view why_not = {};  ///< why no sabotage shows it, when none does
  bool loud = false;  ///< Postgres itself refuses: what must be noticed is the right reason
};

}  // namespace pgrehearse
