// What can go wrong when erased data have to be erased again after a restore.
#include <functional>

#include "tests/sabotage/accidental_delete_trial.hpp"

namespace pgrehearse {
namespace {

/// What is done on the restored server; healthy: it erases again, and nothing beside.
struct Replay {
  bool erases = true;
  std::function<void(Session&)> beside = [](Session&) {};
};

std::function<void(Drill&)> story_of(const Replay& replay) {
  return [=](Drill& drill) {
    if (!drill.run().subject.erasure) {
      throw NotApplicable{"drill.yaml has no 'erasure'"};
    }
    auto source = drill.step("Start the database", [&] { return drill.start_source(); });
    auto backup = drill.step("Take a full backup", [&] { return source->take_full_backup(); });
    auto marker = drill.step("Set the marker", [&] {
      source->write(drill.run().options.commits);
      return source->set_marker("before-mistake", backup);
    });
    auto erasure = drill.step("Erase", [&] { return erase(*source); });
    auto restored =
        drill.step("Restore", [&] { return drill.restore(*source, backup, to(marker)); });
    drill.expect(restored, has_every_fact_of(marker, source->subject().database));
    drill.step("Erase again", [&] {
      if (replay.erases) {
        erase_again(erasure, restored, *source);
      }
      Session session = restored.cluster.connect(source->subject().database);
      replay.beside(session);
    });
    drill.expect(restored, has_erased_again(erasure, marker, source->subject()));
  };
}

TEST_F(AccidentalDeleteSabotage, TheHealthyTwinOfTheErasureIsGreen) {
  Trial::must_be_green("accidental-delete", story_of({}));
}

TEST_F(AccidentalDeleteSabotage, ErasedDataThatCameBack) {
  Trial::must_be_killed(
      "accidental-delete", {"erasures", "1 remaining"}, story_of({.erases = false}));
}

TEST_F(AccidentalDeleteSabotage, OneRowMoreErasedThanHadTo) {
  Trial::must_be_killed("accidental-delete", {"erasures", "public.calls differs"},
      story_of({.beside = [](Session& session) {
        demand_table(session, "public.calls");
        session.exec(
            "DELETE FROM public.calls WHERE call_id = (SELECT min(call_id) FROM public.calls)");
      }}));
}

TEST_F(AccidentalDeleteSabotage, ErasureThatChangesATableThatItDidNotChangeBefore) {
  Trial::must_be_killed("accidental-delete", {"erasures", "public.sites differs"},
      story_of({.beside = [](Session& session) {
        demand_table(session, "public.sites");
        session.exec(
            "UPDATE public.sites SET display_name = display_name || ' ' WHERE site_id = 1");
      }}));
}

// By a later job that reads them from a copy of its own.
TEST_F(AccidentalDeleteSabotage, ErasedDataWrittenOnceMore) {
  Trial::must_be_killed(
      "accidental-delete", {"erasures", "1 remaining"}, story_of({.beside = [](Session& session) {
        demand_table(session, "public.clients");
        session.exec("UPDATE public.clients SET display_name = 'known again' WHERE client_id = 7");
      }}));
}

}  // namespace
}  // namespace pgrehearse
