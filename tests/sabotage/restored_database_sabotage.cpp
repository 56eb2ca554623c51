// What a restored database can lack or have beside it that no count of rows tells: constraints
// that are not proven, triggers that do not fire, what holds locks, what another library sorts.
#include <fmt/format.h>

#include "tests/sabotage/accidental_delete_trial.hpp"

namespace pgrehearse {
namespace {

TEST_F(AccidentalDeleteSabotage, ConstraintThatIsNoLongerProven) {
  must_be_killed(
      Sabotage{.killed_by = {"schema", "constraint"}, .restored = sql([](Session& session) {
                 session.exec(
                     "UPDATE pg_catalog.pg_constraint SET convalidated = false WHERE "
                     "conname = 'commits_pkey'");
               })});
}

TEST_F(AccidentalDeleteSabotage, TriggersDisabled) {
  must_be_killed(Sabotage{.killed_by = {"schema", "trigger"}, .restored = sql([](Session& session) {
                            const Row table = one_of(session,
                                "SELECT tgrelid::regclass::text FROM pg_catalog.pg_trigger "
                                "WHERE NOT tgisinternal AND tgparentid = 0 LIMIT 1",
                                "trigger");
                            session.exec(
                                fmt::format("ALTER TABLE {} DISABLE TRIGGER ALL", *table[0]));
                          })});
}

// It came back from the backup with the locks that it held.
TEST_F(AccidentalDeleteSabotage, PreparedTransactionThatHoldsItsLocks) {
  must_be_killed(Sabotage{.killed_by = {"server", "prepared transaction"},
      .change_subject =
          [](Subject& given) { given.postgres.settings["max_prepared_transactions"] = "2"; },
      .restored = sql([](Session& session) {
        session.exec("BEGIN");
        session.exec("INSERT INTO pgrehearse.sentinels VALUES ('never decided')");
        session.exec("PREPARE TRANSACTION 'left over'");
      })});
}

TEST_F(AccidentalDeleteSabotage, TableThatBecameUnlogged) {
  must_be_killed(Sabotage{
      .killed_by = {"schema", "pgrehearse.sentinels"}, .restored = sql([](Session& session) {
        session.exec("ALTER TABLE pgrehearse.sentinels SET UNLOGGED");
      })});
}

TEST_F(AccidentalDeleteSabotage, ExtensionOfAnotherVersion) {
  must_be_killed(
      Sabotage{.killed_by = {"extensions", "plpgsql"}, .restored = sql([](Session& session) {
                 session.exec(
                     "UPDATE pg_catalog.pg_extension SET extversion = '0.9' WHERE extname = "
                     "'plpgsql'");
               })});
}

// The function is there and so is its name; only a call, or loading its library, can tell.
TEST_F(AccidentalDeleteSabotage, FunctionWhoseLibraryIsNotInstalled) {
  must_be_killed(Sabotage{.killed_by = {"extensions", "library $libdir/not_installed_here"},
      .before_backup =
          [](Source& source) {
            source.cluster()
                .connect(source.subject().database)
                .exec(
                    "CREATE FUNCTION pgrehearse.of_a_library() RETURNS timestamptz LANGUAGE "
                    "internal AS 'now'");
          },
      .restored = sql([](Session& session) {
        session.exec(
            "UPDATE pg_catalog.pg_proc SET probin = '$libdir/not_installed_here' WHERE oid = "
            "'pgrehearse.of_a_library'::regproc");
      })});
}

TEST_F(AccidentalDeleteSabotage, DatabaseInAnotherEncoding) {
  must_be_killed(
      Sabotage{.killed_by = {"server", "database "}, .restored = sql([](Session& session) {
                 session.exec(
                     "UPDATE pg_catalog.pg_database SET encoding = "
                     "pg_catalog.pg_char_to_encoding('SQL_ASCII') WHERE datname = "
                     "current_database()");
               })});
}

// The table is gone when the server is asked; that it read a page of noise is all that is left.
TEST_F(AccidentalDeleteSabotage, BrokenPageThatTheServerHasSeen) {
  must_be_killed(
      Sabotage{.killed_by = {"server", "checksum failures"}, .restored = sql([](Session& session) {
                 session.exec(
                     "CREATE TABLE pgrehearse.broken (x integer); DO $$ BEGIN EXECUTE format('COPY "
                     "(SELECT 1) TO PROGRAM %L', 'head -c 8192 /dev/urandom > ' || "
                     "pg_relation_filepath('pgrehearse.broken')); BEGIN PERFORM FROM "
                     "pgrehearse.broken; EXCEPTION WHEN data_corrupted THEN NULL; END; END $$; "
                     "DROP TABLE pgrehearse.broken");
               })});
}

TEST_F(AccidentalDeleteSabotage, CollationOfAnotherVersion) {
  must_be_killed(
      Sabotage{.killed_by = {"server", "database "}, .restored = sql([](Session& session) {
                 session.exec(
                     "UPDATE pg_catalog.pg_database SET datcollversion = '1' WHERE "
                     "datname = current_database()");
               })});
}

// All that Postgres itself has to say of it is a warning to whoever connects.
TEST_F(AccidentalDeleteSabotage, WarningThatNobodyReads) {
  must_be_killed(
      Sabotage{.killed_by = {"server-log", "WARNING"}, .restored = sql([](Session& session) {
                 session.exec("ALTER SYSTEM SET log_min_messages = 'warning'");
                 session.exec("SELECT pg_reload_conf()");
                 session.exec("DO $$ BEGIN RAISE WARNING 'page is odd'; END $$");
               })});
}

TEST_F(AccidentalDeleteSabotage, RowSecurityTurnedOff) {
  must_be_killed(Sabotage{.killed_by = {"roles", "pgrehearse.sentinels"},
      .before_backup =
          [](Source& source) {
            source.cluster()
                .connect(source.subject().database)
                .exec("ALTER TABLE pgrehearse.sentinels ENABLE ROW LEVEL SECURITY");
          },
      .restored = sql([](Session& session) {
        session.exec("ALTER TABLE pgrehearse.sentinels DISABLE ROW LEVEL SECURITY");
      })});
}

TEST_F(AccidentalDeleteSabotage, ViewThatIsNotPopulated) {
  must_be_killed(Sabotage{.killed_by = {"schema", "pgrehearse.seen"},
      .before_backup =
          [](Source& source) {
            source.cluster()
                .connect(source.subject().database)
                .exec("CREATE MATERIALIZED VIEW pgrehearse.seen AS SELECT 1 AS one");
          },
      .restored = sql([](Session& session) {
        session.exec("REFRESH MATERIALIZED VIEW pgrehearse.seen WITH NO DATA");
      })});
}

// A function of the same name in front of the one that everybody means.
TEST_F(AccidentalDeleteSabotage, SearchPathThatPutsAnotherFunctionFirst) {
  must_be_killed(
      Sabotage{.killed_by = {"roles", "setting search_path"}, .restored = sql([](Session& session) {
                 session.exec(
                     fmt::format("ALTER DATABASE {} SET search_path = "
                                 "pgrehearse, pg_catalog, public",
                         identifier(session.value("SELECT current_database()"))));
               })});
}

TEST_F(AccidentalDeleteSabotage, LedgerThatSaysMoreThanWasMigrated) {
  must_be_killed(Sabotage{
      .killed_by = {"schema", "pgrehearse.sentinels.later"}, .restored = sql([](Session& session) {
        session.exec("ALTER TABLE pgrehearse.sentinels ADD COLUMN later text");
      })});
}

TEST_F(AccidentalDeleteSabotage, ApplicationThatMayNotLogIn) {
  must_be_killed(Sabotage{.killed_by = {"traffic-switched", "authentication failed"},
      .restored = [](Restored& restored, Source&) {
        put_file(restored.cluster.instance(), restored.cluster.data_path() + "/pg_hba.conf",
            "local all all scram-sha-256\nhost all postgres all "
            "scram-sha-256\n");
        restored.cluster.reload();
      }});
}

}  // namespace
}  // namespace pgrehearse
