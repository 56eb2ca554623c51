#include "harness/report/next_step.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace pgrehearse {
namespace {

using Step = std::pair<std::string_view, std::string_view>;

constexpr std::array steps{
    Step{"alerts", "Look at the rule of the alert that did not fire, or fired for nothing."},
    Step{"application-backups",
        "Ask the application's backup page what it looks at: it calls stale backups fresh, or the "
        "other way round."},
    Step{"application-healthy", "Read the application's own log: it does not call itself alive."},
    Step{"application-ready",
        "Run the migrations on the restored database and ask the readiness page again."},
    Step{"application-writes",
        "Find out which server the application writes to: its connection string may still name "
        "the old one."},
    Step{"archive-complete",
        "Look at archive_command and its exit status: a segment it called archived is not there."},
    Step{"backup-choice", "Look at the list of backups: the newest good one was not the one used."},
    Step{"backup-found",
        "Look where the backup job writes: there is none, or it does not open. Then find out who "
        "should have noticed."},
    Step{"backup-key-rotated",
        "Seal the backups with the new key, and take the old one off the list of recipients."},
    Step{"backup-output",
        "Read the backup tool's output: it said something on a run it called a success."},
    Step{"backup-verified",
        "Take a new full backup now, then find out who or what changed the files of this one."},
    Step{"caches", "Rebuild the caches from the restored database before readers come back."},
    Step{"content",
        "Compare the tables that are named here: rows came back changed, missing or too many."},
    Step{"credentials-rotated",
        "Rotate what the intruder may have seen, and show that the old credentials are refused."},
    Step{"damage-detected", "Turn on data checksums, and run pg_amcheck on a schedule."},
    Step{"diverged", "Do not let the two servers' histories mix: rebuild the old one."},
    Step{"erasures", "Apply the recorded erasures again after the restore, and only those."},
    Step{"evidence", "Keep what the intrusion left before anything is overwritten."},
    Step{"exact-set",
        "Compare the recovery target with the marker: commits are missing that clients saw, or "
        "there are some that came later."},
    Step{"extensions", "Install the same extensions, in the same versions, in the restore image."},
    Step{"facts",
        "Keep a baseline beside the backup ('pgrehearse baseline'): without one nobody can say "
        "what is missing."},
    Step{"gap-named", "Make the backup report name the segment that is missing from the archive."},
    Step{"healthy-twin",
        "A drill with nothing wrong went red: find the check that raised the false alarm."},
    Step{"from-nothing",
        "Put back what was edited of the migrations of the base, and write a new one: a new "
        "database is not what the old ones become."},
    Step{"incident-happened",
        "The damage was never done, so this drill says nothing: run it again."},
    Step{"incident-undone", "Set the recovery target earlier: the damage came back with the data."},
    Step{
        "intruder-noticed", "Find out why nothing raised the alarm while the intruder was inside."},
    Step{"intrusion-scan", "Restore from an older backup: this one holds what the intruder left."},
    Step{"isolated", "Cut the compromised server off before anything else is done with it."},
    Step{"migrations-applied",
        "Mend the migration that is named: it does not run on rows that are there."},
    Step{"migrations-current",
        "Run the migrations, then run them again: the second run must do nothing."},
    Step{"migrations-unedited",
        "Put the named migrations back and write a new one: databases that ran them will not run "
        "them again."},
    Step{"old-server-fenced", "Stop the old server or shut it off: it can still take writes."},
    Step{"one-writer", "Fence the old primary before a standby is promoted."},
    Step{"outage-noticed", "Look at the monitoring: clients failed and nobody was told."},
    Step{"own-server", "Check the connection settings: this is not the server that was restored."},
    Step{"recovery-ending",
        "Read the restored server's log, then look for the WAL segment it asked for last."},
    Step{"region-credentials",
        "Give region B keys of its own that list, read and write its bucket, and nobody else's."},
    Step{"region-cut-off", "Cut the lost region off completely, or the drill is no outage."},
    Step{"rejoined", "Rebuild the old primary with pg_rewind or from a new backup."},
    Step{
        "replica-current", "Look at the replication lag: the copy is further behind than allowed."},
    Step{"restore-completed",
        "Read the restore tool's output: the restore did not come to its end."},
    Step{"restore-output", "Read the restore tool's output: it skipped something and went on."},
    Step{"roles", "Take roles and grants with pg_dumpall --globals-only, and restore them first."},
    Step{"rollback",
        "Do not rely on taking this change back: rows would be lost, or the schema not be as "
        "before."},
    Step{"rows", "Count the rows of the tables named here on both sides, from the marker on."},
    Step{"rpo", "Back up or ship WAL more often, or agree on another bound."},
    Step{
        "rto", "Look at the longest phase below, and shorten that one, or agree on another bound."},
    Step{"sabotage",
        "Close this hole in the drill: it was broken on purpose, and the named check did not say "
        "so."},
    Step{"schema", "Compare the definitions named here: the restore left one out or changed it."},
    Step{"sequences", "Set the sequences named here past the highest key before anybody writes."},
    Step{"server", "Look at the restored server's log: it stopped or never came up."},
    Step{"server-log", "Read the lines of the server's log that are named here."},
    Step{"serving", "Try a write by hand: the restored server does not take any."},
    Step{"soundness", "Run pg_amcheck by hand, and restore from a backup that it finds sound."},
    Step{"source-archive",
        "Give the restored server an archive of its own: it wrote into that of the source."},
    Step{"standby-streams", "Look at the standby's log and at its replication slot."},
    Step{"store-credentials-rotated",
        "Rotate the keys of the object store, and refuse the old ones."},
    Step{"surgery",
        "Compare by hand what was copied back: rows are missing, or later ones changed."},
    Step{"tls-key-rotated",
        "Put the new certificate and key in place, and restart what serves them."},
    Step{"traffic-switched", "Point what clients go through at the restored server."},
    Step{"uploads", "Restore the files beside the database from the same moment as the rows."},
};

const Step* step_for(std::string_view check) {
  const auto* const found = std::find_if(
      steps.begin(), steps.end(), [&](const Step& step) { return step.first == check; });
  return found == steps.end() ? nullptr : found;
}

}  // namespace

bool has_next_step(std::string_view check) {
  return check.starts_with("subject:") || step_for(check) != nullptr;
}

std::string next_step(std::string_view check, Verdict verdict) {
  if (verdict == Verdict::unknown) {
    return fmt::format(
        "Make '{}' answer: see why it could not be asked or measured, and drill again.", check);
  }
  if (const Step* known = step_for(check)) {
    return std::string{known->second};
  }
  if (check.starts_with("subject:")) {
    return fmt::format("Run the check '{}' of drill.yaml by hand on the restored database.",
        check.substr(check.find(':') + 1));
  }
  return fmt::format("Find out why '{}' missed, and drill again.", check);
}

}  // namespace pgrehearse
