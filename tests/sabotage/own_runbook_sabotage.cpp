// The drill of a team's own runbook on trial: runbooks whose commands fail, and runbooks whose
// commands all exit 0 and bring back less, or more, than there was.
#include <functional>

#include "harness/base/files.hpp"
#include "harness/drill/questions_own_backup.hpp"
#include "harness/drill/questions_runbook.hpp"
#include "harness/incident/accident.hpp"
#include "tests/sabotage/trial.hpp"

namespace pgrehearse {
namespace {

constexpr const char* scenario = "own-runbook";

class OwnRunbookSabotage : public Trial {
 protected:
  using Edit = std::function<std::string(std::string)>;

  /// The whole drill, with a runbook that was edited.
  Story story_of(const Edit& edit) {
    return [this, edit](Drill& drill) {
      Subject& subject = drill.run().subject;
      if (!subject.runbook) {
        throw NotApplicable{"drill.yaml has no 'runbook'"};
      }
      const std::filesystem::path path = folder_.path() / "runbook.md";
      write_file(path, edit(read_file(subject.runbook->path)));
      subject.runbook->path = path;
      auto source = drill.step("Start", [&] { return drill.start_source(); });
      auto backup = drill.step("Back up", [&] { return source->take_full_backup(); });
      auto offered = drill.step("Offer it", [&] {
        source->write(drill.run().options.commits);
        return drill.offer_to_runbook(*source, backup);
      });
      auto marker =
          drill.step("Mark it", [&] { return source->set_marker("before-mistake", backup); });
      auto injury = drill.step("INCIDENT", [&] {
        source->write(20);
        return drill.inject(*source, delete_without_where(subject.accidental_delete.delete_from));
      });
      drill.step("Alarm", [&] {
        source->attempt(40);
        drill.raise_alarm();
      });
      auto restored = drill.follow_runbook(*source, offered, marker);
      drill.expect(restored, stopped_where_its_runbook_said());
      drill.expect(restored, holds_exactly_the_commits_before(marker, *source));
      drill.expect(restored, has_every_fact_of(marker, subject.database));
      drill.expect(restored, shows_nothing_of(injury, marker, subject.database));
      drill.expect(restored, takes_writes(subject));
      drill.expect(restored, left_the_archive_alone(*source, drill.archive_before_restore()));
      drill.expect(restored, has_a_clean_log());
    };
  }

  /// Throws NotApplicable when this runbook does not say `what`: then it has other steps.
  static Edit replacing(const std::string& what, const std::string& with) {
    return [what, with](std::string text) {
      const std::size_t at = text.find(what);
      if (at == std::string::npos) {
        throw NotApplicable{"the runbook does not say '" + what + "'"};
      }
      return text.replace(at, what.size(), with);
    };
  }

  TempDir folder_{"sabotage"};
};

TEST_F(OwnRunbookSabotage, TheHealthyTwinIsGreen) {
  must_be_green(scenario, story_of([](std::string text) { return text; }));
}

TEST_F(OwnRunbookSabotage, CommandThatFails) {
  must_be_killed(scenario, {"restore-completed", "ended with status"},
      story_of(replacing("cp -a \"$BACKUP_DIR/.\"", "cp -a \"$BACKUP_DIR/../gone/.\"")));
}

TEST_F(OwnRunbookSabotage, RunbookThatStartsNoServer) {
  must_be_killed(
      scenario, {"restore-completed", "no server runs"}, story_of([](const std::string&) {
        return "<!-- pgrehearse: restore -->\n```bash\nls \"$BACKUP_DIR\"\n```\n";
      }));
}

TEST_F(OwnRunbookSabotage, BaseBackupWithoutItsWal) {
  must_be_killed(scenario, {"exact-set", "was acknowledged before the marker and is missing"},
      story_of(
          replacing("recovery_target_name = '$TARGET_NAME'", "recovery_target = 'immediate'")));
}

TEST_F(OwnRunbookSabotage, ReplayPastTheMarker) {
  must_be_killed(scenario, {"recovery-ending", "end of archive"},
      story_of(replacing("recovery_target_name = '$TARGET_NAME'\n", "")));
}

TEST_F(OwnRunbookSabotage, RunbookWithoutAMarkedBlockProvesNothing) {
  must_be_unknown(scenario, {{"restore-completed", "none of its 1 commands is marked to be run"}},
      story_of([](const std::string&) { return "```bash\nls\n```\n"; }));
}

}  // namespace
}  // namespace pgrehearse
