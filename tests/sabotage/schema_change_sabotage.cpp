// The drill of a schema change on trial: migrations that fail or do not stay, and results that do
// not come back.
#include <filesystem>
#include <functional>

#include "harness/base/files.hpp"
#include "harness/drill/migrate.hpp"
#include "harness/drill/questions_change.hpp"
#include "harness/drill/roll_back.hpp"
#include "tests/sabotage/trial.hpp"

namespace pgrehearse {
namespace {

constexpr const char* scenario = "schema-change";

class SchemaChangeSabotage : public Trial {
 protected:
  using Act = std::function<void(Restored&)>;

  static void nothing(Restored&) {}

  /// What is done to the restored base before the new migrations, to it before it is dumped, to the
  /// restored dump, and to the changed database before it is rolled back.
  struct Breakage {
    Act restored = nothing;
    Act changed = nothing;
    Act loaded = nothing;
    Act rolled_back = nothing;
  };

  static Story story_of(const Breakage& breakage) {
    return [=](Drill& drill) {
      auto source = drill.step(
          "Start it", [&] { return drill.start_source(DataChecksums::on, {.at_base = true}); });
      auto backup = drill.step("Back it up", [&] { return source->take_full_backup(); });
      auto base = drill.step("Mark it", [&] { return source->set_marker("base", backup); });
      auto changed =
          drill.step("Restore it", [&] { return drill.restore_base(*source, backup, to(base)); });
      drill.expect(changed, has_every_fact_of(base, subject().database));
      breakage.restored(changed);
      auto change = drill.step("Migrate it", [&] { return drill.change_schema(changed); });
      breakage.changed(changed);
      auto loaded = drill.step("Dump and load it", [&] { return drill.dump_and_load(changed); });
      drill.step("Begin again", [&] { drill.expect_same_from_nothing(change); });
      breakage.loaded(loaded);
      drill.expect(loaded, has_every_fact_of(change.after, subject().database));
      drill.expect(loaded, has_current_migrations(run(), *source));
      drill.expect(loaded, answers_the_subjects_checks(subject(), change.after));
      drill.expect(loaded, is_sound());
      drill.expect(loaded, has_a_clean_log());
      drill.expect_unedited_migrations();
      breakage.rolled_back(changed);
      drill.expect_base_back(changed, change, *source);
    };
  }

  static Session inside(Restored& restored) {
    Session session = restored.cluster.connect(subject().database);
    session.exec("SET session_replication_role = replica");
    return session;
  }

  /// As if no migration had ever been noted: they run again, on what they made.
  static void forget_migrations(Restored& restored) {
    if (subject().migrate.command || subject().migrate.directory.empty()) {
      throw NotApplicable{"the harness does not keep the ledger of its migrations"};
    }
    inside(restored).exec("DELETE FROM " + ledger_table_of(subject().migrate.format));
  }

  /// The subject as if its first migration had said something else at the base.
  static Subject with_an_edit(const std::filesystem::path& folder) {
    const MigrateSpec& spec = subject().migrate;
    if (spec.command || !std::filesystem::is_directory(subject().folder / spec.directory)) {
      throw NotApplicable{"the harness does not see the subject's migrations one by one"};
    }
    std::filesystem::copy(subject().folder / spec.directory, folder / "then",
        std::filesystem::copy_options::recursive);
    Subject base = subject();
    base.folder = folder;
    base.migrate.directory = "then";
    write_file(
        migration_files(folder / "then", spec.format).front().path, "-- migrate:up\nSELECT 1;\n");
    return base;
  }

  static void lose_a_row(Restored& restored) {
    Session session = inside(restored);
    const std::string table = one_of(session,
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = "
        "c.relnamespace WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN "
        "('information_schema', 'pgrehearse') AND (SELECT count(*) FROM pg_stats s WHERE "
        "s.schemaname = n.nspname AND s.tablename = c.relname) > 0 ORDER BY c.reltuples DESC, 1 "
        "LIMIT 1",
        "table with rows")[0]
                                  .value();
    session.exec("DELETE FROM " + table + " WHERE ctid = (SELECT min(ctid) FROM " + table + ")");
  }
};

TEST_F(SchemaChangeSabotage, TheHealthyTwinIsGreen) {
  must_be_green(scenario, story_of({}));
}

TEST_F(SchemaChangeSabotage, MigrationThatCannotRunOnTheBase) {
  must_be_killed(scenario, {"migrations-applied", "failed with SQLSTATE"},
      story_of({.restored = forget_migrations}));
}

TEST_F(SchemaChangeSabotage, LedgerThatTheDumpDidNotBring) {
  must_be_killed(scenario, {"migrations-current", "running them again fails"},
      story_of({.loaded = forget_migrations}));
}

TEST_F(SchemaChangeSabotage, FunctionThatFindsItsTableBySearchPath) {
  must_be_killed(scenario, {"restore-completed", "does not exist"},
      story_of({.changed = [](Restored& changed) {
        inside(changed).exec(
            "CREATE TABLE public.sabotage_of (id int); INSERT INTO public.sabotage_of VALUES (1);"
            "CREATE FUNCTION public.sabotage_by_path(i int) RETURNS boolean LANGUAGE plpgsql AS "
            "'BEGIN RETURN EXISTS (SELECT FROM sabotage_of WHERE id = i); END';"
            "CREATE TABLE public.sabotage (id int CHECK (public.sabotage_by_path(id)));"
            "INSERT INTO public.sabotage VALUES (1)");
      }}));
}

TEST_F(SchemaChangeSabotage, ForeignKeyThatItsRowsDoNotKeep) {
  must_be_killed(scenario, {"restore-completed", "violates foreign key constraint"},
      story_of({.changed = [](Restored& changed) {
        inside(changed).exec(
            "CREATE TABLE public.sabotage_of (id int PRIMARY KEY);"
            "CREATE TABLE public.sabotage (id int REFERENCES public.sabotage_of);"
            "INSERT INTO public.sabotage VALUES (1)");
      }}));
}

TEST_F(SchemaChangeSabotage, RowThatTheDumpDidNotBring) {
  must_be_killed(scenario, {"rows", "differs"}, story_of({.loaded = lose_a_row}));
}

TEST_F(SchemaChangeSabotage, TableThatNoMigrationMakes) {
  must_be_killed(scenario, {"from-nothing", "1 only on the restored base"},
      story_of({.restored = [](Restored& restored) {
        inside(restored).exec("CREATE TABLE public.sabotage ()");
      }}));
}

TEST_F(SchemaChangeSabotage, MigrationOfTheBaseThatWasEdited) {
  const TempDir folder{"pgrehearse-base"};
  must_be_killed(scenario, {"migrations-unedited", "1 edited"},
      story_of({.loaded = [&](Restored&) { run().base = with_an_edit(folder.path()); }}));
  run().base.reset();
}

TEST_F(SchemaChangeSabotage, RollbackThatLosesARow) {
  must_be_killed(scenario, {"rollback", "is not as before (rows)"},
      story_of({.rolled_back = [](Restored& changed) {
        if (const std::string why = why_no_rollback(subject(), {}); !why.empty()) {
          throw NotApplicable{why};
        }
        lose_a_row(changed);
      }}));
}

}  // namespace
}  // namespace pgrehearse
