// The accidental-delete drill, with a place to break each of its steps.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/incident/accident.hpp"
#include "tests/sabotage/trial.hpp"

namespace pgrehearse {

/// One way to break the drill. Each hook is the one thing changed against the healthy drill.
struct Sabotage {
  Red killed_by = {};                         ///< the check that must be missed, and why
  bool needs_application = false;             ///< not applicable where the subject names none
  std::optional<Milliseconds> patience = {};  ///< with a recovery that does not end
  std::function<void(Subject&)> change_subject = [](Subject&) {};
  std::function<void(Source&)> before_backup = [](Source&) {};
  std::function<void(Source&)> before_marker = [](Source&) {};
  bool marker_after_incident = false;
  bool under_load = false;
  std::function<Incident(const Subject&)> incident = [](const Subject& given) {
    return delete_without_where(given.accidental_delete.delete_from);
  };
  std::function<void(Source&, const Marker&)> before_restore = [](Source&, const Marker&) {};
  std::function<RecoveryTarget(const Marker&, const Injury&)> target =
      [](const Marker& marker, const Injury&) { return to(marker); };
  /// When the files of the restored server are there, and it has not started. Not applicable where
  /// the backup tool restores none.
  std::function<void(Restored&, const Marker&)> unpacked = {};
  /// Called only when the restored server serves.
  std::function<void(Restored&, Source&)> restored = [](Restored&, Source&) {};
  /// What is left of the clients' ledger when the commits are compared.
  std::function<void(std::vector<LedgerEntry>&)> ledger = [](std::vector<LedgerEntry>&) {};
  std::function<void(Drill&, Source&, Restored&)> switch_traffic =
      [](Drill& drill, Source& source, Restored& fresh) { drill.switch_traffic(source, fresh); };
};

/// A hook that runs SQL in the restored database.
[[nodiscard]] std::function<void(Restored&, Source&)> sql(std::function<void(Session&)> statements);

/// A hook that adds lines to what the restored server reads last of all its settings.
[[nodiscard]] std::function<void(Restored&, const Marker&)> settings(const std::string& lines);
/// A hook that removes a file from the restored data directory.
[[nodiscard]] std::function<void(Restored&, const Marker&)> without(const std::string& file);

/// One way to break the drill in which lost rows are copied back.
struct SurgerySabotage {
  Red killed_by = {};
  bool stop_after_the_accident = false;
  /// In the recovered database, before rows are copied out of it.
  std::function<void(Session&, const std::string& table)> before_copy = [](Session&,
                                                                            const std::string&) {};
  /// In the live database.
  std::function<void(Session&, const std::string& table)> after_copy = [](Session&,
                                                                           const std::string&) {};
};

class AccidentalDeleteSabotage : public Trial {
 protected:
  void must_be_killed(const Sabotage& sabotage);
  /// Missed first at this check, and later at the one that the sabotage names.
  void must_be_killed_first_at(const Red& first, const Sabotage& sabotage);
  void must_be_green(const Sabotage& nothing);
  void must_be_killed(const SurgerySabotage& sabotage);
  void must_be_green(const SurgerySabotage& nothing);
  /// This check must be unknown.
  void must_be_unknown_at(const Doubt& doubt, const Sabotage& sabotage);
  /// All that the restored server is asked must be unknown.
  void must_be_unknown(const Sabotage& sabotage);

 private:
  static void tell(Drill& drill, const Sabotage& sabotage);
  static void tell(Drill& drill, const SurgerySabotage& sabotage);
};

}  // namespace pgrehearse
