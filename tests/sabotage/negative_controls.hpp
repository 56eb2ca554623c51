// What a drill of a kind must turn red for, one thing changed against its healthy twin: C1 of the
// accidental delete, C2 of corruption, C5 of the harness' own judgement.
#pragma once

#include <array>

#include "tests/sabotage/trap.hpp"

namespace pgrehearse {

inline constexpr auto negative_controls = std::to_array<Trap>({
    {.id = "C1.1",
        .what = "the accident is older than the marker",
        .shown_by = "AccidentalDeleteSabotage.MarkerSetAfterTheDelete"},
    {.id = "C1.2",
        .what = "the marker is set after the delete has committed",
        .shown_by = "AccidentalDeleteSabotage.MarkerSetAfterTheDelete "
                    "AccidentalDeleteSabotage.AccidentItselfTakenForTheTarget"},
    {.id = "C1.3",
        .what = "the target is a microsecond too late",
        .shown_by = "AccidentalDeleteSabotage.TargetAMicrosecondTooLate"},
    {.id = "C1.4",
        .what = "a position that is included lets one more commit in",
        .shown_by = "RecoverySettings.APositionIsAlwaysExclusive",
        .why_not = "a position as the target is always exclusive: no drill can ask for another"},
    {.id = "C1.5",
        .what = "the delete never happened",
        .shown_by = "AccidentalDeleteSabotage.IncidentThatNeverHappened"},
    {.id = "C1.6",
        .what = "one row is another, and the count is right",
        .shown_by = "AccidentalDeleteSabotage.OneRowChangedWithTheCountKept"},
    {.id = "C1.7",
        .what = "the base backup alone is restored, without its WAL",
        .shown_by = "OwnRunbookSabotage.BaseBackupWithoutItsWal "
                    "CorruptionSabotage.ServerThatStartsFromTheBackupAlone"},
    {.id = "C1.8",
        .what = "what TRUNCATE, DROP and CASCADE took is not back",
        .shown_by = "AccidentalDeleteSabotage.TruncatedTableThatIsStillEmpty "
                    "AccidentalDeleteSabotage.DroppedTableThatIsStillGone "
                    "AccidentalDeleteSabotage.DroppedSchemaThatIsStillGone"},
    {.id = "C1.9",
        .what = "a sequence is behind the keys that it gave",
        .shown_by = "AccidentalDeleteSabotage.SequenceBehind"},
    {.id = "C1.10",
        .what = "a trigger is missing, or does not fire",
        .shown_by = "AccidentalDeleteSabotage.TriggerMissing "
                    "AccidentalDeleteSabotage.TriggersDisabled"},
    {.id = "C1.11",
        .what = "a second run of the migrations applies some",
        .shown_by = "AccidentalDeleteSabotage.SecondMigrationRunIsNotANoOp"},
    {.id = "C1.12",
        .what = "a restore point bears the name of an earlier one",
        .shown_by = "AccidentalDeleteSabotage.RestorePointNameUsedTwice"},
    {.id = "C1.13",
        .what = "a row is there that was sent after the marker",
        .shown_by = "AccidentalDeleteSabotage.ReplayPastAMarkerUnderLoad"},
    {.id = "C2.1",
        .what = "a bit flips in a table without checksums, and the count is right",
        .shown_by = "CorruptionSabotage.FlippedBitOfTheRestoredServerWithoutChecksums"},
    {.id = "C2.2",
        .what = "a bit flips in an index alone",
        .shown_by = "CorruptionSabotage.FlippedBitInAnIndexOfTheRestoredServer"},
    {.id = "C2.3",
        .what = "a bit flips in a value that is stored out of line",
        .shown_by = "CorruptionSabotage.FlippedBitInALongValueOfTheRestoredServer"},
    {.id = "C2.4",
        .what = "a page is zeros",
        .shown_by = "CorruptionSabotage.PageOfZerosInATableOfTheRestoredServer"},
    {.id = "C2.5",
        .what = "a bit flips where Postgres keeps which transactions committed",
        .shown_by = "CorruptionSabotage.FlippedBitInTheCommitLogOfTheRestoredServer"},
    {.id = "C2.6",
        .what = "the backup is younger than the damage",
        .shown_by = "CorruptionSabotage.BackupTakenOfTheDamagedTable"},
    {.id = "C2.7",
        .what = "a bit flips in the WAL of the backup, where pg_verifybackup does not look",
        .shown_by = "CorruptionSabotage.FlippedBitInTheWalOfTheBackup"},
    {.id = "C2.8",
        .what = "a dump in tar format is cut, and pg_restore says nothing",
        .shown_by = "DamagedDump.IsRefusedWhereverItEnds",
        .why_not = "sets of pg_dump are compared byte by byte before they are read, whatever "
                   "their format: each is cut there at hundreds of places"},
    {.id = "C2.9",
        .what = "a plain dump is cut behind a table, and psql says nothing",
        .shown_by = "OwnBackupSabotage.BackupThatWasCutShort "
                    "BackupToolDrill.IsRedWhenHalfOfAPlainDumpIsLoadedWithoutAnError"},
    {.id = "C2.10",
        .what = "a file of the backup was altered, and its manifest with it",
        .shown_by = "CorruptionSabotage.BackupAlteredTogetherWithItsManifest"},
    {.id = "C2.11",
        .what = "a segment is missing, and recovery without a target promotes before it",
        .shown_by = "AccidentalDeleteSabotage.SegmentMissingAndNoTarget "
                    "CorruptionSabotage.DamagedSegmentAndNoTarget"},
    {.id = "C2.12",
        .what = "backup_label is removed",
        .shown_by = "CorruptionSabotage.BackupWithoutItsLabel "
                    "AccidentalDeleteSabotage.BackupLabelRemovedAfterTheRestore"},
    {.id = "C2.13",
        .what = "encoding or collation are others, and so is the order of an index",
        .shown_by = "AccidentalDeleteSabotage.DatabaseInAnotherEncoding "
                    "AccidentalDeleteSabotage.CollationOfAnotherVersion "
                    "CorruptionSabotage.IndexInTheOrderOfAnotherLibrary"},
    {.id = "C2.14",
        .what = "the restored server has counted a broken page",
        .shown_by = "AccidentalDeleteSabotage.BrokenPageThatTheServerHasSeen"},
    {.id = "C2.15",
        .what = "the damage was never done",
        .shown_by = "CorruptionSabotage.DamageThatNeverHappened"},
    {.id = "C5.1",
        .what = "a check always says yes",
        .shown_by = "OracleStub.LetsTheSabotageOfItsCheckSurvive "
                    "Judgement.OfACheckThatAlwaysSaysYesIsThatItSurvived",
        .why_not = "it is done to prove itself: every check in turn is made to say yes, and then "
                   "its sabotage must survive"},
    {.id = "C5.2",
        .what = "a check throws",
        .shown_by = "Answers.OfACheckThatThrowsAnythingElseAreUnknownWithoutItsText "
                    "AccidentalDeleteSabotage.DeadServerAnswersNothing"},
    {.id = "C5.3",
        .what = "baseline and restored facts are read from one server",
        .shown_by = "AccidentalDeleteSabotage.SourceTakenForTheRestoredServer"},
    {.id = "C5.4",
        .what = "nothing was there to compare",
        .shown_by = "FactFinding.IsUnknownWhereNothingWasCompared "
                    "RecordVerdict.IsNotProvenWhenNothingWasAsked",
        .why_not = "what a server has always has roles and definitions: no restored one lacks all "
                   "facts of a kind on both sides"},
    {.id = "C5.5",
        .what = "the list of acknowledged commits lost half of its lines",
        .shown_by = "AccidentalDeleteSabotage.LedgerThatLostHalfOfItsCommits"},
    {.id = "C5.6",
        .what = "the clock stands still",
        .why_not = "durations are of a steady clock that no program can set: a run in which it "
                   "stands would not reach its first deadline, nor its end"},
    {.id = "C5.7",
        .what = "cases that were skipped count as passed",
        .shown_by = "ExitStatus.IsNotProvenWhenNothingIsRun "
                    "RecordVerdict.IsNotProvenForEveryStatusButFinished",
        .why_not = "it is the program's exit status, and not a check of a drill"},
    {.id = "C5.8",
        .what = "a deadline is infinite",
        .shown_by = "AccidentalDeleteSabotage.ServerThatPausesAtItsTarget "
                    "AccidentalDeleteSabotage.LongerThanTheObjectiveAllows"},
});

}  // namespace pgrehearse
