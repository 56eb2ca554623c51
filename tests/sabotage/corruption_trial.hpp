// The corruption drills, with places to break their steps. The variants that recover from the last
// backup follow one story, which differs by damage, watch and checksums; those that repair the
// index, choose a backup, bisect the backups or replace a broken chain have one each.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/incident/damage.hpp"
#include "tests/sabotage/trial.hpp"

namespace pgrehearse {

/// Restored from the last backup, and replayed up to the marker.
struct BrokenRecovery {
  Red killed_by = {};
  DataChecksums checksums = DataChecksums::on;
  Damage damage = flipped_heap_page();
  Watch detected_by = Watch::amcheck;
  std::function<void(Drill&, Source&)> before_marker = [](Drill&, Source&) {};
  std::function<Restored(Drill&, Source&, const BackupSet&, const Marker&)> restore =
      [](Drill& drill, Source& source, const BackupSet& backup, const Marker& marker) {
        return drill.restore(source, backup, to(marker));
      };
  std::function<void(Restored&, Source&)> restored = [](Restored&, Source&) {};
};

/// A damaged index is rebuilt in place.
struct BrokenRepair {
  Red killed_by = {};
  Damage damage = flipped_index_page();
  std::function<Restored(Drill&, Source&, const Injury&, const Marker&)> rebuild =
      [](Drill& drill, Source& source, const Injury& injury, const Marker& marker) {
        return drill.rebuild_index(source, injury, marker);
      };
  /// In the repaired database; the index is quoted, as SQL has it.
  std::function<void(Session&, const std::string& index)> rebuilt = [](Session&,
                                                                        const std::string&) {};
};

/// The newest backup is damaged, and the one before it is used.
struct BrokenChoice {
  Red killed_by = {};
  std::function<void(Source&, const BackupSet& older, const BackupSet& newest)> damage_backups =
      [](Source& source, const BackupSet&, const BackupSet& newest) {
        Drill::damage_backup(source, newest);
      };
  std::function<RecoveryTarget(const Marker&)> target = [](const Marker& marker) {
    return to(marker);
  };
};

/// Silent damage lies in the newer ones of four backups, and they are bisected for it.
struct BrokenBisection {
  Red killed_by = {};
  Damage damage = flipped_heap_page();
  std::function<void(Drill&, Source&)> before_marker = [](Drill&, Source&) {};
  std::function<Restored(
      Drill&, Source&, const std::vector<BackupSet>&, const Marker&, const Injury&)>
      restore = [](Drill& drill, Source& source, const std::vector<BackupSet>& backups,
                    const Marker& marker, const Injury& injury) {
        return drill.restore_newest_clean(source, backups, marker, injury, backups[1].id);
      };
};

/// An archived segment is damaged: the old chain is of no use, and a new backup replaces it.
struct BrokenReplacement {
  Red killed_by = {};
  bool noted_after_the_damage = false;
  std::function<Injury(Drill&, Source&, const Marker&)> damage = [](Drill& drill, Source& source,
                                                                     const Marker& marker) {
    return drill.damage_archive(source, marker.last_segment);
  };
  std::function<void(Source&, const BackupSet& fresh)> fresh_taken = [](Source&, const BackupSet&) {
  };
  std::function<Restored(
      Drill&, Source&, const BackupSet& old, const BackupSet& fresh, const Marker& newer)>
      restore = [](Drill& drill, Source& source, const BackupSet&, const BackupSet& fresh,
                    const Marker& newer) { return drill.restore(source, fresh, to(newer)); };
};

/// A hook that damages a file of the restored server while it is down.
[[nodiscard]] std::function<void(Restored&, Source&)> struck_again(const Damage& damage);
/// A file of the set, inside the source's instance. Throws NotApplicable where the tool keeps
/// its sets in a form of its own.
[[nodiscard]] std::string inside(
    const Source& source, const BackupSet& set, const std::string& file);

class CorruptionSabotage : public Trial {
 protected:
  template <typename Broken>
  void must_be_killed(const Broken& broken) {
    Trial::must_be_killed(
        "corruption", broken.killed_by, [&](Drill& drill) { tell(drill, broken); });
  }
  /// The healthy twin of a story.
  template <typename Broken>
  void must_be_green(const Broken& nothing) {
    Trial::must_be_green("corruption", [&](Drill& drill) { tell(drill, nothing); });
  }

 private:
  static void tell(Drill& drill, const BrokenRecovery& broken);
  static void tell(Drill& drill, const BrokenRepair& broken);
  static void tell(Drill& drill, const BrokenChoice& broken);
  static void tell(Drill& drill, const BrokenBisection& broken);
  static void tell(Drill& drill, const BrokenReplacement& broken);
};

}  // namespace pgrehearse
