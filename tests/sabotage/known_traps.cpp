#include "harness/gtest/known_traps.hpp"

#include "tests/sabotage/negative_controls.hpp"
#include "tests/sabotage/traps_in_drills.hpp"
#include "tests/sabotage/traps_in_restores.hpp"

namespace pgrehearse {

std::vector<KnownTrap> known_traps() {
  std::vector<KnownTrap> known;
  const auto add = [&](const auto& table) {
    for (const Trap& trap : table) {
      known.push_back(
          {.id = trap.id, .what = trap.what, .shown_by = trap.shown_by, .why_not = trap.why_not});
    }
  };
  add(traps_in_restores);
  add(traps_in_drills);
  add(negative_controls);
  return known;
}

}  // namespace pgrehearse
