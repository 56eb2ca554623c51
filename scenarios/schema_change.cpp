// A schema change is about to be released: migrations that the database in production has not seen.
//
// Claim: they run on a restored backup of the base, a second run does nothing, and the result can
// be backed up in turn: a dump of it restores to its end and brings back every fact. A database
// that is new gets the same definitions from all of them, so none that ran long ago was edited.
// Where the new ones can be taken back, no row of the base is lost by that. Refusal: migrations
// that ran once, on an empty database, prove nothing: what breaks a restore shows only there.
// Without --base there is nothing new, and the drill asks the same of the migrations there are.
#include <utility>

#include "harness/drill/questions_change.hpp"
#include "harness/gtest/scenario.hpp"

namespace pgrehearse {
namespace {

class SchemaChange : public Scenario {};

TEST_F(SchemaChange, RunsOnABackupOfTheBaseAndComesBackFromADump) {
  Drill drill = begin("schema-change");

  auto source = drill.step("Start the database as it is before the change",
      [&] { return drill.start_source(DataChecksums::on, {.at_base = true}); });
  auto backup =
      drill.step("Take a full backup and verify it", [&] { return source->take_full_backup(); });
  auto base = drill.step("Set the marker", [&] { return source->set_marker("base", backup); });
  auto changed = drill.step("Restore the backup into a fresh copy",
      [&] { return drill.restore_base(*source, backup, to(base)); });
  drill.expect(changed, stopped_at(base));
  drill.expect(changed, has_every_fact_of(base, subject().database));
  drill.expect(changed, left_the_archive_alone(*source, drill.archive_before_restore()));
  auto change =
      drill.step("Run the new migrations on it", [&] { return drill.change_schema(changed); });
  auto loaded = drill.step("Dump the result, and restore the dump into an empty server",
      [&] { return drill.dump_and_load(changed); });

  drill.expect(loaded, has_every_fact_of(change.after, subject().database));
  drill.expect(loaded, has_current_migrations(run(), *source));
  drill.expect(loaded, answers_the_subjects_checks(subject(), change.after));
  drill.expect(loaded, is_sound());
  drill.expect(loaded, has_a_clean_log());
  drill.step("Run all migrations and the seed from nothing",
      [&] { drill.expect_same_from_nothing(change); });
  drill.expect_unedited_migrations();
  drill.keep_golden_backup(changed, change);
  drill.expect_base_back(changed, change, *source);
}

}  // namespace
}  // namespace pgrehearse
