// A real archive, wrong in one way at a time: the audit finds just that, by name, and nothing once
// it is healed.
#include <functional>

#include <fmt/format.h>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/pg/control_data.hpp"
#include "harness/pg/wal_reading.hpp"
#include "tests/contract/damage_source.hpp"
#include "tests/contract/damage_trials.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

class ArchiveThatIsWrong : public testing::Test {
 protected:
  ArchiveThatIsWrong() {
    for (int number = 0; number < 3; ++number) {
      written_.push_back(source_.write_a_segment());
    }
    need_ = {.timeline = set_.timeline,
        .from = set_.start,
        .system_identifier =
            control_data_of(source_.cluster().control_data_text()).system_identifier};
    EXPECT_EQ(findings(), "");
  }

  std::string findings() {
    std::vector<std::string> texts;
    for (const ArchiveFinding& finding :
        audit_of(source_.archive().survey(source_.instance()), need_)) {
      texts.push_back(text_of(finding));
    }
    return joined(texts, "; ");
  }
  /// Makes it wrong, looks, heals it, and looks again.
  void expect(const std::string& found, const std::function<void()>& damage) {
    const TempDir healthy{"pgrehearse-archive"};
    fs::copy(folder(), healthy.path() / "copy", fs::copy_options::recursive);
    damage();
    EXPECT_EQ(findings(), found);
    for (const fs::directory_entry& entry : fs::directory_iterator{folder()}) {
      fs::remove_all(entry.path());
    }
    fs::copy(healthy.path() / "copy", folder(), fs::copy_options::recursive);
    make_readable();
    EXPECT_EQ(findings(), "");
  }
  /// What this process put there may belong to another account than the server's.
  void make_readable() const {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator{folder()}) {
      fs::permissions(entry.path(), fs::perms::all);
    }
  }
  void copy(const fs::path& from, const std::string& name) const {
    fs::copy_file(from, folder() / name);
    make_readable();
  }
  [[nodiscard]] fs::path folder() const { return source_.archive_path(); }
  [[nodiscard]] const std::string& segment(std::size_t number) const { return written_[number]; }
  [[nodiscard]] std::string after_the_last() const {
    const Lsn next{start_of_segment(written_.back()).bytes() + 2 * usual_segment_bytes};
    return wal_file_name(set_.timeline, next);
  }
  DamageSource& source() { return source_; }

 private:
  DamageSource source_;
  BackupSet set_ = source_.take();
  std::vector<std::string> written_;
  ArchiveNeed need_;
};

TEST_F(ArchiveThatIsWrong, IsFoundOutByName) {
  const std::string middle = segment(1);
  expect(middle + ": gap", [&] { fs::remove(folder() / middle); });
  expect(middle + ": not the bytes that were archived", [&] {
    Flipped damage{folder(), {middle, 16UL * 1024 * 1024 - 1, 0}};
    damage.keep();
  });
  expect(middle + ": not the segment that its name says; " + middle +
             ": not the bytes that were archived",
      [&] { fs::resize_file(folder() / middle, 8UL * 1024 * 1024); });
  expect(
      segment(2) + ".partial: a partial segment; " + segment(2) + ".partial: no digest was noted",
      [&] { copy(folder() / segment(2), segment(2) + ".partial"); });
  expect("00000002.history: of a timeline that should not be there", [&] {
    write_file(folder() / "00000002.history", "1\t0/5000000\tno reason\n");
    make_readable();
  });
  const std::string branch = "00000002" + segment(2).substr(8);
  expect(branch + ": of a timeline that should not be there",
      [&] { copy(folder() / segment(2), branch); });
  expect(after_the_last() + ": not the segment that its name says; " + after_the_last() +
             ": no digest was noted",
      [&] { copy(folder() / segment(2), after_the_last()); });
  expect(middle + ".gz: no WAL file", [&] { copy(folder() / middle, middle + ".gz"); });
  expect("the archive has no whole record of digests",
      [&] { fs::remove(folder() / ".pgrehearse-digests"); });
}

TEST_F(ArchiveThatIsWrong, IsFoundOutToHoldWalOfAnotherCluster) {
  DamageSource other{{}, false};
  std::string foreign;
  while (foreign < after_the_last()) {
    foreign = other.write_a_segment();
  }
  ASSERT_EQ(foreign, after_the_last());
  expect(foreign + ": of another cluster; " + foreign + ": no digest was noted",
      [&] { copy(other.archive_path() / foreign, foreign); });
}

// Both servers were told no in their logs, and this is the place where anybody looks.
TEST_F(ArchiveThatIsWrong, IsFoundOutToBeWrittenByTwo) {
  DamageSource other;
  std::string taken;
  while (taken < segment(2)) {
    taken = other.write_a_segment();
  }
  const std::string agent = source().instance().path_of(Place::agent);
  const Completed pushed = source().instance().exec(
      {.argv = {agent, "archive-push", (other.archive_path() / taken).string(), folder().string(),
           taken}});
  EXPECT_FALSE(pushed.ok());
  EXPECT_EQ(findings(), taken + ": other bytes were to be archived under this name");
}

}  // namespace
}  // namespace pgrehearse
