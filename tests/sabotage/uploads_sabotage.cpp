// What can go wrong with files beside the database.
#include <functional>

#include "harness/drill/uploads.hpp"
#include "harness/incident/tampering.hpp"
#include "harness/store/transfer.hpp"
#include "tests/sabotage/accidental_delete_trial.hpp"

namespace pgrehearse {
namespace {

using Damage = std::function<void(ObjectStore& backup)>;

// The files are copied back from a backup that was damaged.
std::function<void(Drill&)> story_of(const Damage& damage) {
  return [=](Drill& drill) {
    if (!drill.run().subject.uploads) {
      throw NotApplicable{"drill.yaml has no 'uploads'"};
    }
    UploadStores files{drill.run()};
    auto source = drill.step("Start the database", [&] { return drill.start_source(); });
    auto backup = drill.step("Take backups", [&] {
      make_uploads(*source, files.live());
      copy_uploads(files.live(), files.backup());
      return source->take_full_backup();
    });
    auto marker = drill.step("Set the marker", [&] {
      source->write(drill.run().options.commits);
      return source->set_marker("before-mistake", backup);
    });
    damage(files.backup());
    auto restored = drill.step("Restore", [&] {
      lose_uploads(files.live());
      copy_uploads(files.backup(), files.live());
      return drill.restore(*source, backup, to(marker));
    });
    drill.expect(restored, has_every_fact_of(marker, source->subject().database));
    drill.expect(restored, has_every_upload(files.live(), source->subject()));
  };
}

std::string some_file(ObjectStore& store) {
  return store.list(std::string{uploads_prefix}).front().key;
}

TEST_F(AccidentalDeleteSabotage, TheHealthyTwinWithFilesIsGreen) {
  Trial::must_be_green("accidental-delete", story_of([](ObjectStore&) {}));
}

TEST_F(AccidentalDeleteSabotage, FileThatIsMissing) {
  Trial::must_be_killed("accidental-delete", {"uploads", "is missing"},
      story_of([](ObjectStore& backup) { backup.remove(some_file(backup), {}); }));
}

TEST_F(AccidentalDeleteSabotage, FileWithOneByteChanged) {
  Trial::must_be_killed("accidental-delete", {"uploads", "has other bytes than its row says"},
      story_of([](ObjectStore& backup) { tamper_with(backup, some_file(backup)); }));
}

TEST_F(AccidentalDeleteSabotage, FileWithoutARow) {
  Trial::must_be_killed(
      "accidental-delete", {"uploads", "has no row"}, story_of([](ObjectStore& backup) {
        backup.put(upload_key("nobody-knows-it"), Content::of_bytes("x"), {});
      }));
}

// Both are there, and each has the digest of the other.
TEST_F(AccidentalDeleteSabotage, FilesUnderEachOthersNames) {
  Trial::must_be_killed("accidental-delete", {"uploads", "has other bytes than its row says"},
      story_of([](ObjectStore& backup) {
        const std::vector<ObjectInfo> files = backup.list(std::string{uploads_prefix});
        const std::string first = get_bytes(backup, files.front().key);
        const std::string last = get_bytes(backup, files.back().key);
        backup.put(files.front().key, Content::of_bytes(last), {});
        backup.put(files.back().key, Content::of_bytes(first), {});
      }));
}

}  // namespace
}  // namespace pgrehearse
