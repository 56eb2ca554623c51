#include "harness/agent/archive_digests.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/crypto/sha256.hpp"
#include "tests/unit/agent/given.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

struct ArchiveDigestsRecord : testing::Test {
  const TempDir folder{"digests-test"};
  const fs::path archive = folder.path();
  const fs::path record = archive / archive_digests_name;
  const std::string first = "000000010000000000000001";
  const std::string second = "000000010000000000000002";
  const std::string one = sha256_hex("one");
  const std::string other = sha256_hex("other");
};

TEST_F(ArchiveDigestsRecord, IsNoneBeforeTheFirstPush) {
  EXPECT_FALSE(archive_digests_of(archive).has_value());
  EXPECT_EQ(why_not_as_archived(archive, first, one), std::nullopt);
}

TEST_F(ArchiveDigestsRecord, HoldsEveryDigestOfANameOnce) {
  note_archived(archive, first, one);
  note_archived(archive, second, other);
  note_archived(archive, first, one);
  note_archived(archive, first, other);
  const ArchiveDigests expected{{first, {one, other}}, {second, {other}}};
  EXPECT_EQ(archive_digests_of(archive), expected);
  EXPECT_EQ(read_file(record),
      one + "  " + first + "\n" + other + "  " + second + "\n" + other + "  " + first + "\n");
}

TEST_F(ArchiveDigestsRecord, VouchesForWhatItHoldsAndForNothingElse) {
  note_archived(archive, first, one);
  EXPECT_EQ(why_not_as_archived(archive, first, one), std::nullopt);
  EXPECT_NE(why_not_as_archived(archive, first, other), std::nullopt);
  EXPECT_NE(why_not_as_archived(archive, second, one), std::nullopt);
}

TEST_F(ArchiveDigestsRecord, TakesALineThatAPushDidNotFinishForNone) {
  note_archived(archive, first, one);
  const std::string whole = read_file(record);
  write_file(record, whole + other.substr(0, 30));
  EXPECT_EQ(archive_digests_of(archive)->size(), 1U);
  note_archived(archive, second, other);
  EXPECT_EQ(read_file(record), whole + other + "  " + second + "\n");
}

TEST_F(ArchiveDigestsRecord, NamesTheLineThatIsDamaged) {
  note_archived(archive, first, one);
  note_archived(archive, second, other);
  std::string damaged = read_file(record);
  damaged[91 + 3] = 'X';
  write_file(record, damaged);
  try {
    static_cast<void>(archive_digests_of(archive));
    FAIL() << "a line that is none is believed";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::archive_gap);
    EXPECT_NE(error.message().find("line 2"), std::string::npos) << error.message();
  }
}

TEST_F(ArchiveDigestsRecord, LosesNoLineWhenManyWriteAtOnce) {
  constexpr int writers = 8;
  {
    std::vector<std::jthread> threads;
    threads.reserve(writers);
    for (int number = 0; number < writers; ++number) {
      threads.emplace_back([&, number] {
        note_archived(archive, "00000001000000000000000" + std::to_string(number), one);
      });
    }
  }
  EXPECT_EQ(archive_digests_of(archive)->size(), static_cast<std::size_t>(writers));
}

}  // namespace
}  // namespace pgrehearse
