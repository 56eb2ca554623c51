// The database that is going to have an accident: started, migrated, seeded, written to, backed up.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "harness/backup/archive.hpp"
#include "harness/check/capture.hpp"
#include "harness/drill/backup_plan.hpp"
#include "harness/drill/chronicle.hpp"
#include "harness/drill/heartbeats.hpp"
#include "harness/drill/hook.hpp"
#include "harness/drill/ledger.hpp"
#include "harness/drill/marker.hpp"
#include "harness/drill/migrate.hpp"
#include "harness/drill/rotation.hpp"
#include "harness/drill/run.hpp"
#include "harness/drill/workload.hpp"
#include "harness/incident/incident.hpp"
#include "harness/traffic/pooler.hpp"

namespace pgrehearse {

/// Volumes of one drill, shared by its instances.
struct DrillVolumes {
  std::string archive;
  std::string backups;
};

/// Postgres 15 makes clusters without checksums unless told otherwise; without them nothing but the
/// content tells that a bit has flipped.
enum class DataChecksums { on, off };

/// Turns them off where they shall be off; a new cluster of ours has them. The server is not
/// running.
void give_checksums(const Cluster& cluster, DataChecksums checksums);

/// Where a source starts, when it matters.
struct SourcePlace {
  std::string network = {};      ///< of the engine; empty: its own
  ServerSettings settings = {};  ///< after the harness' and drill.yaml's
  bool at_base = false;          ///< of a gate: without the new migrations, and for no client
};

/// The harness' settings for any server of the subject, source or restored, and drill.yaml's after
/// them.
[[nodiscard]] ServerSettings server_settings(const Subject& subject);

/// The same for a restored server: what its source subscribes to stays with the source. No worker
/// of a subscription starts, whatever the restored catalog says.
[[nodiscard]] ServerSettings restored_settings(const Subject& subject);

/// backup-output, restore-output: nothing that the tool said counts against it.
[[nodiscard]] Finding output_finding(
    const std::string& check, const std::vector<std::string>& complaints);

/// The instance belongs to the drill. Clients are held unless a function says that it lets them
/// run.
class Source {
 public:
  /// Starts the server in `instance`, refuses settings that make an RPO claim void, and loads the
  /// baseline: migrations twice (the second run must do nothing), seed, the drill's own commit
  /// table. Of a gate, the base's migrations and seed, and the new migrations on top. `file` takes
  /// what the source itself finds (backup-verified, archive-complete).
  Source(Run& run, DrillRecord& record, Instance& instance, DrillVolumes volumes,
      DataChecksums checksums, const SourcePlace& place, std::function<void(const Finding&)> file);

  /// Taken by the subject's backup tool and verified. Where drill.yaml wants differential or
  /// incremental sets, one of those, with a full one before the first.
  [[nodiscard]] BackupSet take_full_backup();

  /// Clients write until this many more commits are acknowledged, then are held.
  void write(std::int64_t commits);
  /// Waits until no transaction of a client is in flight, and lets none begin.
  void hold_clients() { workload_->hold(); }
  /// Clients write and go on writing.
  void keep_writing(std::int64_t commits);
  /// What clients do after an incident: this many transactions, whether they succeed or not.
  void attempt(std::int64_t transactions);
  /// Clients are held, the WAL is switched, and everything written so far is proven to be archived.
  void archive_everything();

  /// Sets the marker with the clients held at a barrier: nothing commits between the facts and the
  /// restore point.
  [[nodiscard]] Marker set_marker(const std::string& label, const BackupSet& since);
  /// Sets the marker while clients go on; the facts are reconciled by what the WAL says was
  /// committed between their snapshot and the restore point.
  [[nodiscard]] Marker set_marker_under_load(const std::string& label, const BackupSet& since);

  /// Name to digest of every segment that recovery would use, read now: the witness archive, or
  /// the backup tool's own.
  [[nodiscard]] std::map<std::string, std::string> archived_files() const;
  /// Paths of the files that hold this segment for recovery; of all segments when it is empty.
  [[nodiscard]] std::vector<std::string> recovery_copies_of(const std::string& segment) const;
  /// The dump taken at the marker that is the target. Throws Error{refused} for any other target.
  [[nodiscard]] const BackupSet& dump_at(const RecoveryTarget& target) const;
  /// What a restore to the target really reads: the set, or with a logical tool the target's dump.
  [[nodiscard]] const BackupSet& restorable(
      const BackupSet& set, const RecoveryTarget& target) const;

  /// What the harness wrote into the server's settings file.
  [[nodiscard]] const ServerSettings& settings() const { return settings_; }
  [[nodiscard]] Cluster& cluster() { return cluster_; }
  [[nodiscard]] const Cluster& cluster() const { return cluster_; }
  [[nodiscard]] const Ledger& ledger() const { return *ledger_; }
  [[nodiscard]] const Archive& archive() const { return archive_; }
  [[nodiscard]] DataChecksums checksums() const { return checksums_; }
  [[nodiscard]] BackupTool& tool() const { return *tool_; }
  [[nodiscard]] const DrillVolumes& volumes() const { return volumes_; }
  [[nodiscard]] const Subject& subject() const { return run_.subject; }
  /// The application's own way in: its role where drill.yaml names one, else the superuser; through
  /// the pooler where there is one (wherever that leads), else to this cluster itself.
  [[nodiscard]] ConnectionSpec application(const Cluster& cluster) const;
  /// The same role, straight to the cluster: the way that a fence must close.
  [[nodiscard]] ConnectionSpec application_past_the_pooler(const Cluster& cluster) const;
  /// Shuts the server down, or pulls the plug when it does not go: from now on no client may write
  /// here. Whether clients could until now is kept.
  void fence();
  /// Empty before fence().
  [[nodiscard]] std::optional<bool> answered_before_the_fence() const { return answered_; }
  /// Points the pooler at this cluster; without one there is nothing to point.
  void send_traffic_to(const Cluster& cluster);
  /// Nothing when clients connect to the server itself.
  [[nodiscard]] Pooler* pooler() const { return pooler_.get(); }
  /// What its backups left behind.
  [[nodiscard]] const Heartbeats& heartbeats() const { return heartbeats_; }
  /// From now on the server speaks TLS with a key made for it. It lies in the data directory, and
  /// so in every backup: whoever gets one has it. Clients use it where the server has it, and do
  /// not verify it.
  void serve_tls();
  /// The key that it serves. Throws Error{internal} when it serves none.
  [[nodiscard]] const TlsKey& tls_key() const;
  /// Who could log in before the incident, as far as the drill knows.
  [[nodiscard]] Credentials credentials() const;
  /// The application is told its new password: from now on its own way in is with that.
  void tell_application(const Credentials& credentials);
  /// The name of the restore point that set_marker(label) uses.
  [[nodiscard]] std::string restore_point(const std::string& label) const;
  [[nodiscard]] HookContext hook(Cluster& cluster, const std::string& phase) const;

 private:
  void refuse_void_durability(Session& session) const;
  void load_baseline();
  /// Migrates twice: the second run must do nothing.
  [[nodiscard]] MigrationOutcome migrate_to(const Subject& state);
  void migrate_again(const Subject& state);
  void bring_the_application_in(Session& session);
  void start_pooler();
  [[nodiscard]] std::vector<std::string> roles_of_clients() const;
  [[nodiscard]] Marker take_position(Session& session, const std::string& label) const;
  [[nodiscard]] BackupSet take_backup(BackupKind kind, const std::string& snapshot);
  enum class UnderLoad { no, yes };
  /// Takes one until a commit was sent by then and not yet answered, as far as one can be caught:
  /// there only the WAL can tell on which side of the marker it is.
  [[nodiscard]] Marker caught_in_flight(const std::function<Marker(int attempt)>& take) const;
  [[nodiscard]] Marker take_position_in_flight(Session& session, const std::string& label) const;
  [[nodiscard]] bool a_commit_was_in_flight(const Marker& marker) const;
  [[nodiscard]] Marker marked(
      const std::string& label, const BackupSet& since, UnderLoad under_load);
  /// Begins the transaction that exports it, and gives its name; `moment` is when.
  [[nodiscard]] std::string export_snapshot(
      Session& session, Marker& moment, UnderLoad under_load) const;
  /// Where no WAL is replayed: the marker is what the snapshot of a dump taken now sees.
  [[nodiscard]] Marker marked_by_dump(
      const std::string& label, const BackupSet& since, UnderLoad under_load);
  void capture_baseline(Session& session, Marker& marker, const Facts& sequences,
      Reading reading = Reading::everything) const;
  /// Sentinel commit, WAL switch, and the proof that the segment is in the archive.
  void seal(Marker& marker, const BackupSet& since);
  /// Switches the WAL and files archive-complete. Throws when the archive is not complete.
  /// Its SHA-256.
  std::string prove_archived(Session& session, const std::string& segment);

  Run& run_;
  DrillRecord& record_;
  DrillVolumes volumes_;
  bool at_base_;
  DataChecksums checksums_;
  std::function<void(const Finding&)> file_;
  Archive archive_;
  std::unique_ptr<BackupTool> tool_;
  std::map<std::string, BackupSet> dumps_ = {};  ///< by the restore point of their marker
  Cluster cluster_;
  ServerSettings settings_;
  Heartbeats heartbeats_;
  Secret application_password_ = Secret::random();
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Pooler> pooler_;
  std::unique_ptr<Workload> workload_;
  std::optional<bool> answered_ = {};
  std::optional<TlsKey> tls_key_ = {};
  int backups_taken_ = 0;
  bool command_ran_ = false;  ///< the subject's workload command, which runs once
};

}  // namespace pgrehearse
