// What can be wrong with a restored server that started and stopped recovery where it should.
#include <fmt/format.h>

#include "tests/sabotage/accidental_delete_trial.hpp"

namespace pgrehearse {
namespace {

TEST_F(AccidentalDeleteSabotage, OneRowChangedWithTheCountKept) {
  must_be_killed(Sabotage{
      .killed_by = {"content", "pgrehearse.commits differs"}, .restored = sql([](Session& session) {
        session.exec(
            "UPDATE pgrehearse.commits SET xid = (xid::text::bigint + 1)::text::xid8 "
            "WHERE (writer, sequence) = (1, 1)");
      })});
}

TEST_F(AccidentalDeleteSabotage, OneRowMissingOfAMarkerUnderLoad) {
  must_be_killed(Sabotage{.killed_by = {"rows", "pgrehearse.commits differs"},
      .under_load = true,
      .restored = sql([](Session& session) {
        session.exec("DELETE FROM pgrehearse.commits WHERE (writer, sequence) = (1, 1)");
      })});
}

TEST_F(AccidentalDeleteSabotage, OneRowChangedOfAMarkerUnderLoad) {
  must_be_killed(Sabotage{.killed_by = {"content", "pgrehearse.commits differs"},
      .under_load = true,
      .restored = sql([](Session& session) {
        session.exec("UPDATE pgrehearse.commits SET xid = '3' WHERE (writer, sequence) = (1, 1)");
      })});
}

TEST_F(AccidentalDeleteSabotage, SequenceBehind) {
  must_be_killed(Sabotage{
      .killed_by = {"sequences", "differs"}, .restored = sql([](Session& session) {
        const Row sequence = one_of(session,
            "SELECT schemaname, sequencename, last_value - 1 FROM pg_sequences "
            "WHERE last_value > 1 LIMIT 1",
            "sequence that has moved");
        session.exec(fmt::format("SELECT setval({}, {})",
            literal(identifier(*sequence[0]) + "." + identifier(*sequence[1])), *sequence[2]));
      })});
}

// As rows leave it that came after the position was read: it is where it was, and not enough.
TEST_F(AccidentalDeleteSabotage, SequenceOvertakenByARow) {
  must_be_killed(Sabotage{.killed_by = {"sequences", "is behind a column that it feeds"},
      .restored = sql([](Session& session) {
        const Row fed = one_of(session,
            "SELECT c.oid::regclass::text, a.attname, pg_sequence_last_value(s.seqrelid) + "
            "s.seqincrement "
            "FROM pg_sequence s JOIN pg_depend d ON d.refobjid = s.seqrelid "
            "JOIN pg_attrdef f ON f.oid = d.objid AND d.classid = 'pg_attrdef'::regclass "
            "JOIN pg_class c ON c.oid = f.adrelid "
            "JOIN pg_attribute a ON (a.attrelid, a.attnum) = (f.adrelid, f.adnum) "
            "WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND pg_relation_size(c.oid) > 0 "
            "AND NOT s.seqcycle AND a.atttypid IN ('int4'::regtype, 'int8'::regtype) "
            "AND pg_sequence_last_value(s.seqrelid) IS NOT NULL LIMIT 1",
            "sequence that is a column's default, and has rows");
        session.exec(fmt::format(
            "SET session_replication_role = replica; "
            "UPDATE ONLY {0} SET {1} = {2} WHERE ctid = (SELECT ctid FROM ONLY {0} LIMIT 1)",
            *fed[0], identifier(*fed[1]), *fed[2]));
      })});
}

TEST_F(AccidentalDeleteSabotage, TriggerMissing) {
  must_be_killed(Sabotage{.killed_by = {"schema", "trigger"}, .restored = sql([](Session& session) {
                            const Row trigger = one_of(session,
                                "SELECT tgname, tgrelid::regclass::text FROM pg_trigger "
                                "WHERE NOT tgisinternal AND tgparentid = 0 LIMIT 1",
                                "trigger");
                            session.exec(fmt::format(
                                "DROP TRIGGER {} ON {}", identifier(*trigger[0]), *trigger[1]));
                          })});
}

// The ledger forgot the first migration. That of bookings makes only what is not there, so running
// it again succeeds, and that is the finding; where it does not, it fails.
TEST_F(AccidentalDeleteSabotage, SecondMigrationRunIsNotANoOp) {
  must_be_killed(Sabotage{
      .killed_by = Red{"migrations-current", "1 applied"}.or_because("running them again fails"),
      .restored = sql([](Session& session) {
        demand_table(session, "public.schema_migrations");
        session.exec(
            "DELETE FROM public.schema_migrations WHERE version = (SELECT min(version) "
            "FROM public.schema_migrations)");
      })});
}

TEST_F(AccidentalDeleteSabotage, RoleWithOneMorePrivilege) {
  must_be_killed(Sabotage{.killed_by = {"roles", "pg_read_server_files"},
      .restored = sql(
          [](Session& session) { session.exec("GRANT pg_read_server_files TO CURRENT_USER"); })});
}

TEST_F(AccidentalDeleteSabotage, ExtensionThatWasNotThere) {
  must_be_killed(Sabotage{
      .killed_by = {"extensions", "should not be there"}, .restored = sql([](Session& session) {
        session.exec(fmt::format("CREATE EXTENSION {}",
            identifier(session.value("SELECT name FROM pg_available_extensions WHERE "
                                     "installed_version IS NULL AND name IN ('pgstattuple', "
                                     "'pageinspect', 'pg_trgm') LIMIT 1"))));
      })});
}

TEST_F(AccidentalDeleteSabotage, DatabaseThatWasNotThere) {
  must_be_killed(Sabotage{.killed_by = {"server", "one_more"},
      .restored = sql([](Session& session) { session.exec("CREATE DATABASE one_more"); })});
}

TEST_F(AccidentalDeleteSabotage, CheckOfTheSubjectThatDoesNotHold) {
  must_be_killed(Sabotage{
      .killed_by = {"subject:never", "it does not hold"}, .change_subject = [](Subject& given) {
        given.checks.push_back({.id = "never", .sql = "SELECT 1", .expect = "= 2"});
      }});
}

TEST_F(AccidentalDeleteSabotage, ServerThatTakesNoWrite) {
  must_be_killed(Sabotage{
      .killed_by = {"serving", "read-only transaction"}, .restored = sql([](Session& session) {
        session.exec("ALTER SYSTEM SET default_transaction_read_only = on");
        session.exec("SELECT pg_reload_conf()");
      })});
}

TEST_F(AccidentalDeleteSabotage, SourceTakenForTheRestoredServer) {
  must_be_killed(Sabotage{.killed_by = {"own-server", "the same server answers for both"},
      .restored = [](Restored& restored, Source& source) { restored.cluster = source.cluster(); }});
}

TEST_F(AccidentalDeleteSabotage, ArchiveChangedByTheRestore) {
  must_be_killed(Sabotage{.killed_by = {"source-archive", "was changed"},
      .restored = [](Restored&, Source& source) { change_an_archived_file(source); }});
}

TEST_F(AccidentalDeleteSabotage, RecoveryThatDiesOfAMissingSegment) {
  must_be_killed(Sabotage{
      .killed_by = {"server-log", "recovery ended before configured recovery target was reached"},
      .before_restore = [](Source& source, const Marker& marker) {
        remove_archived(source, marker.last_segment);
      }});
}

TEST_F(AccidentalDeleteSabotage, MoreLostThanTheObjectiveAllows) {
  must_be_killed(Sabotage{.killed_by = in_its_one_way("rpo"), .change_subject = [](Subject& given) {
                            given.objectives["accidental-delete"].rpo = Milliseconds{0};
                          }});
}

TEST_F(AccidentalDeleteSabotage, LongerThanTheObjectiveAllows) {
  must_be_killed(Sabotage{.killed_by = in_its_one_way("rto"), .change_subject = [](Subject& given) {
                            given.objectives["accidental-delete"].rto = Milliseconds{1};
                          }});
}

TEST_F(AccidentalDeleteSabotage, DeadServerAnswersNothing) {
  must_be_unknown(Sabotage{
      .restored = [](Restored& restored, Source&) { restored.cluster.instance().kill_processes(); },
      .switch_traffic = [](Drill&, Source&, Restored&) {}});
}

}  // namespace
}  // namespace pgrehearse
