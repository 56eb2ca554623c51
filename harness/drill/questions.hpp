// The questions a drill asks of a restored database. Each has a negative control in tests/sabotage.
#pragma once

#include <map>
#include <string>

#include "harness/check/intrusion.hpp"
#include "harness/crypto/tls_key.hpp"
#include "harness/drill/archive_before.hpp"
#include "harness/drill/erasure.hpp"
#include "harness/drill/marker.hpp"
#include "harness/drill/question.hpp"
#include "harness/drill/replica.hpp"
#include "harness/drill/rotation.hpp"
#include "harness/drill/source.hpp"
#include "harness/drill/surgery.hpp"
#include "harness/incident/incident.hpp"

namespace pgrehearse {

/// recovery-ending: server log, control data, the record of served segments and the timeline agree
/// that recovery stopped at the marker.
[[nodiscard]] Question stopped_at(const Marker& marker);
/// recovery-ending, of a replay that goes to the end of what arrived in another region: the last
/// segment there was served, the next one was asked for in vain, and no commit was left out.
[[nodiscard]] Question replayed_all_of(const Replica& replica);
/// exact-set: the restored commits are those of the WAL that arrived, whatever else was
/// acknowledged. `marker` says since when the WAL is complete.
[[nodiscard]] Question holds_exactly_the_commits_in(
    const Replica& replica, const Marker& marker, const Source& source);
/// gap-named: recovery did not end at its target, and the last segment it was given is this one.
[[nodiscard]] Question died_in_segment(const std::string& segment);
/// exact-set: the restored commits are those the WAL holds before the marker, each one acknowledged
/// before it is there, none sent after it is.
[[nodiscard]] Question holds_exactly_the_commits_before(const Marker& marker, const Source& source);
/// rows, content, sequences, schema, roles, extensions, server: compared both ways with the
/// baseline.
[[nodiscard]] Question has_every_fact_of(const Marker& marker, const std::string& database);
/// recovery-ending, of a recovery that had to stop before the commit of the accident itself.
[[nodiscard]] Question stopped_just_before(const Injury& injury);
/// surgery: the live database's facts are those before the copy, and the lost rows; both ways.
/// Every row that the WAL says was lost has been copied, and has its parents.
[[nodiscard]] Question has_the_lost_rows_and_nothing_else(
    const Surgery& surgery, const std::string& database);
/// exact-set, of a database that gives up nothing: every acknowledged commit, whenever it was made.
[[nodiscard]] Question holds_every_acknowledged_commit(const Source& source);
/// incident-undone: the marker lies before the injury, and the injury cannot be seen.
[[nodiscard]] Question shows_nothing_of(
    const Injury& injury, const Marker& marker, const std::string& database);
/// erasures: what was erased after the marker is erased again, and nothing else changed by it.
[[nodiscard]] Question has_erased_again(
    const Erasure& erasure, const Marker& marker, const Subject& subject);
/// migrations-current: running the migrations again applies nothing and changes nothing.
[[nodiscard]] Question has_current_migrations(Run& run, const Source& source);
/// subject-checks: drill.yaml's own, against their values at the marker.
[[nodiscard]] Question answers_the_subjects_checks(const Subject& subject, const Marker& marker);
/// What the restored server's answer to one of them means. Its baseline was asked just before the
/// marker: where clients committed between the two, a difference proves nothing.
[[nodiscard]] Finding finding_of_check(
    const CheckSpec& check, const Marker& marker, const std::string& answer);
/// own-server: a token written on the restored side is not seen on the source, nor is its address.
[[nodiscard]] Question is_a_server_of_its_own(Source& source);
/// traffic-switched: by the application's own way a token is read that only the restored server has
/// (own-server is asked before), and no connection of the pooler leads elsewhere.
[[nodiscard]] Question has_the_traffic(Source& source);
/// old-server-fenced: the application, which could write on the source until the switch, cannot
/// now.
[[nodiscard]] Question keeps_clients_off_the_old_server(Source& source);
/// serving: out of recovery, and a write by the application's own way is committed there and read
/// back.
[[nodiscard]] Question is_serving(Source& source);
/// application-ready, application-healthy, application-backups, application-writes: the team's own
/// application, started on the restored database by the application's own way, says that it can
/// serve, and shows on one page what was written on another, committed there. Asked after the data:
/// a page cannot tell an empty database from a full one. The subject must name an application.
[[nodiscard]] Question has_a_ready_application(Run& run, Source& source);
/// server-log: no warning or error that nobody expected.
[[nodiscard]] Question has_a_clean_log();
/// soundness: pg_amcheck finds every table and every btree index sound. Asked after the facts: it
/// makes and drops an extension.
[[nodiscard]] Question is_sound();
/// intrusion-scan: every rule of the scan is answered, and shows nothing that the baseline does not
/// have.
[[nodiscard]] Question shows_no_trace_of_intrusion(
    const IntrusionBaseline& baseline, const ScanOptions& options);
/// credentials-rotated: every known old credential is refused by the server itself, and so is one
/// that never was; no role has the verifier of the baseline; every role that may log in does so
/// with its new one; no line of pg_hba.conf lets in without any; no session of before is left.
[[nodiscard]] Question has_rotated_credentials(
    const Rotation& rotation, const IntrusionBaseline& before, Credentials old);
/// tls-key-rotated: in a handshake the server proves to have the fresh key and not the one of
/// before; a client that verifies (sslmode=verify-full) accepts it by the fresh certificate and
/// refuses it by the old one.
[[nodiscard]] Question has_rotated_tls_key(const TlsKey& before, const TlsKey& fresh);
/// source-archive: every file that was in the archive before the restore is still the same; and
/// from the restored set on it has no gap, nothing of another timeline or cluster, and of each file
/// the very bytes that the source archived (archive_audit.hpp has all that counts as wrong).
[[nodiscard]] Question left_the_archive_alone(Source& source, ArchiveBefore before);
/// source-archive, of what arrived in another region.
[[nodiscard]] Question left_the_archive_alone(const Replica& replica);

}  // namespace pgrehearse
