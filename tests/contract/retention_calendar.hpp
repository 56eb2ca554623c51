// Thirteen months in which a tiny database is really backed up, and its sets and WAL expire day by
// day. Only the dates are simulated: each set is one of pg_basebackup, each segment was archived.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "harness/backup/archive.hpp"
#include "harness/backup/base_backup.hpp"
#include "harness/backup/expiry.hpp"
#include "harness/backup/retention.hpp"
#include "harness/base/files.hpp"
#include "harness/check/finding.hpp"
#include "harness/engine/engine.hpp"
#include "harness/engine/run_scope.hpp"
#include "harness/pg/recovery_target.hpp"

namespace pgrehearse {

/// What one day with a backup left.
struct LivedDay {
  std::string day;  ///< "2028-02-29": the set's id, too
  BackupSet set = {};
  CataloguedSet catalogued = {};  ///< taken at 02:00
  int rows_in_set = 0;
  int rows_in_the_evening = 0;  ///< at the restore point "evening-2028-02-29"
};

/// One expiry, on copies of all that was there before it.
struct Expired {
  std::string backups;  ///< volume
  std::string archive;  ///< volume
  Instance* keeper = nullptr;
  std::set<std::string> sets_before = {};
  std::set<std::string> files_before = {};
  std::vector<Removal> log = {};
};

/// What came of one restore.
struct RestoredRows {
  int rows = -1;             ///< nothing was restored
  std::string trouble = {};  ///< then the reason
};

class RetentionCalendar {
 public:
  /// Lives through the months up to the last day's noon, with an expiry at noon of each day with a
  /// backup but the last one's.
  RetentionCalendar();
  ~RetentionCalendar();
  RetentionCalendar(const RetentionCalendar&) = delete;
  RetentionCalendar& operator=(const RetentionCalendar&) = delete;

  static constexpr RetentionPolicy policy{.pitr_days = 5, .daily = 7, .weekly = 4, .monthly = 12};

  /// What the policy says at noon of the last day.
  [[nodiscard]] Retention last_retention() const;
  /// Carries a retention out on hard-linked copies. One that is not logged loses its entry.
  [[nodiscard]] Expired expire_copies(const Retention& retention, const std::string& unlogged = {});

  /// Sets and archived files that are there.
  [[nodiscard]] std::set<std::string> sets_of(const Expired& expired) const;
  [[nodiscard]] std::set<std::string> files_of(const Expired& expired) const;
  /// Of the server recovered from this day's set. Rows that are not the first so many count as -2.
  [[nodiscard]] RestoredRows restored_from(
      const Expired& expired, const std::string& day, const RecoveryTarget& target);
  [[nodiscard]] const LivedDay& on(const std::string& day) const { return days_.at(day); }
  [[nodiscard]] const std::map<std::string, LivedDay>& days() const { return days_; }

 private:
  void live(const std::string& day);
  void write(const std::string& what);
  void expire_at_noon(const std::string& day);

  std::unique_ptr<RunJournal> journal_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Instance> instance_;
  std::unique_ptr<Cluster> source_;
  Archive archive_{"archive"};
  int rows_ = 0;
  int names_given_ = 0;
  std::map<std::string, LivedDay> days_;  ///< all that were lived
  std::vector<CataloguedSet> catalogue_;  ///< what has not expired
  std::vector<std::unique_ptr<Instance>> keepers_;
};

/// What was promised, written down by hand, held against what is there after an expiry:
/// promised-kept, wal-kept, expired-gone, removals-logged.
[[nodiscard]] std::vector<Finding> audit(const RetentionCalendar& calendar, const Expired& expired);
/// The sets that the policy promises on the last day, oldest first.
[[nodiscard]] const std::vector<std::string>& promised_days();
/// The set with which the promised window begins.
inline constexpr const char* first_day_of_window = "2028-12-26";
inline constexpr const char* last_day = "2028-12-31";

}  // namespace pgrehearse
