// One execution of one scenario. Its functions are the verbs a scenario is written in.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/base/here.hpp"
#include "harness/check/intrusion.hpp"
#include "harness/drill/alerts.hpp"
#include "harness/drill/archive_before.hpp"
#include "harness/drill/caches.hpp"
#include "harness/drill/chronicle.hpp"
#include "harness/drill/evidence.hpp"
#include "harness/drill/golden_backup.hpp"
#include "harness/drill/monitor.hpp"
#include "harness/drill/own_backup.hpp"
#include "harness/drill/question.hpp"
#include "harness/drill/regions.hpp"
#include "harness/drill/replica.hpp"
#include "harness/drill/run.hpp"
#include "harness/drill/schema_change.hpp"
#include "harness/drill/service_watch.hpp"
#include "harness/drill/sink.hpp"
#include "harness/drill/source.hpp"
#include "harness/drill/standby.hpp"
#include "harness/drill/surgery.hpp"
#include "harness/drill/vault.hpp"
#include "harness/incident/damage.hpp"
#include "harness/incident/persistence.hpp"

namespace pgrehearse {

/// Told of every finding with the scenario's line. The gtest adapter fails the test here.
using FindingSink = std::function<void(const Finding&, Here)>;

class Drill {
 public:
  /// `record` outlives the drill and is where everything learned goes.
  Drill(Run& run, DrillRecord& record, std::string scenario, FindingSink sink);
  /// Collects the servers' logs as evidence, then removes the instances. Never throws: what could
  /// not be removed is the engine's to report at the end of the run.
  ~Drill();
  Drill(const Drill&) = delete;
  Drill& operator=(const Drill&) = delete;

  /// A titled phase of the drill. An Error inside is noted with the step's title and goes on.
  template <typename Body>
  auto step(const std::string& title, Body&& body, Here here = Here::now()) {
    const std::size_t number = begin_step(title);
    try {
      if constexpr (std::is_void_v<std::invoke_result_t<Body>>) {
        std::forward<Body>(body)();
        end_step(number);
      } else {
        auto result = std::forward<Body>(body)();
        end_step(number);
        return result;
      }
    } catch (const std::exception& error) {
      fail_step(number, error, here);
      throw;
    }
  }

  [[nodiscard]] std::unique_ptr<Source> start_source(
      DataChecksums checksums = DataChecksums::on, const SourcePlace& place = {});
  /// A place for a server that will be cut off: where the engine has networks, one for it and the
  /// sink alone. On one that others share, its address would go to the next container that starts,
  /// and that one would answer in its stead.
  [[nodiscard]] SourcePlace apart();
  /// Does the damage, proves that it can be seen, and starts the clock of the recovery time.
  Injury inject(Source& source, const Incident& incident, Here here = Here::now());
  /// Shuts the server down, does the damage to its files, and starts it again if it will start.
  /// Clients must be held. That it can be seen is for notice() to prove.
  [[nodiscard]] Injury inject(Source& source, const Damage& damage);
  /// A bit flips in an archived segment, or in the WAL that a backup set carries, where
  /// pg_verifybackup is blind.
  [[nodiscard]] Injury damage_archive(const Source& source, const std::string& segment);
  static void damage_backup(const Source& source, const BackupSet& set);
  /// damage-detected: `by` is among those who noticed, and named what was hit.
  void notice(
      const std::vector<Notice>& notices, const Injury& injury, Watch by, Here here = Here::now());
  /// The moment responders know.
  void raise_alarm() { chronicle_.alarm_now(); }
  /// Restores a set into a fresh instance and waits until recovery has ended, one way or the other.
  /// A logical tool loads the dump that the target's marker is, whichever set is named.
  [[nodiscard]] Restored restore(
      const Source& source, const BackupSet& set, const RecoveryTarget& target);

  /// What else is done to a restored data directory, once its files and settings are there and
  /// before its server starts: from now on, of every restore of this drill.
  void once_unpacked(std::function<void(Restored&)> step) { once_unpacked_ = std::move(step); }
  /// Restores the last of `sets` that is what was written when it was taken, going back from the
  /// newest. backup-choice: exactly those named were refused.
  [[nodiscard]] Restored restore_newest_usable(const Source& source, std::vector<BackupSet> sets,
      const RecoveryTarget& target, const std::vector<std::string>& expected_unusable,
      Here here = Here::now());
  /// Bisects `sets`, oldest first, for the newest whose restored cluster does not show the damage,
  /// and answers that cluster. backup-choice: it is `expected`. A set taken after the marker is
  /// looked at where it becomes consistent: it can only be refused.
  [[nodiscard]] Restored restore_newest_clean(const Source& source,
      const std::vector<BackupSet>& sets, const Marker& marker, const Injury& injury,
      const std::string& expected, Here here = Here::now());
  /// Rebuilds the damaged index in place. The answer is the source itself, to be asked like a
  /// restored server.
  [[nodiscard]] Restored rebuild_index(Source& source, const Injury& injury, const Marker& marker);

  /// Copies the rows that the accident deleted from a server recovered beside the live one.
  [[nodiscard]] Surgery copy_back(
      Restored& beside, Source& source, const BackupSet& since, const Injury& injury);
  /// The live database, to be asked like a restored server.
  [[nodiscard]] Restored live(Source& source);

  /// Region A stops and is cut off, and its store is gone: the clock of the recovery time starts.
  [[nodiscard]] Injury lose_region(Source& source, Regions& regions);
  /// outage-noticed: the watch, which saw the service answer before, sees it fail. Then it ends: a
  /// PgBouncer 1.18 to which clients go on connecting can die at the switch.
  void notice_outage(
      std::unique_ptr<ServiceWatch> watch, const Injury& injury, Here here = Here::now());
  /// An instance in region B gets the newest backup set and all WAL that B's store has.
  /// region-cut-off: before that, nothing of region A can be reached from there.
  /// replica-current: B has, byte for byte, all that was put into A's store before the lag.
  [[nodiscard]] Replica fetch_replica(
      Regions& regions, const Source& source, const Injury& injury, Here here = Here::now());
  /// region-credentials: region B's own suffice, its store refuses those of region A, and A's store
  /// was not asked since the outage. Nothing is asked where stores are folders.
  void expect_region_b_alone(Regions& regions, Here here = Here::now());
  /// Restores the replica, in region B.
  [[nodiscard]] Restored restore(Replica& replica, const RecoveryTarget& target);

  /// A standby of the source in region B, over a link between the regions.
  [[nodiscard]] std::unique_ptr<Standby> start_standby(
      Source& source, const Regions& regions, Replication replication);
  /// Promotes it. The answer is to be asked like a restored server.
  [[nodiscard]] Restored promote(Standby& standby);

  /// Plants every trick in the subject's database and cluster. The clock starts: this is the first
  /// compromise.
  [[nodiscard]] Injury break_in(Source& source, const std::vector<std::string>& trick_ids);
  /// intruder-noticed: the scan of the live server has at least one finding.
  void notice_intruder(Source& source, const IntrusionBaseline& baseline, Here here = Here::now());
  /// Somebody to phone home to. Throws Error{internal} when the source cannot, or cannot be called:
  /// then nothing seen after the isolation would prove it.
  [[nodiscard]] std::unique_ptr<Sink> open_sink(Source& source);
  /// Holds the clients, and takes the compromised server off its network as it runs. An engine that
  /// cannot do that stops it.
  void cut_off(Source& source);
  /// isolated: the source neither reaches the sink nor can be reached from it.
  void expect_isolated(Source& source, Sink& sink, Here here = Here::now());
  /// evidence: the stopped server's files and their sealed copy are what they were when isolated.
  void expect_untouched(
      const Evidence& evidence, Source& source, Vault& vault, Here here = Here::now());
  /// Restores one set after the other, newest first, into an instance without a network, replays
  /// to the marker where the set is old enough, and scans: answers the first that shows no trace.
  /// backup-choice: exactly those named were not used. A set that is not what was sealed is refused
  /// before a byte of it is used.
  [[nodiscard]] Restored restore_newest_without_intruder(Vault& vault, const Marker& marker,
      const IntrusionBaseline& baseline, const std::vector<std::string>& expected_unused,
      Here here = Here::now());
  /// backup-key-rotated: no object of the vault opens with a key of before, nor what is put there
  /// now; each opens with the vault's.
  void expect_key_rotated(Vault& vault, const KeyRing& before, Here here = Here::now());
  /// store-credentials-rotated: the vault's store refuses the credentials of before, and holds for
  /// the new ones what it held. Nothing is asked where the store is a folder.
  void expect_store_key_rotated(
      Vault& vault, const std::optional<StoreKeyRotation>& rotation, Here here = Here::now());
  /// One set of the vault in an instance without a network.
  [[nodiscard]] Restored restore_in_quarantine(
      Vault& vault, const BackupSet& set, const RecoveryTarget& target);

  /// As if so much time had passed since backups and archiving last worked. Declared in the record.
  void let_time_pass(const Source& source, Milliseconds time);
  /// From now on no WAL reaches the archive. incident-happened: the archiver counts a failure.
  void stall_archive(Source& source, Here here = Here::now());
  void mend_archive(Source& source);
  /// A restore that is only tried: one that fails is an alert, and no finding. Whether it served.
  bool rehearse_restore(const Source& source, const BackupSet& set, const RecoveryTarget& target);
  /// Looks at the backups and files each change of an alert as an event. alerts: exactly the
  /// expected ones are raised. Those of storage count only where drill.yaml states a bound for it.
  void expect_alerts(
      Source& source, const std::vector<AlertSign>& expected, Here here = Here::now());

  /// Finds the backup that the team already has, and opens it: somebody needs it from now on.
  /// backup-found: there is one, and it opens. Throws what OwnBackup throws.
  [[nodiscard]] std::unique_ptr<OwnBackup> find_own_backup(Here here = Here::now());
  /// Restores it into an instance without a network. restore-completed: missed when it cannot be.
  [[nodiscard]] Restored restore(OwnBackup& backup, Here here = Here::now());
  /// What the team's base backup and archive brought. Nothing for a dump.
  [[nodiscard]] const std::optional<Replica>& own_replica() const { return own_replica_; }
  /// How old the data are, and how long it took, against drill.yaml's objectives.
  void expect_own_objectives_met(
      Restored& restored, const OwnBackup& backup, Here here = Here::now());

  /// As restore(), of the backup of a base: the server has room for a dump of what it becomes.
  [[nodiscard]] Restored restore_base(
      const Source& source, const BackupSet& set, const RecoveryTarget& target);
  /// Runs the new migrations on it. migrations-applied: each of them came to its end.
  [[nodiscard]] SchemaChange change_schema(Restored& restored, Here here = Here::now());
  /// Dumps the changed database, and loads the dump into a server that is new.
  /// restore-completed: every statement of it succeeded.
  [[nodiscard]] Restored dump_and_load(Restored& changed, Here here = Here::now());
  /// from-nothing: all migrations and the seed of the change, on an empty server, make the
  /// definitions that `change` made of a restored base.
  void expect_same_from_nothing(const SchemaChange& change, Here here = Here::now());
  /// migrations-unedited: what the base has run is there as the base has it. Nothing is asked
  /// without a base, and where a command migrates.
  void expect_unedited_migrations(Here here = Here::now());
  /// Asks gives_the_base_back() where the team has a way to take the new migrations back; else the
  /// record says why nothing was asked.
  void expect_base_back(
      Restored& changed, const SchemaChange& change, const Source& source, Here here = Here::now());
  /// Where this run is to keep a golden backup: a dump of the changed database, with what it must
  /// bring back. Throws Error{refused} when a check of this drill is not met.
  void keep_golden_backup(Restored& changed, const SchemaChange& change);
  /// Tells the story of each golden backup, the oldest first; findings name the release.
  /// backup-found: there is one.
  void each_golden_backup(
      const std::function<void(const GoldenBackup&)>& story, Here here = Here::now());
  /// backup-verified: it is what was kept. Throws Error{backup_unusable} when it is not.
  [[nodiscard]] std::unique_ptr<OwnBackup> open_golden_backup(
      const GoldenBackup& golden, Here here = Here::now());
  /// Extensions of another version than the backup's, collations of another library: no fault of
  /// the backup, so they are warnings of the record, and expected from now on.
  void note_drift(Restored& restored, OwnBackup& backup);
  /// What the team's runbook restores: the base backup, or a dump that is taken now: clients
  /// are held, and nothing commits from here to the marker. Throws ToolCannot where it wants the
  /// base backup and the backup tool keeps none that a runbook could read.
  [[nodiscard]] BackupSet offer_to_runbook(Source& source, const BackupSet& set);
  /// Runs the marked blocks of the team's runbook, each a step, in an instance without a network:
  /// with an empty data directory, or for a dump with a server that runs and is empty.
  /// restore-completed: each exits 0, and a server runs there then; unknown when no block is
  /// marked. Throws Error{program_failed} when one does not.
  [[nodiscard]] Restored follow_runbook(
      const Source& source, const BackupSet& set, const Marker& marker, Here here = Here::now());

  /// Asks each cache, as the accident left it, whether it agrees with the restored database; then
  /// rebuilds it from there: a phase of the recovery time. Where nothing serves, nothing is done.
  void rebuild_caches(Caches& caches, const Source& source, Restored& restored);

  /// Fences the source and points the pooler at the restored server. One that does not serve gets
  /// no traffic: then nothing is done.
  void switch_traffic(Source& source, const Restored& restored);

  /// Asks and files what is found.
  void expect(Restored& restored, const Question& question, Here here = Here::now());
  /// Asks the subject's application; nothing is asked where it names none.
  void expect_ready_application(Restored& restored, Source& source, Here here = Here::now());
  /// Measures the realized RPO and RTO, and holds them against drill.yaml's objectives.
  void expect_objectives_met(Restored& restored, Source& source, const Marker& marker,
      const Injury& injury, Here here = Here::now());

  [[nodiscard]] Run& run() { return run_; }
  [[nodiscard]] const DrillRecord& record() const { return record_; }
  /// Lists the source's archive where nothing is restored from it; the drill leaves it alone from
  /// now on. The set is the oldest that needs it.
  void note_archive(const Source& source, const BackupSet& set);
  /// Every file in the source's archive as it was before the first restore began, or when it was
  /// noted.
  [[nodiscard]] const ArchiveBefore& archive_before_restore() {
    settle_archive_listing();
    return archive_before_;
  }

 private:
  std::size_t begin_step(const std::string& title);
  void end_step(std::size_t number);
  void fail_step(std::size_t number, const std::exception& error, Here here);
  void file(Finding finding, Here here);
  [[nodiscard]] Restored restore_unjudged(
      const Source& source, const BackupSet& set, const RecoveryTarget& target);
  /// A fresh instance, where the place does not bring one.
  [[nodiscard]] Restored restore_at(const RestorePlace& place, BackupTool& tool,
      const BackupSet& set, const RecoveryTarget& target);
  /// Of a set that was shipped, and so is one of pg_basebackup, with WAL of the witness archive.
  [[nodiscard]] Restored restore_shipped(
      const RestorePlace& place, const BackupSet& set, const RecoveryTarget& target);
  /// A fresh instance without data, and with volumes of its own that hold nothing yet.
  [[nodiscard]] RestorePlace prepare_place(const std::string& network, bool quarantined);
  /// Of region B's store, into the place of the replica.
  void fetch_into(Replica& replica, Regions& regions, Here here);
  [[nodiscard]] std::vector<std::string> signs_of_region_a(
      Regions& regions, const Source& source, Instance& from) const;
  /// A dump, into a server that is new.
  [[nodiscard]] Restored load_set(BackupTool& tool, const BackupSet& set,
      const RecoveryTarget& target, DataChecksums checksums = DataChecksums::on);
  /// What a server is whose database went through all migrations and the seed, and nothing else.
  [[nodiscard]] Facts built_from_nothing();
  [[nodiscard]] HookContext hook(Cluster& cluster, const std::string& phase) const;
  /// A fresh one for the commands of a runbook, with what those find in their environment.
  [[nodiscard]] Restored prepare_runbook(const Source& source);
  [[nodiscard]] Restored load(OwnBackup& backup);
  [[nodiscard]] Restored recover(OwnBackup& backup);
  void note_what_reaches_out(const Restored& restored);
  /// The source's archive is surveyed beside the first restore: that must be over before the
  /// restored server starts, which could change it.
  void begin_archive_listing(const Source& source, const BackupSet& set);
  void settle_archive_listing();
  static void note_requests(Restored& restored, const std::string& served_record);
  void wait_for_recovery(Restored& restored);
  /// Each change against the last look is an event of the record.
  void note_alerts(const std::vector<Alert>& now);
  /// restore-failed, or its end.
  void note_restore(RestoreOutcome outcome);
  /// Of an error that says something about the backup, not about the harness.
  void note_failed_restore(const Error& error);
  void record_recovery(const Restored& restored, TimelineId before);
  void collect_logs() noexcept;
  void keep_last_instance();

  Run& run_;
  DrillRecord& record_;
  FindingSink sink_;
  Chronicle chronicle_;
  std::string release_ = {};  ///< whose golden backup is drilled
  std::string slug_;          ///< "accidental-delete-1": names files and instances
  SteadyTime begin_ = SteadyTime::now();
  SteadyTime step_begin_;
  ArchiveBefore archive_before_;
  std::future<SurveyedArchive> archive_listing_;  ///< while it is made
  std::string network_apart_ = {};
  std::string dump_volume_ = {};  ///< restored servers may leave a dump there; empty: none may
  Endpoint region_a_;             ///< of its server, as neighbours saw it before the outage
  std::vector<std::unique_ptr<Instance>> instances_;
  std::function<void(Restored&)> once_unpacked_ = [](Restored&) {};
  std::vector<Alert> alerts_;  ///< as the last look showed them
  RestoreOutcome last_restore_ = RestoreOutcome::not_tried;
  std::optional<Replica> own_replica_ = {};
  std::vector<std::string> settings_left_out_ = {};
  std::vector<Planted> planted_;  ///< an intruder's sessions
};

}  // namespace pgrehearse
