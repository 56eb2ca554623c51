// Where the source's WAL segments go, and what is really there.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/backup/archive_audit.hpp"
#include "harness/pg/cluster.hpp"
#include "harness/pg/lsn.hpp"

namespace pgrehearse {

/// The archive of one source: a volume that the source writes and restored instances only read.
class Archive {
 public:
  explicit Archive(std::string volume) : volume_(std::move(volume)) {}

  [[nodiscard]] const std::string& volume() const { return volume_; }

  /// archive_mode and archive_command for a server in `instance`. The command is pgrehearse-agent
  /// archive-push: atomic, durable, refuses other content under the same name.
  [[nodiscard]] ServerSettings source_settings(const Instance& instance) const;
  /// restore_command for a server in `instance`: pgrehearse-agent archive-get, which notes each
  /// request in `served_record(instance)` and stops recovery on any trouble but "no such segment".
  [[nodiscard]] ServerSettings restore_settings(const Instance& instance) const;
  [[nodiscard]] std::string served_record(const Instance& instance) const;

  /// Name to SHA-256 of every file in the archive, read and hashed now, through `instance`.
  [[nodiscard]] std::map<std::string, std::string> listing(Instance& instance) const;
  /// All that there is to know of every file, read and hashed now, through `instance`.
  [[nodiscard]] SurveyedArchive survey(Instance& instance) const;
  /// The last archived segment is not believed: waits until `segment` is in the archive with the
  /// very bytes the source has in pg_wal (or had, when it is recycled). Throws Error{archive_gap}
  /// as soon as the archiver claims a segment that is not there, or fails; Error{timed_out} at the
  /// deadline. Gives back its SHA-256.
  std::string wait_until_archived(
      Cluster& source, const std::string& segment, Milliseconds deadline) const;

 private:
  std::string volume_;
};

/// A segment, a timeline's history or a backup's label; not the half-written file of an archiver at
/// work.
[[nodiscard]] bool is_archived_name(const std::string& name);

/// One request of a recovering server to its restore_command.
struct SegmentRequest {
  std::string asked;
  std::string outcome;  ///< "served", "missing", "trouble"
  std::string sha256;
};
/// Reads the record that archive-get keeps (JSON lines); none when nothing was asked.
[[nodiscard]] std::vector<SegmentRequest> requests_in(const std::string& record_text);

/// Names of the segments between two positions of a timeline, the ones holding both included.
[[nodiscard]] std::vector<std::string> segments_between(
    TimelineId timeline, Lsn first, Lsn last_end);

}  // namespace pgrehearse
