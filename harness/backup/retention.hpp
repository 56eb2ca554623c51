// Which backup sets must be kept, and why; and which WAL they need. A pure function of the
// catalogue and a day: nothing is removed here (harness/backup/expiry.hpp does that).
//
// Days are of the calendar in UTC, weeks begin on Monday (ISO 8601). A day, week or month without a
// backup does not count: a backup job that stopped does not let the last good sets expire.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/pg/lsn.hpp"

namespace pgrehearse {

struct RetentionPolicy {
  int pitr_days = 0;  ///< any instant of so many days back can be recovered to, from a near set
  int daily = 0;      ///< the newest set of so many days
  int weekly = 0;     ///< the first set of so many weeks
  int monthly = 0;    ///< the first set of so many months
};

/// As runbooks commonly promise it.
inline constexpr RetentionPolicy weekly_for_half_a_year{.pitr_days = 30, .weekly = 26};
inline constexpr RetentionPolicy month_quarter_year{.daily = 30, .weekly = 12, .monthly = 12};
inline constexpr RetentionPolicy week_month_year{.daily = 7, .weekly = 4, .monthly = 12};

/// One set of the catalogue.
struct CataloguedSet {
  std::string id;
  std::string parent = {};  ///< the set it needs to be restored; empty: none
  Timestamp taken = {};     ///< when it was complete
  Lsn start = {};           ///< the WAL from here
  Lsn end = {};             ///< to here is needed to make it consistent
};

struct KeptSet {
  std::string id;
  std::vector<std::string> reasons;  ///< "newest", "daily 2028-02-29", "parent of incr-7", ...
};

struct WalSpan {
  Lsn start = {};
  Lsn end = {};
};

struct Retention {
  std::vector<KeptSet> kept = {};         ///< oldest first
  std::vector<std::string> expired = {};  ///< oldest first; nothing that is kept needs one of them
  std::vector<std::string> broken = {};   ///< a parent is missing: promise nothing, and are left
  Lsn wal_from = {};                      ///< all WAL from here on is needed
  std::vector<WalSpan> wal_spans = {};    ///< and what sets before it need for themselves

  [[nodiscard]] bool keeps(std::string_view id) const;
  /// Of a file in the archive. Of segments and backup labels only: what is not understood, and
  /// every timeline's history, is needed.
  [[nodiscard]] bool needs(std::string_view archived_file) const;
};

/// The newest set is kept whatever the policy; so is one that was taken after `now`. Sets may come
/// in any order.
[[nodiscard]] Retention keep(
    const RetentionPolicy& policy, std::vector<CataloguedSet> sets, Timestamp now);

}  // namespace pgrehearse
