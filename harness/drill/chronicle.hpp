// The drill's ordered instants, and the phases of its recovery time, which sum to the whole.
#pragma once

#include <optional>
#include <string>

#include "harness/base/time.hpp"
#include "harness/drill/record.hpp"

namespace pgrehearse {

/// Phases follow each other without a gap: beginning one ends the one before. They count from the
/// incident, because that is when the outage begins for the business.
class Chronicle {
 public:
  explicit Chronicle(DrillRecord& record) : record_(&record) {}

  /// An instant by the server's clock, or by this host's when `clock` says "host".
  void note(InstantRecord instant);
  void note_now(const std::string& name);

  /// The incident: phases and the recovery time count from here.
  void incident_at(SteadyTime when);
  [[nodiscard]] std::optional<SteadyTime> incident() const { return incident_; }
  /// Ends the phase before it; the same name may come again, its time is added. Ignored before the
  /// incident.
  void begin_phase(const std::string& name);
  /// The clock of the phases stops: the recovery is over. Returns the time since the incident.
  std::chrono::nanoseconds stop();
  /// Since the alarm, when there was one.
  [[nodiscard]] std::optional<SteadyTime> alarm() const { return alarm_; }
  void alarm_now();

 private:
  void end_phase(SteadyTime now);

  DrillRecord* record_;
  std::optional<SteadyTime> incident_;
  std::optional<SteadyTime> alarm_;
  std::string phase_;
  SteadyTime phase_begin_;
};

}  // namespace pgrehearse
