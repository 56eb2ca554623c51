#include "harness/gtest/known_traps.hpp"

#include "tests/sabotage/traps_in_drills.hpp"
#include "tests/sabotage/traps_in_restores.hpp"

namespace pgrehearse {

std::vector<KnownTrap> known_traps() {
  std::vector<KnownTrap> known;
  const auto add = [&](const auto& table) {
    for (const Trap& trap : table) {
      known.push_back({.id = trap.id, .what = trap.what, .shown_by = trap.shown_by});
    }
  };
  add(traps_in_restores);
  add(traps_in_drills);
  return known;
}

}  // namespace pgrehearse
