// The drill of golden backups on trial: one that is another by now, one that lacks a row, and none.
#include <filesystem>
#include <functional>

#include "harness/base/files.hpp"
#include "harness/drill/questions_own_backup.hpp"
#include "tests/sabotage/trial.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr const char* scenario = "golden-backups";
constexpr const char* release = "v1";

class GoldenBackupsSabotage : public Trial {
 protected:
  void SetUp() override {
    own_ = run().subject.golden;
    run().subject.golden = GoldenSpec{folder_.path() / "golden"};
    run().options.keep_golden = release;
  }
  void TearDown() override {
    run().subject.golden = own_;
    run().options.keep_golden.clear();
  }

  [[nodiscard]] fs::path kept() const { return folder_.path() / "golden" / release; }

  /// What is done to the changed database before a backup of it is kept, and after that.
  struct Breakage {
    std::function<void(Restored&)> database = [](Restored&) {};
    std::function<void()> kept = [] {};
  };

  static Story story_of(const Breakage& breakage) {
    return [=](Drill& drill) {
      auto source = drill.step(
          "Start it", [&] { return drill.start_source(DataChecksums::on, {.at_base = true}); });
      auto backup = drill.step("Back it up", [&] { return source->take_full_backup(); });
      auto base = drill.step("Mark it", [&] { return source->set_marker("base", backup); });
      auto changed =
          drill.step("Restore it", [&] { return drill.restore_base(*source, backup, to(base)); });
      auto change = drill.step("Migrate it", [&] { return drill.change_schema(changed); });
      breakage.database(changed);
      drill.keep_golden_backup(changed, change);
      breakage.kept();
      drill.each_golden_backup([&](const GoldenBackup& golden) {
        auto found = drill.step("Find it", [&] { return drill.open_golden_backup(golden); });
        auto restored = drill.step("Restore it", [&] { return drill.restore(*found); });
        drill.note_drift(restored, *found);
        drill.expect(restored, has_every_fact_of(*found, subject()));
        drill.expect(restored, is_sound());
        static_cast<void>(drill.step("Migrate it", [&] { return drill.change_schema(restored); }));
        drill.expect(restored, takes_writes(subject()));
      });
    };
  }

 private:
  TempDir folder_{"pgrehearse-golden"};
  std::optional<GoldenSpec> own_;
};

TEST_F(GoldenBackupsSabotage, TheHealthyTwinIsGreen) {
  must_be_green(scenario, story_of({}));
}

TEST_F(GoldenBackupsSabotage, GoldenBackupThatIsNotWhatWasKept) {
  must_be_killed(
      scenario, {"backup-verified", "database.dump has other content"}, story_of({.kept = [this] {
        std::string dump = read_file(kept() / "database.dump");
        dump[dump.size() / 2] ^= 1;
        write_file(kept() / "database.dump", dump);
      }}));
}

TEST_F(GoldenBackupsSabotage, GoldenBackupThatHoldsATableMore) {
  must_be_killed(
      scenario, {"schema", "public.sabotage"}, story_of({.database = [](Restored& changed) {
        changed.cluster.connect(subject().database).exec("CREATE TABLE public.sabotage (id int)");
      }}));
}

TEST_F(GoldenBackupsSabotage, GoldenBackupThatIsGone) {
  must_be_killed(scenario, {"backup-found", "there is no golden backup"},
      story_of({.kept = [this] { fs::remove_all(kept()); }}));
}

}  // namespace
}  // namespace pgrehearse
