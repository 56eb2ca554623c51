#include "harness/agent/archive_get.hpp"

#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/agent/archive_digests.hpp"
#include "harness/agent/flip.hpp"
#include "harness/base/text.hpp"
#include "harness/crypto/sha256.hpp"
#include "tests/unit/agent/given.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

const std::string seventh = "000000010000000000000007";

struct ArchiveGet : testing::Test {
  ArchiveGet() {
    fs::create_directory(archive);
    write_file(archive / seventh, content);
  }
  [[nodiscard]] GetAnswer get(const std::string& name = seventh) const {
    return archive_get(
        {.archive = archive, .name = name, .destination = destination, .record = record});
  }
  [[nodiscard]] nlohmann::json last_record() const {
    return nlohmann::json::parse(lines_of(read_file(record)).back());
  }
  void expect_trouble(const GetAnswer& answer) const {
    EXPECT_EQ(answer.outcome, GetOutcome::trouble);
    EXPECT_FALSE(answer.reason.empty());
    EXPECT_FALSE(fs::exists(destination));
    EXPECT_EQ(last_record().at("outcome"), "trouble");
    EXPECT_EQ(last_record().at("reason"), answer.reason);
  }

  const TempDir folder{"get-test"};
  const fs::path archive = folder.path() / "archive";
  const fs::path destination = folder.path() / "RECOVERYXLOG";
  const fs::path record = folder.path() / "record";
  const std::string content = segment(7);
};

TEST_F(ArchiveGet, TellsPostgresWhatItMeans) {
  EXPECT_EQ(static_cast<int>(GetOutcome::served), 0);
  EXPECT_EQ(static_cast<int>(GetOutcome::missing), 1);
  EXPECT_GT(static_cast<int>(GetOutcome::trouble), 128);
}

TEST_F(ArchiveGet, ServesASegmentAndWritesItDown) {
  write_file(destination, "of an earlier request");
  const Timestamp before = Timestamp::now();
  EXPECT_EQ(get().outcome, GetOutcome::served);
  EXPECT_TRUE(read_file(destination) == content);
  EXPECT_EQ(
      names_in(folder.path()), (std::vector<std::string>{"RECOVERYXLOG", "archive", "record"}));
  const nlohmann::json line = last_record();
  EXPECT_EQ(line.size(), 6U);
  EXPECT_EQ(line.at("asked"), seventh);
  EXPECT_EQ(line.at("outcome"), "served");
  EXPECT_EQ(line.at("sha256"), sha256_hex(content));
  EXPECT_EQ(line.at("bytes"), content.size());
  EXPECT_EQ(line.at("reason"), "");
  const Timestamp when = Timestamp::parse(line.at("time").get<std::string>());
  EXPECT_LE(before, when);
  EXPECT_LE(when, Timestamp::now());
}

TEST_F(ArchiveGet, SaysThatASegmentIsMissing) {
  EXPECT_EQ(get("000000010000000000000008").outcome, GetOutcome::missing);
  EXPECT_EQ(last_record().at("asked"), "000000010000000000000008");
  EXPECT_EQ(last_record().at("outcome"), "missing");
  EXPECT_FALSE(fs::exists(destination));
}

TEST_F(ArchiveGet, KeepsALineForEveryRequestInOrder) {
  static_cast<void>(get("00000002.history"));
  static_cast<void>(get());
  static_cast<void>(get("000000010000000000000008"));
  std::vector<std::string> outcomes;
  for (const std::string& line : lines_of(read_file(record))) {
    outcomes.push_back(nlohmann::json::parse(line).at("outcome"));
  }
  EXPECT_EQ(outcomes, (std::vector<std::string>{"missing", "served", "missing"}));
}

TEST_F(ArchiveGet, TakesAMissingArchiveForTroubleAndNotForItsEnd) {
  fs::remove_all(archive);
  expect_trouble(get());
  write_file(archive, "a file in its place");
  expect_trouble(get());
}

TEST_F(ArchiveGet, TakesATruncatedOrEmptySegmentForTrouble) {
  fs::resize_file(archive / seventh, 8 * mebibyte);
  expect_trouble(get());
  EXPECT_EQ(last_record().at("bytes"), 8 * mebibyte);
  fs::resize_file(archive / seventh, 0);
  expect_trouble(get());
  fs::resize_file(archive / seventh, 16 * mebibyte + 1);
  expect_trouble(get());
}

TEST_F(ArchiveGet, ServesSegmentsOfAnotherSizeIfTheirFirstPageSaysSo) {
  write_file(archive / seventh, segment(7, mebibyte));
  EXPECT_EQ(get().outcome, GetOutcome::served);
}

TEST_F(ArchiveGet, TakesASegmentUnderAForeignNameForTrouble) {
  write_file(archive / seventh, segment(8));
  expect_trouble(get());
}

// The last two lie where no checksum of Postgres looks: a page header's padding, and the zeros
// behind an early switch.
TEST_F(ArchiveGet, TakesASegmentWithAFlippedBitForTrouble) {
  note_archived(archive, seventh, sha256_hex(content));
  EXPECT_EQ(get().outcome, GetOutcome::served);
  fs::remove(destination);
  for (const std::uint64_t offset : {std::uint64_t{4096}, std::uint64_t{20}, 16 * mebibyte - 1}) {
    flip_a_bit(archive / seventh, offset);
    expect_trouble(get());
    EXPECT_EQ(last_record().at("asked"), seventh);
    EXPECT_EQ(last_record().at("reason"), "its bytes are not those that were archived");
    flip_a_bit(archive / seventh, offset);
  }
  EXPECT_EQ(get().outcome, GetOutcome::served);
}

TEST_F(ArchiveGet, TakesASegmentThatNobodyVouchesForForTrouble) {
  note_archived(archive, "000000010000000000000006", sha256_hex("other"));
  expect_trouble(get());
  EXPECT_EQ(get("000000010000000000000008").outcome, GetOutcome::missing);
}

TEST_F(ArchiveGet, TakesADamagedRecordOfDigestsForTrouble) {
  note_archived(archive, seventh, sha256_hex(content));
  for (const std::uint64_t offset : {0U, 64U, 65U, 66U, 89U, 90U}) {
    flip_a_bit(archive / archive_digests_name, offset);
    expect_trouble(get());
    flip_a_bit(archive / archive_digests_name, offset);
  }
  EXPECT_EQ(get().outcome, GetOutcome::served);
}

TEST_F(ArchiveGet, TakesWhatIsNoFileForTrouble) {
  fs::remove(archive / seventh);
  fs::create_directory(archive / seventh);
  expect_trouble(get());
  fs::remove(archive / seventh);
  fs::create_symlink("nowhere", archive / seventh);
  expect_trouble(get());
}

TEST_F(ArchiveGet, TakesANameThatIsAPathForTrouble) {
  expect_trouble(get("../archive/" + seventh));
  EXPECT_EQ(last_record().at("asked"), "../archive/" + seventh);
  expect_trouble(get("\"quoted\"\n\\"));
  EXPECT_EQ(last_record().at("asked"), "\"quoted\"\n\\");
}

TEST_F(ArchiveGet, TakesADestinationThatCannotBeWrittenForTrouble) {
  fs::create_directory(destination);
  EXPECT_EQ(get().outcome, GetOutcome::trouble);
  EXPECT_EQ(
      names_in(folder.path()), (std::vector<std::string>{"RECOVERYXLOG", "archive", "record"}));
}

TEST_F(ArchiveGet, LeavesNothingOfARequestThatFailedHalfway) {
  const pid_t got = in_another_process([&] {
    allow_files_of(mebibyte);
    return get().outcome == GetOutcome::trouble ? 0 : 1;
  });
  EXPECT_EQ(exit_status_of(got), 0);
  EXPECT_EQ(names_in(folder.path()), (std::vector<std::string>{"archive", "record"}));
}

TEST_F(ArchiveGet, ServesNothingThatItCannotWriteDown) {
  fs::create_directory(record);
  EXPECT_EQ(get().outcome, GetOutcome::trouble);
  EXPECT_FALSE(fs::exists(destination));
  EXPECT_EQ(get("000000010000000000000008").outcome, GetOutcome::trouble);
}

TEST_F(ArchiveGet, BeginsALineOfItsOwnAfterATornOne) {
  write_file(record, "{\"asked\":\"0000");
  EXPECT_EQ(get().outcome, GetOutcome::served);
  ASSERT_EQ(lines_of(read_file(record)).size(), 2U);
  EXPECT_EQ(last_record().at("outcome"), "served");
}

}  // namespace
}  // namespace pgrehearse
