// What the drill's own trial came to: how many sabotages it noticed where it had to.
#pragma once

#include <cstddef>
#include <string>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// What became of one case of `prove`.
enum class Fate {
  killed,          ///< the drill went red at the named check
  survived,        ///< it did not: a hole in the drill
  unknown,         ///< it could not be injected, or was never finished: proves nothing
  not_applicable,  ///< this subject or engine has nothing of the kind
  twin_green,      ///< the healthy twin was met
  twin_red,        ///< a false alarm
};

/// A case of `prove`, be it finished or not. It has no objectives of its own: what counts is where
/// it went red.
[[nodiscard]] bool is_on_trial(const DrillRecord& drill);

/// Of a case whose findings are all "sabotage", or all "healthy-twin"; any other is unknown.
[[nodiscard]] Fate fate_of(const DrillRecord& drill);
/// "killed", "survived", "not applicable" ...
[[nodiscard]] std::string_view name_of(Fate fate);

struct KillScore {
  std::size_t killed = 0;
  std::size_t survived = 0;
  std::size_t unknown = 0;
  std::size_t not_applicable = 0;
  std::size_t twins_green = 0;
  std::size_t twins_red = 0;

  KillScore& operator+=(const KillScore& other);
};

[[nodiscard]] KillScore kill_score_of(const RunRecord& record);

/// Ends on the line "N killed, N survived, N not applicable".
[[nodiscard]] std::string text_of(const KillScore& score);

}  // namespace pgrehearse
