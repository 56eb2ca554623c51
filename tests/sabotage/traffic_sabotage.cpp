// What can go wrong when clients are led to the restored server.
#include "tests/sabotage/accidental_delete_trial.hpp"

namespace pgrehearse {
namespace {

void with_a_pooler(Subject& given) {
  given.traffic = {.pooled = true, .pool_mode = PoolMode::transaction};
}

TEST_F(AccidentalDeleteSabotage, TheHealthyTwinBehindAPoolerIsGreen) {
  for (const PoolMode mode : {PoolMode::session, PoolMode::transaction}) {
    must_be_green(Sabotage{.change_subject = [mode](Subject& given) {
      given.traffic = {.pooled = true, .pool_mode = mode};
    }});
  }
}

TEST_F(AccidentalDeleteSabotage, TheHealthyTwinWithoutAPoolerIsGreen) {
  must_be_green(Sabotage{.change_subject = [](Subject& given) { given.traffic = {}; }});
}

TEST_F(AccidentalDeleteSabotage, PoolerThatIsNeverSwitched) {
  must_be_killed(
      Sabotage{.killed_by = {"traffic-switched", "another server answers, which has it not"},
          .change_subject = with_a_pooler,
          .switch_traffic = [](Drill&, Source&, Restored&) {}});
}

TEST_F(AccidentalDeleteSabotage, WriteThatIsServedByTheOldServer) {
  must_be_killed(Sabotage{.killed_by = {"serving", "but on another server"},
      .change_subject = with_a_pooler,
      .switch_traffic = [](Drill&, Source&, Restored&) {}});
}

TEST_F(AccidentalDeleteSabotage, OldServerClosedAndPoolerNotSwitched) {
  must_be_killed(
      Sabotage{.killed_by = {"traffic-switched", "the connection to the server was lost"},
          .change_subject = with_a_pooler,
          .switch_traffic = [](Drill&, Source& source, Restored&) { source.fence(); }});
}

TEST_F(AccidentalDeleteSabotage, OldServerThatStillTakesWrites) {
  must_be_killed(Sabotage{.killed_by = {"old-server-fenced", "the old server took the write"},
      .change_subject = with_a_pooler,
      .switch_traffic = [](Drill&, Source& source, Restored& restored) {
        source.send_traffic_to(restored.cluster);
      }});
}

TEST_F(AccidentalDeleteSabotage, OldServerThatStillTakesWritesWithoutAPooler) {
  must_be_killed(Sabotage{.killed_by = {"old-server-fenced", "the old server took the write"},
      .change_subject = [](Subject& given) { given.traffic = {}; },
      .switch_traffic = [](Drill&, Source&, Restored&) {}});
}

TEST_F(AccidentalDeleteSabotage, OldServerThatComesBackAfterTheSwitch) {
  must_be_killed(Sabotage{.killed_by = {"old-server-fenced", "the old server took the write"},
      .change_subject = with_a_pooler,
      .switch_traffic = [](Drill& drill, Source& source, Restored& restored) {
        drill.switch_traffic(source, restored);
        source.cluster().start();
      }});
}

TEST_F(AccidentalDeleteSabotage, PoolerThatIsSwitchedBack) {
  must_be_killed(
      Sabotage{.killed_by = {"traffic-switched", "another server answers, which has it not"},
          .change_subject = with_a_pooler,
          .switch_traffic = [](Drill& drill, Source& source, Restored& restored) {
            drill.switch_traffic(source, restored);
            source.cluster().start();
            source.send_traffic_to(source.cluster());
          }});
}

}  // namespace
}  // namespace pgrehearse
