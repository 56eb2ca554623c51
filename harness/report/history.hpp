// What many runs say together: trends, and what has become slower than it used to be.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// One case in one run, as far as numbers go.
struct HistoryPoint {
  std::string run_id;
  std::string end;  ///< of the run, UTC
  Verdict verdict = Verdict::unknown;
  std::map<std::string, double> seconds = {};  ///< "rto", "rpo", "phase replay"; measured ones only
  std::map<std::string, double> bytes = {};    ///< "database bytes", "backup bytes"
};

/// The runs of one case on one kind of engine, oldest first: times of another engine are others.
struct CaseHistory {
  std::string name;    ///< "AccidentalDelete.RowsDeletedWithoutWhereComeBack"
  std::string engine;  ///< "docker"
  std::vector<HistoryPoint> points = {};
};

/// The middle of these; 0 when there are none.
[[nodiscard]] double median_of(std::vector<double> values);

/// A time of the newest run that lies beyond what the runs before it let expect.
struct Slower {
  std::string name;  ///< of the case
  std::string engine;
  std::string what;    ///< "rto", "phase replay"
  double seconds = 0;  ///< of the newest run
  double usual = 0;    ///< median of the runs before
  double limit = 0;    ///< what would still have been noise
};

struct History {
  std::vector<CaseHistory> cases = {};
  std::vector<Slower> slower = {};
  std::size_t runs = 0;
  std::size_t last = 10;  ///< with how many runs before the newest it is compared
  std::vector<std::filesystem::path> unread = {};  ///< record.json files that are none
};

/// Of runs in any order; trials of the drill and runs that have not ended are left out. Only met
/// drills are compared: the newest one with up to `last` before it, once there are five. A time is
/// slower when it is beyond the median by more than three times the spread (1.4826 times the median
/// absolute deviation), by more than a fifth of the median, and by more than a quarter of a second.
[[nodiscard]] History history_of(const std::vector<RunRecord>& records, std::size_t last = 10);

/// The same of every record.json below `folder`; those of single cases of a run are parts of it and
/// left out. Throws Error{io} when there is no such folder.
[[nodiscard]] History history_in(const std::filesystem::path& folder, std::size_t last = 10);

}  // namespace pgrehearse
