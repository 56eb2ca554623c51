// The watch over backups on trial: trouble that is not there, trouble that nobody may miss, and
// twins in which the same time passes and all is well.
#include <filesystem>
#include <functional>

#include "harness/base/files.hpp"
#include "harness/drill/backup_watch.hpp"
#include "harness/process/wait.hpp"
#include "tests/sabotage/trial.hpp"

namespace pgrehearse {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

using Hook = std::function<void(Drill&, Source&)>;

constexpr AlertSign old_backup{AlertKind::backup_age, AlertLevel::warning};
constexpr AlertSign old_base_backup{AlertKind::base_backup_age, AlertLevel::critical};
constexpr AlertSign wal_not_seen{AlertKind::wal_sync, AlertLevel::critical};
constexpr AlertSign wal_waits{AlertKind::wal_archive, AlertLevel::critical};
constexpr AlertSign full_storage{AlertKind::storage_use, AlertLevel::critical};
constexpr AlertSign fuller_storage{AlertKind::storage_use, AlertLevel::warning};
constexpr AlertSign restore_failed{AlertKind::restore, AlertLevel::critical};

class BackupFailureSabotage : public Trial {
 protected:
  /// A source with a backup and archived WAL; what happens; and the alerts that are expected then.
  static std::function<void(Drill&)> story_of(
      const Hook& happens, const std::vector<AlertSign>& expected) {
    return [=](Drill& drill) {
      auto source = drill.step("Start the database", [&] { return drill.start_source(); });
      drill.step("Take a backup, write, archive the WAL", [&] {
        static_cast<void>(source->take_full_backup());
        source->write(20);
        source->archive_everything();
      });
      drill.step("Something happens, or nothing", [&] { happens(drill, *source); });
      drill.expect_alerts(*source, expected);
    };
  }

  /// By the alerts that are raised in place of the expected ones, or by none.
  void must_be_killed(
      const std::string& raised, const Hook& happens, const std::vector<AlertSign>& expected) {
    Trial::must_be_killed("backup-failure", {"alerts", raised}, story_of(happens, expected));
  }
  /// The repair, which ends with a restore: it must be missed there.
  void must_be_killed_at(const Red& red, const Hook& repair) {
    Trial::must_be_killed("backup-failure", red, story_of(repair, {}));
  }
  void must_be_green(const Hook& happens, const std::vector<AlertSign>& expected = {}) {
    Trial::must_be_green("backup-failure", story_of(happens, expected));
  }
};

void archive_goes_on(Source& source) {
  source.write(5);
  source.archive_everything();
}

/// The bounds of storage, that far from what is really used: by more than whatever goes on beside
/// this can fill or free in the meantime.
void bound_storage(Drill& drill, Source& source, int warning, int critical) {
  const int used = static_cast<int>(observe_backups(source).storage.value().percent());
  Subject& subject = drill.run().subject;
  subject.alerts.storage_warning = used + warning;
  subject.alerts.storage_critical = used + critical;
  subject.stated.insert("alerts.storage_warning");
}

// The marks grow old and backups go on: the twin of every case about ages.
TEST_F(BackupFailureSabotage, TheHealthyTwinInWhichTimePassesIsGreen) {
  must_be_green([](Drill& drill, Source& source) {
    drill.let_time_pass(source, hours{27});
    static_cast<void>(source.take_full_backup());
    archive_goes_on(source);
  });
}

TEST_F(BackupFailureSabotage, TheHealthyTwinJustBeforeTheBoundIsGreen) {
  must_be_green([](Drill& drill, Source& source) {
    drill.let_time_pass(source, hours{25} - minutes{2});
    archive_goes_on(source);
  });
}

TEST_F(BackupFailureSabotage, TheHealthyTwinOfAStalledArchiveIsGreen) {
  must_be_green([](Drill& drill, Source& source) {
    drill.stall_archive(source);
    drill.let_time_pass(source, minutes{11});
    drill.mend_archive(source);
    archive_goes_on(source);
  });
}

TEST_F(BackupFailureSabotage, TheHealthyTwinOfAFailedRestoreIsGreen) {
  must_be_green([](Drill& drill, Source& source) {
    const BackupSet set = source.take_full_backup();
    const Marker marker = source.set_marker("rehearsal", set);
    drill.rehearse_restore(source, set, to(marker));
  });
}

TEST_F(BackupFailureSabotage, TheHealthyTwinWithRoomInTheStorageIsGreen) {
  must_be_green([](Drill& drill, Source& source) { bound_storage(drill, source, 20, 30); });
}

TEST_F(BackupFailureSabotage, BackupJobThatNeverStopped) {
  must_be_killed("none",
      [](Drill& drill, Source& source) {
        drill.let_time_pass(source, hours{27});
        static_cast<void>(source.take_full_backup());
        archive_goes_on(source);
      },
      {old_backup, old_base_backup});
}

TEST_F(BackupFailureSabotage, BackupJobThatStoppedUnnoticed) {
  must_be_killed("backup-age warning, base-backup-age critical",
      [](Drill& drill, Source& source) {
        drill.let_time_pass(source, hours{27});
        archive_goes_on(source);
      },
      {});
}

TEST_F(BackupFailureSabotage, BackupThatIsOldAndNotYetTooOldForAWarningAlone) {
  must_be_killed("backup-age warning",
      [](Drill& drill, Source& source) {
        drill.let_time_pass(source, hours{25} + minutes{2});
        archive_goes_on(source);
      },
      {old_backup, old_base_backup});
}

TEST_F(BackupFailureSabotage, ArchiveThatNeverStalled) {
  must_be_killed("none",
      [](Drill& drill, Source& source) {
        drill.let_time_pass(source, minutes{11});
        archive_goes_on(source);
      },
      {wal_not_seen, wal_waits});
}

// The job that renews the mark does not look: only the archive itself tells.
TEST_F(BackupFailureSabotage, MarkThatIsRenewedWhileTheArchiveStalls) {
  must_be_killed("wal-archive critical",
      [](Drill& drill, Source& source) {
        drill.stall_archive(source);
        drill.let_time_pass(source, minutes{11});
        source.heartbeats().wal_archived();
      },
      {});
}

// An archive_command that says it has stored what it has not.
TEST_F(BackupFailureSabotage, ArchiveThatLosesWhatItTook) {
  must_be_killed("wal-archive critical",
      [](Drill& drill, Source& source) {
        Instance& instance = source.cluster().instance();
        exec_or_throw(instance, {.argv = {"find", instance.path_of_volume(source.volumes().archive),
                                     "-type", "f", "-delete"}});
        drill.let_time_pass(source, minutes{11});
        source.heartbeats().wal_archived();
      },
      {});
}

// It stores the segment here, and fails where the backup tool keeps its own.
TEST_F(BackupFailureSabotage, ArchiveCommandThatFailsAtItsSecondHalf) {
  must_be_killed("wal-archive critical",
      [](Drill& drill, Source& source) {
        Session session = source.cluster().connect();
        const std::string command = session.value("SHOW archive_command");
        session.exec("ALTER SYSTEM SET archive_command = " + literal(command + " && false"));
        session.exec("SELECT pg_reload_conf()");
        source.write(5);
        session.exec("SELECT pg_switch_wal()");
        wait_until("the archiver to fail", Seconds{90}, [&]() -> std::optional<std::string> {
          return session.value("SELECT failed_count > 0 FROM pg_stat_archiver") == "t"
                     ? std::nullopt
                     : std::optional<std::string>{"no failure yet"};
        });
        drill.let_time_pass(source, minutes{11});
        source.heartbeats().wal_archived();
      },
      {});
}

TEST_F(BackupFailureSabotage, RestoreThatFailsUnnoticed) {
  must_be_killed("restore-failed critical",
      [](Drill& drill, Source& source) {
        const BackupSet set = source.take_full_backup();
        const Marker marker = source.set_marker("rehearsal", set);
        Drill::damage_backup(source, source.restorable(set, to(marker)));
        drill.rehearse_restore(source, set, to(marker));
      },
      {});
}

TEST_F(BackupFailureSabotage, RestoreThatDidNotFail) {
  must_be_killed("none",
      [](Drill& drill, Source& source) {
        const BackupSet set = source.take_full_backup();
        const Marker marker = source.set_marker("rehearsal", set);
        drill.rehearse_restore(source, set, to(marker));
      },
      {restore_failed});
}

// Its alert is over as soon as the mark is young, whatever became of the backup.
TEST_F(BackupFailureSabotage, BackupTakenByHandThatIsNotWhatWasTaken) {
  must_be_killed_at(of_a_damaged_set(), [](Drill& drill, Source& source) {
    drill.let_time_pass(source, hours{27});
    const BackupSet set = source.take_full_backup();
    const Marker marker = source.set_marker("after-repair", set);
    Drill::damage_backup(source, source.restorable(set, to(marker)));
    static_cast<void>(drill.restore(source, set, to(marker)));
  });
}

// WAL is archived again, and what was written meanwhile was thrown away to make room.
TEST_F(BackupFailureSabotage, ArchiveMendedWithAHole) {
  must_be_killed_at({"recovery-ending", "target not reached"}, [](Drill& drill, Source& source) {
    const BackupSet set = source.take_full_backup();
    drill.stall_archive(source);
    source.write(20);
    drill.mend_archive(source);
    source.archive_everything();
    const auto files = source.archive().listing(source.cluster().instance());
    const Marker marker = source.set_marker("after-repair", set);
    remove_archived(source, files.rbegin()->first);
    Restored restored = drill.restore(source, set, to(marker));
    drill.expect(restored, stopped_at(marker));
  });
}

// The damaged one again, when a new one was taken for it.
TEST_F(BackupFailureSabotage, OldBackupRestoredAfterANewOneWasTaken) {
  must_be_killed_at(of_a_damaged_set(), [](Drill& drill, Source& source) {
    const BackupSet old = source.take_full_backup();
    const Marker marker = source.set_marker("rehearsal", old);
    Drill::damage_backup(source, source.restorable(old, to(marker)));
    static_cast<void>(drill.rehearse_restore(source, old, to(marker)));
    static_cast<void>(source.take_full_backup());
    static_cast<void>(drill.restore(source, old, to(marker)));
  });
}

TEST_F(BackupFailureSabotage, StorageThatIsFullUnnoticed) {
  must_be_killed("storage-use critical",
      [](Drill& drill, Source& source) { bound_storage(drill, source, -30, -20); }, {});
}

TEST_F(BackupFailureSabotage, StorageThatIsOnlyFuller) {
  must_be_killed("storage-use warning",
      [](Drill& drill, Source& source) { bound_storage(drill, source, -20, 30); }, {full_storage});
}

TEST_F(BackupFailureSabotage, StorageThatHasRoom) {
  must_be_killed("none", [](Drill& drill, Source& source) { bound_storage(drill, source, 20, 30); },
      {fuller_storage});
}

TEST_F(BackupFailureSabotage, MarkThatIsGoneProvesNothing) {
  must_be_unknown("backup-failure", {{"alerts", "no mark of the last base backup"}},
      story_of(
          [](Drill&, Source& source) {
            std::filesystem::remove(source.heartbeats().folder() / "LAST_BASEBACKUP.txt");
          },
          {}));
}

TEST_F(BackupFailureSabotage, MarkFromTheFutureProvesNothing) {
  must_be_unknown("backup-failure", {{"alerts", "lies in the future"}},
      story_of([](Drill&, Source& source) { source.heartbeats().set_back(-hours{1}); }, {}));
}

TEST_F(BackupFailureSabotage, ServerThatIsDownProvesNothing) {
  must_be_unknown("backup-failure", {{"alerts", "the archive could not be looked at"}},
      story_of([](Drill&, Source& source) { source.cluster().stop(); }, {}));
}

}  // namespace
}  // namespace pgrehearse
