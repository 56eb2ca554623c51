// The drill of a team's own backup on trial: backups that are none, and restored databases that are
// not what was backed up.
#include <algorithm>
#include <filesystem>
#include <functional>

#include "harness/base/files.hpp"
#include "harness/drill/questions_own_backup.hpp"
#include "tests/sabotage/trial.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr const char* scenario = "own-backup";

class OwnBackupSabotage : public Trial {
 protected:
  using BeforeIt = std::function<void(ArtifactSpec&)>;
  using AfterIt = std::function<void(Restored&)>;

  static void nothing(Restored&) {}

  /// The whole drill; `before` changes what there is to restore, `after` what came of it.
  static Story story_of(const BeforeIt& before, const AfterIt& after = nothing) {
    return [=](Drill& drill) {
      if (!drill.run().subject.artifact) {
        throw NotApplicable{"drill.yaml has no 'artifact'"};
      }
      before(*drill.run().subject.artifact);
      const Subject asked = without_checks_of_a_baseline(drill.run().subject);
      auto backup = drill.step("Find it", [&] { return drill.find_own_backup(); });
      auto restored = drill.step("Restore it", [&] { return drill.restore(*backup); });
      after(restored);
      drill.expect(restored, came_back_as_asked(drill.own_replica(), asked.artifact->target));
      drill.expect(restored, has_every_fact_of(*backup, asked));
      if (!asked.checks.empty()) {
        drill.expect(restored, answers_the_subjects_checks(asked, Marker{}));
      }
      drill.expect(restored, is_sound());
      drill.expect(restored, takes_writes(asked));
      drill.expect(restored, has_a_clean_log());
      drill.expect_own_objectives_met(restored, *backup);
    };
  }

  /// Of all artifacts only a copy of the chosen one, in a folder of its own.
  static void take_copy(ArtifactSpec& spec, const fs::path& folder, std::int64_t seed) {
    if (is_s3_location(spec.path.string())) {
      throw NotApplicable{"the backup is in a bucket, and nothing is changed there"};
    }
    const std::vector<Artifact> there = artifacts_in(spec.path, spec.match);
    const Artifact& chosen = chosen_of(there, spec.choose, seed);
    if (fs::is_directory(chosen.path)) {
      throw NotApplicable{"the backup is no single file"};
    }
    fs::copy_file(chosen.path, folder / chosen.name);
    spec.path = folder;
    spec.choose = "latest";
  }

  /// Rows of it are changed in the restored database.
  static std::string table_with_rows(Session& session) {
    const Row row = one_of(session,
        "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND c.reltuples > 1 "
        "AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' "
        "AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.confrelid = c.oid) "
        "ORDER BY c.reltuples DESC, 1 LIMIT 1",
        "table with rows that no other refers to");
    return row[0].value();
  }

  static Session inside(Restored& restored) {
    Session session = restored.cluster.connect(subject().database);
    session.exec("SET session_replication_role = replica");
    return session;
  }

  TempDir folder_{"sabotage"};
};

TEST_F(OwnBackupSabotage, TheHealthyTwinIsGreen) {
  must_be_green(scenario, story_of([](ArtifactSpec&) {}));
}

TEST_F(OwnBackupSabotage, TheHealthyTwinOfACopyIsGreen) {
  must_be_green(scenario, story_of([this](ArtifactSpec& spec) {
    take_copy(spec, folder_.path(), subject().seed_number);
  }));
}

TEST_F(OwnBackupSabotage, BackupJobThatLeftNothing) {
  must_be_killed(scenario, {"backup-found", "there is no backup"},
      story_of([this](ArtifactSpec& spec) { spec.path = folder_.path(); }));
}

TEST_F(OwnBackupSabotage, BackupJobThatLeftAnErrorPage) {
  must_be_killed(scenario, {"backup-found", "is no backup"}, story_of([this](ArtifactSpec& spec) {
    write_file(folder_.path() / "bookings.dump", "<html>502 Bad Gateway</html>\n");
    spec.path = folder_.path() / "bookings.dump";
  }));
}

TEST_F(OwnBackupSabotage, BackupThatWasCutShort) {
  must_be_killed(
      scenario, {"restore-completed", "end of file"}, story_of([this](ArtifactSpec& spec) {
        take_copy(spec, folder_.path(), subject().seed_number);
        for (const fs::directory_entry& file : fs::directory_iterator{folder_.path()}) {
          fs::resize_file(file.path(), file.file_size() / 2);
        }
      }));
}

TEST_F(OwnBackupSabotage, RolesThatNobodyBackedUp) {
  must_be_killed(scenario, {"restore-completed", "role"}, story_of([](ArtifactSpec& spec) {
    if (spec.globals.empty()) {
      throw NotApplicable{"the backup brings its own roles, or none"};
    }
    spec.globals.clear();
  }));
}

TEST_F(OwnBackupSabotage, BackupWithFewerRows) {
  must_be_killed(scenario, {"rows", "differs"},
      story_of([](ArtifactSpec&) {},
          [](Restored& restored) {
            Session session = inside(restored);
            const std::string table = table_with_rows(session);
            session.exec(
                "DELETE FROM " + table + " WHERE ctid = (SELECT min(ctid) FROM " + table + ")");
          }));
}

TEST_F(OwnBackupSabotage, BackupWithoutAnIndex) {
  must_be_killed(scenario, {"schema", "is missing"},
      story_of([](ArtifactSpec&) {},
          [](Restored& restored) {
            Session session = inside(restored);
            const Row index = one_of(session,
                "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = "
                "i.indrelid "
                "WHERE i.indrelid >= 16384 AND NOT i.indisunique AND c.relkind = 'r' AND NOT "
                "EXISTS "
                "(SELECT FROM pg_depend d WHERE d.objid = i.indexrelid AND d.deptype IN ('i', 'P', "
                "'S')) "
                "ORDER BY 1 LIMIT 1",
                "index that can be dropped");
            session.exec("DROP INDEX " + index[0].value());
          }));
}

TEST_F(OwnBackupSabotage, RestoredServerThatTakesNoWrites) {
  must_be_killed(scenario, {"serving", "read-only transaction"},
      story_of([](ArtifactSpec&) {},
          [](Restored& restored) {
            Session session = restored.cluster.connect();
            session.exec("ALTER SYSTEM SET default_transaction_read_only = on");
            session.exec("SELECT pg_reload_conf()");
          }));
}

}  // namespace
}  // namespace pgrehearse
