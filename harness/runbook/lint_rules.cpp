#include <array>

#include "harness/runbook/lint.hpp"

namespace pgrehearse {
namespace {

constexpr std::array<LintRule, 21> rules{{
    {"psql-goes-on", "psql goes on after an error in a script, and still exits 0",
        "Say -v ON_ERROR_STOP=1."},
    {"psqlrc", "psql reads the ~/.psqlrc of whoever runs this, which may change what it does",
        "Say -X."},
    {"pg-restore-goes-on", "pg_restore goes on after an error and restores a part",
        "Say --exit-on-error, or --single-transaction."},
    {"pipe-hides-failure", "the exit status of a pipe is that of its last program alone",
        "Say 'set -o pipefail' in this block, in bash."},
    {"failure-ignored", "a failure here counts as success",
        "Let it fail. Where it may, test for the reason, or note before the block why it is "
        "meant."},
    {"errors-hidden", "what went wrong is thrown away",
        "Leave standard error alone, or send it to a log."},
    {"placeholder", "nobody can run this as it stands",
        "Use a variable, and say at the top of the runbook where its value comes from."},
    {"not-in-a-block", "a command in a code span is not run by a drill, and is copied by hand",
        "Put it into a block of its own: ```sh"},
    {"rm-of-a-variable", "with the variable empty or unset this removes something else, or nothing",
        "Write \"${NAME:?}\"."},
    {"password-in-command", "a password stands in the document",
        "Take it from PGPASSFILE, PGSERVICEFILE or a secret store, and replace this one."},
    {"password-on-command-line", "every process list shows a password given as an argument",
        "Give it in the environment or in PGPASSFILE."},
    {"resetwal", "pg_resetwal loses transactions and leaves a database that contradicts itself",
        "Restore a backup. If there is none: dump, and load into a new cluster."},
    {"gone", "Postgres 15 no longer has this",
        "Settings of a recovery are in postgresql.auto.conf, beside recovery.signal; the WAL "
        "programs are pg_wal..., and a base backup is pg_basebackup or pg_backup_start."},
    {"archive-lies", "the command reports success whatever happens, and WAL is lost without a word",
        "Let restore_command and archive_command fail when the file is not there."},
    {"target-without-action", "at its target the server pauses and takes no writes",
        "Say recovery_target_action = 'promote', or run SELECT pg_wal_replay_resume() after "
        "looking."},
    {"target-without-zone",
        "a time without a zone is taken in the zone of whatever server reads "
        "it",
        "Write the offset: 2026-01-25 14:30:00+00."},
    {"start-is-no-proof", "a server that starts may have stopped before its target, or be empty",
        "Ask it: SELECT pg_is_in_recovery(), where its log says that recovery ended, and counts "
        "that somebody wrote down before."},
    {"restore-unverified", "nothing asks the restored database afterwards",
        "Compare with counts and digests from before: 'pgrehearse baseline' writes them down."},
    {"backup-unverified", "nothing reads back what was taken",
        "pg_verifybackup for a base backup; a restore into an empty server for a dump."},
    {"roles-not-dumped",
        "pg_dump keeps no roles, and what they own cannot be restored without them",
        "Keep pg_dumpall --globals-only beside it."},
    {"note", "a note to this linter has no effect as it stands",
        "Write <!-- pgrehearse: meant RULE: REASON --> right before the block that it is for."},
}};

}  // namespace

std::span<const LintRule> lint_rules() {
  return rules;
}

}  // namespace pgrehearse
