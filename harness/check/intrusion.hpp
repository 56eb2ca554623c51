// Looks for what an intruder left behind in a cluster: everything that can run by itself, let
// somebody in or send data out, held against what was there when the cluster could be trusted.
//
// The rules are data: intrusion_rules.hpp (asked in SQL), intrusion_files.hpp (asked of files).
// A limit: SQL is answered by the server. One whose own programs were replaced can say what it
// likes, so a restored cluster is scanned under programs from elsewhere, in a clean room.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/secret.hpp"
#include "harness/check/capture.hpp"
#include "harness/check/intrusion_rules.hpp"
#include "harness/pg/cluster.hpp"

namespace pgrehearse {

/// Names only, never a value.
struct IntrusionFinding {
  std::string rule;      ///< "R01", "FS04"
  std::string database;  ///< empty for the cluster and its files
  std::string object;    ///< "intruder", "function public.lower(text)", "pg_wal/notes"
  std::string what;      ///< "superuser, not in the baseline"

  friend auto operator<=>(const IntrusionFinding&, const IntrusionFinding&) = default;
};

/// One thing that a rule saw, its state as a keyed digest.
struct IntrusionRow {
  std::string rule;
  std::string database;
  std::string object;
  std::string digest;

  friend auto operator<=>(const IntrusionRow&, const IntrusionRow&) = default;
};

/// What a trusted cluster showed. Stays in memory: the key does not outlive the run.
struct IntrusionBaseline {
  Secret key;
  std::vector<std::string> protected_tables = {};  ///< what D01 asks about
  std::vector<std::string> databases = {};         ///< those that were looked into
  std::vector<IntrusionRow> rows = {};             ///< sorted
};

/// What to do with databases that take no connections, as template0.
enum class ClosedDatabases {
  skip,
  open,  ///< opened for the scan and closed again: for a copy in quarantine, it writes
};

struct ScanOptions {
  RulePhase phase = RulePhase::before_rotation;  ///< before or after, never always
  ClosedDatabases closed = ClosedDatabases::open;
  /// What the harness itself wrote into the settings file of this server: no finding of S02 to S04.
  ServerSettings own_settings = {};
};

/// Reads a cluster that is trusted, before the incident. `protected_tables` are those that only
/// change by somebody's decision ("bookings.public.site_members"): their content is compared too.
/// `connect` gives superuser sessions. Read-only. Throws what Session throws; Error{refused} when a
/// session is no superuser's; Error{program_failed} when files could not be listed.
[[nodiscard]] IntrusionBaseline capture_intrusion_baseline(const Connect& connect,
    Instance& instance, const std::vector<std::string>& protected_tables = {});

/// Asks every rule in every database. A database that the baseline was not captured in, template0
/// as a rule, is held against template1: nothing may be there that template1 does not have. Empty
/// means that every rule was answered and found nothing; what could not be asked throws, as above;
/// so does a baseline that holds nothing, with Error{bad_value}.
[[nodiscard]] std::vector<IntrusionFinding> scan_for_intrusion(const Connect& connect,
    Instance& instance, const IntrusionBaseline& baseline, const ScanOptions& options = {});

/// The one question that only makes sense after the rotation, alone: roles whose verifier is the
/// one of the baseline.
[[nodiscard]] std::vector<std::string> roles_with_old_verifiers(
    const Connect& connect, const IntrusionBaseline& baseline);

/// How many distinct rules there are, SQL and files.
[[nodiscard]] std::vector<std::string> intrusion_rule_ids();

}  // namespace pgrehearse
