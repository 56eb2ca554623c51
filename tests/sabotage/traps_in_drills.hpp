// What makes a drill dangerous or void, and where backups come from and go: T78 to T112.
#pragma once

#include <array>

#include "tests/sabotage/trap.hpp"

namespace pgrehearse {

inline constexpr auto traps_in_drills = std::to_array<Trap>({
    {.id = "T78",
        .what = "the restored server archives beside its source",
        .shown_by = "AccidentalDeleteSabotage.RestoredServerThatArchivesBesideItsSource "
                    "AccidentalDeleteSabotage.ArchiveChangedByTheRestore"},
    {.id = "T79",
        .what = "a tablespace of the copy leads to the live one",
        .shown_by = "CopySet.RefusesLinksThatLeaveTheSet",
        .why_not = "the set is refused before a server is there, and a drill makes no "
                   "tablespace whose link could lead anywhere"},
    {.id = "T80",
        .what = "a subscription of the copy takes over the slot",
        .shown_by = "EngineContract.QuarantinesExactlyWhenItSaysSo"},
    {.id = "T81",
        .what = "standby.signal is left, and the copy follows the source",
        .shown_by = "AccidentalDeleteSabotage.StandbySignalLeftInTheDataDirectory"},
    {.id = "T82",
        .what = "what the copy does by itself reaches production",
        .shown_by = "EngineContract.QuarantinesExactlyWhenItSaysSo "
                    "IntrusionTrick.IsSeenByItsRule",
        .why_not = "what a restored server may reach is the engine's to say, for every "
                   "drill alike: a sabotage could only show that one way is closed"},
    {.id = "T83",
        .what = "the checks ask the source",
        .shown_by = "AccidentalDeleteSabotage.SourceTakenForTheRestoredServer"},
    {.id = "T84",
        .what = "the wrong server is destroyed",
        .shown_by = "Sweep.LeavesFoldersThatOnlyLookLikeOurs "
                    "Sweep.FollowsNoLinkOutOfTheRun "
                    "ContainerEngine.SweepsWhatCarriesOurLabelAndNothingElse",
        .why_not = "a drill that broke this would destroy something of another; the "
                   "look-alikes are planted for the sweep alone"},
    {.id = "T85",
        .what = "data of an earlier run are served",
        .shown_by = "EngineContract.MakesAnEmptyPrivateDataDirectoryWhenAsked",
        .why_not = "the engine makes the data directory, and a drill has no way to hand "
                   "it one that was used"},
    {.id = "T86",
        .what = "a server for initialisation answers, and is taken for the real one",
        .shown_by = "EngineContract.MakesAClusterThatStartsAndAnswersItsSuperuser",
        .why_not = "servers are started by the harness itself and none initialises: "
                   "there is nothing to take for it"},
    {.id = "T87",
        .what = "a role and its password come back that were taken away",
        .shown_by = "SecurityBreachSabotage.ReplayPastTheBreakIn "
                    "SecurityBreachSabotage.RoleThatGotItsOldPasswordBack"},
    {.id = "T88",
        .what = "the key of the backups is lost, or another",
        .shown_by = "EncryptedBackupTool.RefusesAnotherPassphrase "
                    "SecurityBreachSabotage.KeyThatStayed"},
    {.id = "T89",
        .what = "a backup was tampered with, and its size is right",
        .shown_by = "SecurityBreachSabotage.NewestBackupThatNobodyCanOpen "
                    "AccidentalDeleteSabotage.BackupChangedAfterItWasTaken"},
    {.id = "T90",
        .what = "a secret gets into the evidence",
        .shown_by = "CanaryOnEngine.IsNotSeenInAWholeDrill "
                    "Canary.IsNotSeenWhenACommandPrintsItAndFails",
        .why_not = "a secret in the evidence turns no check red: the reports of a whole "
                   "drill are searched for planted ones"},
    {.id = "T91",
        .what = "backups are no longer taken",
        .shown_by = "BackupFailureSabotage.BackupJobThatStoppedUnnoticed "
                    "AccidentalDeleteSabotage.BackupOfTheDayBeforeYesterday"},
    {.id = "T92",
        .what = "the newest backup is named by a name that is old",
        .shown_by = "RegionalOutageSabotage.OldCopyUnderTheNewestName "
                    "AccidentalDeleteSabotage.DumpOfAnOlderDay"},
    {.id = "T95",
        .what = "no backup is found, and that counts as success",
        .shown_by = "OwnBackupSabotage.BackupJobThatLeftNothing "
                    "CorruptionSabotage.EveryBackupDamaged "
                    "SecurityBreachSabotage.NoBackupFromBeforeTheBreakIn"},
    {.id = "T96",
        .what = "retention removes what a kept backup needs",
        .shown_by = "CorruptionSabotage.WalRemovedThatOnlyTheOlderBackupNeeds "
                    "RetentionOfThirteenMonths.NoticesThatWalOfTheWindowIsLost"},
    {.id = "T97",
        .what = "the replica of the other region is late or incomplete",
        .shown_by = "RegionalOutageSabotage.StaleReplica "
                    "RegionalOutageSabotage.ReplicaWithoutItsLastObject"},
    {.id = "T98",
        .what = "a tool exits 0 and its answer says that it failed",
        .shown_by = "PgbackrestAnswers.AreReadWhereItExits0WithAnError",
        .why_not = "it is the answer of one tool to damage that every tool is tried with"},
    {.id = "T99",
        .what = "something local stands in for what is gone from the store",
        .shown_by = "RegionalOutageSabotage.ReplicaWithoutItsLastObject "
                    "RegionalOutageSabotage.RegionThatWasNeverCutOff"},
    {.id = "T100",
        .what = "a filter fits no case",
        .shown_by = "ExitStatus.IsNotProvenWhenTheFilterMatchesNothing",
        .why_not = "it is the program's exit status, and not a check of a drill"},
    {.id = "T101",
        .what = "every case is skipped",
        .shown_by = "ExitStatus.IsNotProvenWhenNothingIsRun",
        .why_not = "it is the program's exit status, and not a check of a drill"},
    {.id = "T102",
        .what = "an option of GoogleTest is relied on that this version ignores",
        .shown_by = "ExitStatus.IsNotProvenWhenTheFilterMatchesNothing",
        .why_not = "it is the program's exit status, and not a check of a drill"},
    {.id = "T103",
        .what = "ctest is asked for tests that do not exist",
        .why_not = "it is the caller's command line; ci/must-run.txt names what must have run, and "
                   "a line there that fits nothing is red"},
    {.id = "T104",
        .what = "a case asks nothing",
        .shown_by = "RecordVerdict.IsNotProvenWhenNothingWasAsked",
        .why_not = "it is the verdict on a record without findings, which no story with "
                   "one thing broken has"},
    {.id = "T105",
        .what = "the source is compared with itself",
        .shown_by = "AccidentalDeleteSabotage.SourceTakenForTheRestoredServer"},
    {.id = "T106",
        .what = "a verdict begins as good",
        .shown_by = "RecordVerdict.IsNotProvenWhenNothingRan "
                    "Expectation.IsUnknownWithoutAValueOrABaseline",
        .why_not = "it is where every verdict begins, before anything is asked"},
    {.id = "T107",
        .what = "an error of SQL becomes an empty text",
        .shown_by = "SessionOnARealServer.AFailedStatementKeepsItsCodeAndHidesItsText "
                    "AccidentalDeleteSabotage.DeadServerAnswersNothing"},
    {.id = "T108",
        .what = "a step is put off and counted as done",
        .shown_by = "RecordVerdict.IsNotProvenForEveryStatusButFinished",
        .why_not = "it is the status of a record, which a story that runs to its end "
                   "does not have"},
    {.id = "T109",
        .what = "a clock that can be set measures the recovery",
        .why_not = "the clock of this host is not a drill's to set: instants are the server's, "
                   "durations are of a steady clock, and the two are different types"},
    {.id = "T110",
        .what = "something of an earlier run is still there",
        .shown_by = "KilledHarness.IsSweptByTheNextOneWhichLeavesALiveRunAlone",
        .why_not = "what an earlier run left is swept before a drill begins, which is "
                   "before a story can break anything"},
    {.id = "T111",
        .what = "a healthy database looks wrong",
        .shown_by = "AccidentalDeleteSabotage.TheHealthyTwinIsGreen "
                    "FactContract.AHealthyClusterEqualsItself"},
    {.id = "T112",
        .what = "a warning that nobody reads",
        .shown_by = "AccidentalDeleteSabotage.WarningThatNobodyReads "
                    "AccidentalDeleteSabotage.CollationOfAnotherVersion"},
});

}  // namespace pgrehearse
