// Backups that are tainted or tampered with, and the choice between them.
#include "tests/sabotage/security_breach_trial.hpp"

namespace pgrehearse {
namespace {

void tamper_with_backup(Breach& breach, const BackupSet& set) {
  tamper_with(breach.vault.as_stored(), "base/" + set.id + ".tar");
}

TEST_F(SecurityBreachSabotage, TheHealthyTwinWithATaintedBackupIsGreen) {
  must_be_green(BrokenBreach{.tainted_backups = 1, .expected_unused = {"full-3"}});
}

TEST_F(SecurityBreachSabotage, BackupThatWasHeldForTaintedAndIsClean) {
  must_be_killed(BrokenBreach{.killed_by = {"backup-choice", "restored from full-3"},
      .tricks = {},
      .tainted_backups = 1,
      .expected_unused = {"full-3"}});
}

TEST_F(SecurityBreachSabotage, TaintedBackupUsedBecauseItIsTheNewest) {
  must_be_killed(BrokenBreach{.killed_by = {"intrusion-scan", "superuser, not in the baseline"},
      .tainted_backups = 1,
      .restore = [](Drill& drill, Breach& breach) {
        return drill.restore_in_quarantine(breach.vault, breach.newest, Immediate{});
      }});
}

TEST_F(SecurityBreachSabotage, TaintedBackupOfWhichOneTrickWasTakenBack) {
  must_be_killed(BrokenBreach{.killed_by = {"intrusion-scan", ": trigger, not in the baseline"},
      .tainted_backups = 1,
      .restore =
          [](Drill& drill, Breach& breach) {
            return drill.restore_in_quarantine(breach.vault, breach.newest, Immediate{});
          },
      .restored =
          [](Restored& restored, Breach&) {
            uproot({.cluster = restored.cluster,
                       .database = run().subject.database,
                       .table = run().subject.security_breach.table},
                trick_named("hidden-superuser"));
          }});
}

TEST_F(SecurityBreachSabotage, NoBackupFromBeforeTheBreakIn) {
  must_be_killed(BrokenBreach{.killed_by = {"backup-choice", "none is left"},
      .tainted_backups = 1,
      .expected_unused = {"full-3"},
      .restore = [](Drill& drill, Breach& breach) {
        for (const BackupSet& set : breach.vault.backups().backups()) {
          if (set.id != breach.newest.id) {
            breach.vault.set_aside(set);
          }
        }
        return newest_clean(drill, breach);
      }});
}

TEST_F(SecurityBreachSabotage, TheHealthyTwinWithATamperedBackupIsGreen) {
  must_be_green(
      BrokenBreach{.expected_unused = {"full-2"}, .restore = [](Drill& drill, Breach& breach) {
                     tamper_with_backup(breach, breach.clean);
                     return newest_clean(drill, breach);
                   }});
}

TEST_F(SecurityBreachSabotage, NewestBackupThatNobodyCanOpen) {
  must_be_killed(BrokenBreach{.killed_by = {"backup-choice", "not used: full-2; restored from"},
      .restore = [](Drill& drill, Breach& breach) {
        tamper_with_backup(breach, breach.clean);
        return newest_clean(drill, breach);
      }});
}

TEST_F(SecurityBreachSabotage, BackupThatNobodyTamperedWith) {
  must_be_killed(BrokenBreach{
      .killed_by = {"backup-choice", "not used: ; restored from"}, .expected_unused = {"full-2"}});
}

TEST_F(SecurityBreachSabotage, EveryBackupTamperedWith) {
  must_be_killed(BrokenBreach{.killed_by = {"backup-choice", "none is left"},
      .expected_unused = {"full-2"},
      .restore = [](Drill& drill, Breach& breach) {
        for (const BackupSet& set : breach.vault.backups().backups()) {
          tamper_with_backup(breach, set);
        }
        return newest_clean(drill, breach);
      }});
}

// The sets open, and what recovery would replay does not.
TEST_F(SecurityBreachSabotage, WalTamperedWithInTheVault) {
  must_be_killed(BrokenBreach{.killed_by = {"backup-choice", "is not what was put"},
      .restore = [](Drill& drill, Breach& breach) {
        tamper_with(breach.vault.as_stored(), breach.vault.store().list("wal/").front().key);
        return newest_clean(drill, breach);
      }});
}

}  // namespace
}  // namespace pgrehearse
