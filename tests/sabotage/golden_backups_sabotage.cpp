// The drill of golden backups on trial: one that is another by now, one whose digests are those of
// what replaced it, one that holds more, and none.
#include <cstdlib>
#include <filesystem>
#include <functional>

#include <fmt/format.h>

#include "harness/base/files.hpp"
#include "harness/crypto/ed25519.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/drill/questions_own_backup.hpp"
#include "tests/sabotage/trial.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr const char* scenario = "golden-backups";
constexpr const char* release = "v1";

// The key whose secret is 32 bytes of nothing (RFC 8410), for trials only.
std::string key_of_trials() {
  constexpr std::size_t zeros = 43;
  return fmt::format("-----BEGIN {0} KEY-----\n{1}{2}\n-----END {0} KEY-----\n", "PRIVATE",
      "MC4CAQAwBQYDK2VwBCIEI", std::string(zeros, 'A'));
}

/// A variable of this process, for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

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

// Its digests are right: whoever replaces the dump writes them anew.
TEST_F(GoldenBackupsSabotage, GoldenBackupChangedWithItsDigests) {
  const std::string key = key_of_trials();
  const Variable signing{"PGREHEARSE_SIGNING_KEY", key};
  const Variable asked_for{"PGREHEARSE_PUBLIC_KEY", sign_ed25519(Secret{key}, "").public_key};
  must_be_killed(scenario, {"backup-verified", "golden.json is not what was signed"},
      story_of({.kept = [this] {
        const std::string globals = read_file(kept() / "globals.sql");
        const std::string changed = globals + "-- and one role more\n";
        std::string seal = read_file(kept() / "golden.json");
        const std::string digest = sha256_hex(globals);
        seal.replace(seal.find(digest), digest.size(), sha256_hex(changed));
        write_file(kept() / "globals.sql", changed);
        write_file(kept() / "golden.json", seal);
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
