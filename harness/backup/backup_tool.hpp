// Takes backup sets of a source and gives them back. Several tools, one contract:
// tests/contract/backup_tool_contract.cpp
//
// Whatever the tool, the source keeps its witness archive (harness/backup/archive.hpp), from which
// the harness reads what was committed. A tool that archives WAL does so beside it, and recovery
// uses the tool's own copy: a drill must not be green thanks to an archive that production lacks.
#pragma once

#include <string>
#include <vector>

#include "harness/backup/archive.hpp"
#include "harness/backup/backup_set.hpp"
#include "harness/pg/cluster.hpp"
#include "harness/pg/recovery_target.hpp"

namespace pgrehearse {

/// What a tool can and cannot. Each is tested on both sides: does it when it says so, refuses with
/// Error{refused} when it says not.
struct BackupToolProperties {
  std::string name;           ///< as drill.yaml has it: "pgbackrest"
  bool physical = true;       ///< sets are data directories; else the contents of a database
  bool point_in_time = true;  ///< replays WAL up to a recovery target
  bool incremental = false;   ///< takes diff and incr
  bool encrypted = false;     ///< sets and WAL at rest
  bool uses_witness_archive = false;  ///< recovers from our archive: that is its own
  bool on_host = false;  ///< works on paths of this host: physical only where instances share them
  std::vector<std::string> needs = {};  ///< programs that must be inside instances
  std::string package = {};             ///< Debian's, which has them
};

enum class BackupKind { full, diff, incr };
[[nodiscard]] std::string_view name_of(BackupKind kind);

struct TakeRequest {
  std::string id;  ///< the new set's, not used before
  BackupKind kind = BackupKind::full;
  std::string database = "postgres";  ///< logical tools take this one
  std::string snapshot = {};          ///< logical tools: an exported snapshot to read, or their own
};

/// What else a restored data directory needs before its server starts.
struct RestoredFiles {
  ServerSettings settings = {};    ///< restore_command and target; empty when the tool wrote them
  std::string served_record = {};  ///< path inside of the requests made to our restore_command
  std::vector<std::string> complaints = {};  ///< what the tool warned of, without values
};

/// A tool belongs to one source. What it runs, it runs inside the instances given, unless it says
/// on_host.
class BackupTool {
 public:
  virtual ~BackupTool() = default;

  [[nodiscard]] virtual const BackupToolProperties& properties() const = 0;
  /// What archive_command runs after the witness archive has the segment: a shell text with %p and
  /// %f, empty when the tool archives nothing. Segments count as archived when both succeeded.
  [[nodiscard]] virtual std::string archive_command(const Instance& source) const = 0;
  /// Once, when the source has just started and before it is written to. Throws
  /// Error{program_failed}.
  virtual void prepare(Cluster& source) = 0;
  /// The set counts as taken when this returns. Throws Error{program_failed}; then list() does not
  /// show it.
  [[nodiscard]] virtual BackupSet take(Cluster& source, const TakeRequest& request) = 0;
  /// Labels of the sets that the tool itself would restore, oldest first. Throws
  /// Error{backup_unusable} when it cannot read its own catalogue.
  [[nodiscard]] virtual std::vector<std::string> list(Instance& instance) = 0;
  /// Reads all of the set. Exit statuses are not believed where tools are known to lie.
  [[nodiscard]] virtual BackupVerification verify(Instance& instance, const BackupSet& set) = 0;
  /// Physical: fills the empty data directory, ready to recover to the target. Throws
  /// Error{backup_unusable} when the set is not what was taken, Error{program_failed} otherwise;
  /// then the data directory is empty again. Logical: Error{refused}.
  virtual RestoredFiles restore(
      Instance& instance, const BackupSet& set, const RecoveryTarget& target) = 0;
  /// Logical: loads the set into a running server that lacks the database. Throws as restore does;
  /// then the database is not there. Returns what the tool warned of. Physical: Error{refused}.
  virtual std::vector<std::string> load(Cluster& target, const BackupSet& set) = 0;
};

/// archive_mode and archive_command of a source: the witness archive first, then the tool's own.
[[nodiscard]] ServerSettings archive_settings(
    const Archive& witness, const BackupTool& tool, const Instance& source);

/// For restore() of logical tools and load() of physical ones.
[[noreturn]] void refuse(const BackupTool& tool, const std::string& what);

}  // namespace pgrehearse
