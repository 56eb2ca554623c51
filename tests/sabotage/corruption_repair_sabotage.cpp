// The repair of an index in place: an index that is not damaged, not rebuilt, or not the only thing
// that was.
#include <fmt/format.h>

#include "tests/sabotage/corruption_trial.hpp"

namespace pgrehearse {
namespace {

TEST_F(CorruptionSabotage, TheHealthyTwinOfTheRepairIsGreen) {
  must_be_green(BrokenRepair{});
}

TEST_F(CorruptionSabotage, IndexThatIsNotDamaged) {
  Damage none = flipped_index_page();
  none.blow = Blow::none;
  must_be_killed(BrokenRepair{.killed_by = {"damage-detected", "nobody"}, .damage = none});
}

TEST_F(CorruptionSabotage, IndexThatIsNotRebuilt) {
  must_be_killed(BrokenRepair{.killed_by = {"soundness", "fails its checksum"},
      .rebuild = [](Drill& drill, Source& source, const Injury&, const Marker&) {
        return drill.live(source);
      }});
}

TEST_F(CorruptionSabotage, AnotherIndexRebuiltInItsPlace) {
  must_be_killed(BrokenRepair{.killed_by = {"soundness", "fails its checksum"},
      .rebuild = [](Drill& drill, Source& source, const Injury& injury, const Marker& marker) {
        Injury other = injury;
        other.victim = source.subject().database + ".pgrehearse.commits_pkey";
        return drill.rebuild_index(source, other, marker);
      }});
}

// As a REINDEX CONCURRENTLY leaves it that did not come to its end.
TEST_F(CorruptionSabotage, IndexLeftInvalid) {
  must_be_killed(BrokenRepair{.killed_by = {"schema", ": index "},
      .rebuilt = [](Session& session, const std::string& index) {
        session.exec("UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = " +
                     literal(index) + "::regclass");
      }});
}

TEST_F(CorruptionSabotage, TableThatLostARowWithItsIndex) {
  must_be_killed(
      BrokenRepair{.killed_by = {"exact-set", "was acknowledged before the marker and is missing"},
          .rebuilt = [](Session& session, const std::string&) {
            session.exec("DELETE FROM pgrehearse.commits WHERE (writer, sequence) = (1, 1)");
          }});
}

TEST_F(CorruptionSabotage, ArchiveChangedByTheRepair) {
  must_be_killed(BrokenRepair{.killed_by = {"source-archive", "was changed"},
      .rebuild = [](Drill& drill, Source& source, const Injury& injury, const Marker& marker) {
        change_an_archived_file(source);
        return drill.rebuild_index(source, injury, marker);
      }});
}

}  // namespace
}  // namespace pgrehearse
