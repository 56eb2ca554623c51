// What can be wrong with the application on a restored database, and with what it says of itself.
#include <chrono>
#include <filesystem>

#include "harness/base/files.hpp"
#include "tests/sabotage/accidental_delete_trial.hpp"

namespace pgrehearse {
namespace {

/// Changes the subject's application, which every one of these needs.
std::function<void(Subject&)> application(std::function<void(ApplicationSpec&)> change) {
  return [change = std::move(change)](Subject& given) { change(given.application.value()); };
}

TEST_F(AccidentalDeleteSabotage, TheHealthyTwinWithoutAnApplicationIsGreen) {
  must_be_green(Sabotage{.change_subject = [](Subject& given) { given.application.reset(); }});
}

TEST_F(AccidentalDeleteSabotage, EmptyDatabaseIsRedAtItsDataFirst) {
  must_be_killed_first_at({"rows", "differs"},
      Sabotage{.killed_by = {"application-ready", "it answered 503"},
          .needs_application = true,
          .restored = sql([](Session& session) {
            std::string tables;
            for (const Row& row :
                session.exec("SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', "
                             "'p') AND relnamespace = 'public'::regnamespace AND NOT "
                             "relispartition AND relname <> 'schema_migrations'")) {
              tables += (tables.empty() ? "" : ", ") + row.at(0).value();
            }
            session.exec("TRUNCATE " + tables + " CASCADE");
          })});
}

// After the harness' own question, which would have applied the missing migration again.
TEST_F(AccidentalDeleteSabotage, MigrationsBehind) {
  must_be_killed(Sabotage{.killed_by = {"application-ready", "migrations are not current"},
      .needs_application = true,
      .switch_traffic = [](Drill& drill, Source& source, Restored& restored) {
        drill.switch_traffic(source, restored);
        restored.cluster.connect(source.subject().database)
            .exec(
                "DELETE FROM public.schema_migrations WHERE version = (SELECT max(version) FROM "
                "public.schema_migrations)");
      }});
}

TEST_F(AccidentalDeleteSabotage, ReadyPageThatSaysNothingOfMigrations) {
  must_be_killed(Sabotage{.killed_by = {"application-ready", "nothing of migrations"},
      .needs_application = true,
      .change_subject = application(
          [](ApplicationSpec& spec) { spec.migrations_current = "schema.is_current"; })});
}

TEST_F(AccidentalDeleteSabotage, ApplicationThatEndsAtItsStart) {
  must_be_killed(
      Sabotage{.killed_by = {"application-ready", "ended with status 3 before it answered"},
          .needs_application = true,
          .change_subject = application([](ApplicationSpec& spec) {
            spec.command.argv = {"/bin/sh", "-c", "exit 3"};
          })});
}

TEST_F(AccidentalDeleteSabotage, ApplicationThatNeverAnswers) {
  must_be_killed(Sabotage{.killed_by = {"application-ready", "the application gave no answer"},
      .needs_application = true,
      .change_subject = application([](ApplicationSpec& spec) {
        spec.command = {.argv = {"tail", "-f", "/dev/null"}, .deadline = Milliseconds{200}};
      })});
}

TEST_F(AccidentalDeleteSabotage, ApplicationThatIsNotInstalledProvesNothing) {
  must_be_unknown_at({"application-ready", "cannot execute no-such-application"},
      Sabotage{.needs_application = true, .change_subject = application([](ApplicationSpec& spec) {
                 spec.command.argv = {"no-such-application"};
               })});
}

TEST_F(AccidentalDeleteSabotage, ApplicationThatIsNotAlive) {
  must_be_killed(Sabotage{.killed_by = {"application-healthy", "it answered 404"},
      .needs_application = true,
      .change_subject = application([](ApplicationSpec& spec) { spec.health = "/no/such/page"; })});
}

TEST_F(AccidentalDeleteSabotage, BackupOfTheDayBeforeYesterday) {
  must_be_killed(Sabotage{.killed_by = {"application-backups", "it answered 503"},
      .needs_application = true,
      .before_restore = [](Source& source, const Marker&) {
        const auto two_days = std::chrono::hours{48};
        write_file(source.heartbeats().folder() / "LAST_SUCCESS.txt",
            (Timestamp::now() + (-two_days)).text() + "\n");
      }});
}

TEST_F(AccidentalDeleteSabotage, ArchivingThatNobodyHasSeen) {
  must_be_killed(Sabotage{.killed_by = {"application-backups", "it answered 503"},
      .needs_application = true,
      .before_restore = [](Source& source, const Marker&) {
        std::filesystem::remove(source.heartbeats().folder() / "wal_sync_last_ok.txt");
      }});
}

TEST_F(AccidentalDeleteSabotage, WriteThatIsNotShown) {
  must_be_killed(Sabotage{.killed_by = {"application-writes", "the text is not shown"},
      .needs_application = true,
      .change_subject = application([](ApplicationSpec& spec) { spec.read = spec.health; })});
}

TEST_F(AccidentalDeleteSabotage, ApplicationThatWritesOnTheOldServer) {
  must_be_killed(
      Sabotage{.killed_by = {"application-writes", "nothing was written on the restored server"},
          .needs_application = true,
          .change_subject =
              [](Subject& given) {
                given.traffic = {.pooled = true, .pool_mode = PoolMode::transaction};
              },
          .switch_traffic = [](Drill&, Source&, Restored&) {}});
}

}  // namespace
}  // namespace pgrehearse
