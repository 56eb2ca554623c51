// What goes wrong in a dump, in a recovery, and in what comes back: T01 to T77.
#pragma once

#include <array>

#include "tests/sabotage/trap.hpp"

namespace pgrehearse {

inline constexpr auto traps_in_restores = std::to_array<Trap>({
    {.id = "T01",
        .what = "psql goes on after an error, and exits 0",
        .shown_by = "AccidentalDeleteSabotage.ErrorsOfTheLoadThatNobodyCounts "
                    "BackupToolDrill.IsRedWhenAScriptWarns"},
    {.id = "T02",
        .what = "the database to load into held rows",
        .shown_by = "AccidentalDeleteSabotage.DatabaseThatHadRowsBeforeTheLoad"},
    {.id = "T03",
        .what = "pg_dump fails in a pipe whose last program succeeds",
        .shown_by = "AccidentalDeleteSabotage.DumpThatFailedInAPipe"},
    {.id = "T04",
        .what = "a plain dump ends in the middle of a table",
        .shown_by = "OwnBackupSabotage.BackupThatWasCutShort "
                    "BackupToolDrill.IsRedWhenHalfOfAPlainDumpIsLoadedWithoutAnError "
                    "BackupToolDrill.IsRedWhenHalfOfADumpIsGone"},
    {.id = "T06",
        .what = "half of a dump in custom format still lists its contents",
        .shown_by = "OwnBackupSabotage.BackupThatWasCutShort "
                    "BackupToolDrill.IsRedWhenAScriptKeepsHalfADump "
                    "BackupToolDrill.IsRedWhenHalfADumpIsVerifiedByItsDigestOnly"},
    {.id = "T07",
        .what = "a bit flips in a compressed dump",
        .shown_by = "BackupToolContract.RefusesADamagedSetBeforeAnythingOfItIsUsed",
        .why_not = "a set of the harness is compared byte by byte before it is read, so "
                   "no drill would come to it; only a dump of somebody else is opened as "
                   "it is, and each format is flipped there",
        .loud = true},
    {.id = "T08",
        .what = "a bit flips in a value of a dump, and every row is there",
        .shown_by = "AccidentalDeleteSabotage.ValueThatChangedInTheDump "
                    "AccidentalDeleteSabotage.OneRowChangedWithTheCountKept"},
    {.id = "T09",
        .what = "the dump is a good one of another database",
        .shown_by = "AccidentalDeleteSabotage.DumpOfAnotherDatabase"},
    {.id = "T10",
        .what = "a script swallows the errors of pg_restore",
        .shown_by = "AccidentalDeleteSabotage.RuleThatFindsItsTableOnlyOnTheSource "
                    "AccidentalDeleteSabotage.ErrorsOfTheLoadThatNobodyCounts"},
    {.id = "T12",
        .what = "a dump names the database that it makes, whichever it is loaded into",
        .shown_by = "AccidentalDeleteSabotage.DatabaseThatWasNotThere"},
    {.id = "T13",
        .what = "recovery.signal is forgotten",
        .shown_by = "AccidentalDeleteSabotage.RecoverySignalForgotten "
                    "BackupToolDrill.IsRedWhenAScriptForgetsRecoverySignal"},
    {.id = "T14",
        .what = "backup_label is removed",
        .shown_by = "AccidentalDeleteSabotage.BackupLabelRemovedAfterTheRestore "
                    "CorruptionSabotage.BackupWithoutItsLabel"},
    {.id = "T15",
        .what = "the target lies before the end of the backup",
        .shown_by = "AccidentalDeleteSabotage.TargetBeforeTheBackup"},
    {.id = "T16",
        .what = "a target time without an offset is read in another zone",
        .shown_by = "AccidentalDeleteSabotage.TargetTimeWithoutAnOffset "
                    "RecoverySettings.ATimeIsUtcWithANumericOffset"},
    {.id = "T17",
        .what = "a segment is missing, and recovery without a target ends before it",
        .shown_by = "AccidentalDeleteSabotage.SegmentMissingAndNoTarget"},
    {.id = "T18",
        .what = "restore_command fails once, with a status that means the end",
        .shown_by = "AccidentalDeleteSabotage.RestoreCommandThatFailsOnce"},
    {.id = "T19",
        .what = "a WAL record is damaged, and recovery without a target ends before it",
        .shown_by = "CorruptionSabotage.DamagedSegmentAndNoTarget"},
    {.id = "T20",
        .what = "an archived segment is too short",
        .shown_by = "AccidentalDeleteSabotage.ArchivedSegmentCutInHalf",
        .loud = true},
    {.id = "T21",
        .what = "archive_command says that it has stored what it has not",
        .shown_by = "AccidentalDeleteSabotage.ArchiveCommandThatLies "
                    "BackupFailureSabotage.ArchiveThatLosesWhatItTook"},
    {.id = "T23",
        .what = "a target that is included replays the accident itself",
        .shown_by = "AccidentalDeleteSabotage.AccidentItselfTakenForTheTarget "
                    "AccidentalDeleteSabotage.RecoveredToJustAfterTheAccident"},
    {.id = "T24",
        .what = "recovery follows the branch of an earlier promotion",
        .shown_by = "AccidentalDeleteSabotage.BranchOfAnEarlierDrillFollowed"},
    {.id = "T25",
        .what = "recovery dies before its target, after the start has succeeded",
        .shown_by = "AccidentalDeleteSabotage.TargetThatNobodyHasWrittenYet"},
    {.id = "T26",
        .what = "nothing is committed after the target, and a good archive looks incomplete",
        .shown_by = "AccidentalDeleteSabotage.TheHealthyTwinIsGreen"},
    {.id = "T27",
        .what = "recovery pauses at its target, and the server reads and does not write",
        .shown_by = "AccidentalDeleteSabotage.ServerThatPausesAtItsTarget"},
    {.id = "T28",
        .what = "a server that may not pause shuts down at its target",
        .shown_by = "AccidentalDeleteSabotage.ServerThatShutsDownAtItsTarget"},
    {.id = "T29",
        .what = "reading begins long before writing, and the clock stops at the first read",
        .shown_by = "AccidentalDeleteSabotage.ServerThatTakesNoWrite "
                    "AccidentalDeleteSabotage.LongerThanTheObjectiveAllows"},
    {.id = "T30",
        .what = "the restored server has room for fewer connections",
        .shown_by = "AccidentalDeleteSabotage.FewerConnectionsThanTheSourceAllowed",
        .loud = true},
    {.id = "T31",
        .what = "a library to preload is not installed",
        .shown_by = "AccidentalDeleteSabotage.LibraryPreloadedThatIsNotInstalled",
        .loud = true},
    {.id = "T32",
        .what = "the target of an earlier recovery came back with the backup",
        .shown_by = "AccidentalDeleteSabotage.TargetOfAnEarlierRecoveryLeftInTheBackup",
        .loud = true},
    {.id = "T34",
        .what = "the begin of a transaction is taken for the moment of its commit",
        .shown_by = "AccidentalDeleteSabotage.BeginOfATransactionTakenForItsCommit"},
    {.id = "T35",
        .what = "the segment of the marker is not in the archive",
        .shown_by = "AccidentalDeleteSabotage.RecoveryThatDiesOfAMissingSegment"},
    {.id = "T37",
        .what = "a prepared transaction comes back and holds its locks",
        .shown_by = "AccidentalDeleteSabotage.PreparedTransactionThatHoldsItsLocks"},
    {.id = "T38",
        .what = "an unlogged table comes back empty",
        .shown_by = "AccidentalDeleteSabotage.TableThatBecameUnlogged"},
    {.id = "T39",
        .what = "a replication slot is in no base backup",
        .why_not = "a base backup never holds one, so nothing can be broken here: what a kind of "
                   "backup does not carry is a matter of its declaration, not of a sabotage"},
    {.id = "T40",
        .what = "configuration lies outside of the data directory",
        .shown_by = "AccidentalDeleteSabotage.RulesOfAccessThatTheBackupDoesNotHold"},
    {.id = "T42",
        .what = "pg_verifybackup does not look at everything",
        .shown_by = "CorruptionSabotage.BackupWithAFileThatWasNotTaken "
                    "CorruptionSabotage.FlippedBitInTheWalOfTheBackup"},
    {.id = "T43",
        .what = "a bit flips without checksums, and the page looks sound",
        .shown_by = "CorruptionSabotage.FlippedBitOfTheRestoredServerWithoutChecksums "
                    "CorruptionSabotage.BackupTakenOfTheDamagedTable"},
    {.id = "T44",
        .what = "an index lacks rows of its table",
        .shown_by = "CorruptionSabotage.IndexThatLacksARowOfItsTable"},
    {.id = "T45",
        .what = "another library sorts in another order",
        .shown_by = "AccidentalDeleteSabotage.CollationOfAnotherVersion "
                    "CorruptionSabotage.IndexInTheOrderOfAnotherLibrary"},
    {.id = "T47",
        .what = "a running server is copied without backup mode",
        .shown_by = "CorruptionSabotage.BackupWithoutItsLabel "
                    "AccidentalDeleteSabotage.BackupLabelRemovedAfterTheRestore"},
    {.id = "T48",
        .what = "roles are in no dump of a database",
        .shown_by = "AccidentalDeleteSabotage.RolesThatNoDumpHolds"},
    {.id = "T49",
        .what = "owners and grants are left out",
        .shown_by = "AccidentalDeleteSabotage.DumpWithoutOwnersAndGrants"},
    {.id = "T52",
        .what = "row security hides rows from the dump",
        .shown_by = "AccidentalDeleteSabotage.RowsThatRowSecurityHidFromTheDump"},
    {.id = "T54",
        .what = "a filter on schemas misses a private one",
        .shown_by = "AccidentalDeleteSabotage.DumpOfOneSchema"},
    {.id = "T55",
        .what = "a function names its table without a schema, and the load finds none",
        .shown_by = "AccidentalDeleteSabotage.RuleThatFindsItsTableOnlyOnTheSource"},
    {.id = "T57",
        .what = "a partitioned table is dumped without its partitions",
        .shown_by = "AccidentalDeleteSabotage.PartitionedTableWithoutItsPartitions "
                    "BackupToolDrill.IsRedWhenAScriptDumpsLessThanAll"},
    {.id = "T59",
        .what = "an extension has another version",
        .shown_by = "AccidentalDeleteSabotage.ExtensionOfAnotherVersion"},
    {.id = "T60",
        .what = "the library of a function is not installed",
        .shown_by = "AccidentalDeleteSabotage.FunctionWhoseLibraryIsNotInstalled "
                    "BookingsFacts.TellOfALibraryThatDoesNotLoad"},
    {.id = "T61",
        .what = "a sequence is behind its data",
        .shown_by = "AccidentalDeleteSabotage.SequenceBehind"},
    {.id = "T63",
        .what = "the planner's statistics are gone",
        .why_not = "a slow server is no wrong one: ANALYZE belongs to the load, and its time to "
                   "the recovery time"},
    {.id = "T64",
        .what = "rows are counted from statistics",
        .shown_by = "FactContract.EachDamageIsSeenByItsKind",
        .why_not = "statistics that are wrong are not a fact of a cluster, and nothing is counted "
                   "from them: damage that leaves them as they were is seen"},
    {.id = "T65",
        .what = "a constraint came back unproven",
        .shown_by = "AccidentalDeleteSabotage.ConstraintThatIsNoLongerProven"},
    {.id = "T68",
        .what = "triggers came back disabled",
        .shown_by = "AccidentalDeleteSabotage.TriggersDisabled "
                    "AccidentalDeleteSabotage.TriggerMissing"},
    {.id = "T70",
        .what = "subscriptions come back disabled, or not at all",
        .shown_by = "NotCarried.KnowsThatADumpBringsSubscriptionsBackDisabled "
                    "BookingsFacts.NameOneChangedObjectAndNoOther",
        .why_not = "a server with a subscription is not to be had in every subject: the facts have "
                   "it, whether it is enabled among them"},
    {.id = "T71",
        .what = "the rows of unlogged tables are left out by an option",
        .shown_by = "AccidentalDeleteSabotage.TableThatBecameUnlogged"},
    {.id = "T73",
        .what = "two databases are dumped at two moments",
        .why_not = "a drill recovers one database of the team; of the others every fact is "
                   "compared, and clients change none of them"},
    {.id = "T74",
        .what = "a dump sees a state that no serial order has",
        .why_not = "the dump is made in the snapshot of the marker, whose rows are compared one by "
                   "one: an anomaly would be in both"},
    {.id = "T75",
        .what = "client programs and server are of different versions",
        .shown_by = "DumpOrigins.IsReadOfEveryFormat "
                    "DumpOrigins.ThatIsNewerThanTheServerIsTheReasonWhyALoadFailed "
                    "ContainerEngine.RefusesAPostgresWithKnownRecoveryDefects "
                    "LocalPrograms.AnOldServerMakesTheEngineUnusable",
        .why_not = "source, tools and restored server of a drill are of one version, and a dump "
                   "of a newer one needs its programs: only its header can be made here"},
    {.id = "T77",
        .what = "the ledger of migrations is right, and an object is not there",
        .shown_by = "AccidentalDeleteSabotage.LedgerThatSaysMoreThanWasMigrated "
                    "AccidentalDeleteSabotage.TriggerMissing"},
});

}  // namespace pgrehearse
