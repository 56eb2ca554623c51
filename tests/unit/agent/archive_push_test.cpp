#include "harness/agent/archive_push.hpp"

#include <atomic>
#include <filesystem>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/agent/archive_digests.hpp"
#include "harness/agent/descriptor.hpp"
#include "harness/base/error.hpp"
#include "harness/crypto/sha256.hpp"
#include "tests/unit/agent/given.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

const std::string seventh = "000000010000000000000007";

struct ArchivePush : testing::Test {
  ArchivePush() {
    fs::create_directory(archive);
    write_file(source, content);
  }
  [[nodiscard]] Pushed push(const std::string& name = seventh) const {
    return archive_push({.source = source, .archive = archive, .name = name});
  }
  [[nodiscard]] std::optional<ErrorCode> problem_of_push(const std::string& name = seventh) const {
    try {
      static_cast<void>(push(name));
      return std::nullopt;
    } catch (const Error& problem) {
      return problem.code();
    }
  }

  /// Names in the archive, but for its own record.
  [[nodiscard]] std::vector<std::string> names_stored() const {
    std::vector<std::string> names = names_in(archive);
    std::erase(names, archive_digests_name);
    return names;
  }
  [[nodiscard]] std::vector<std::string> digests() const {
    return archive_digests_of(archive).value_or(ArchiveDigests{})[seventh];
  }

  const TempDir folder{"push-test"};
  const fs::path archive = folder.path() / "archive";
  const fs::path source = folder.path() / "source";
  const std::string content = segment(7);
};

TEST_F(ArchivePush, StoresTheSegmentByteForByteUnderItsNameAlone) {
  EXPECT_EQ(push(), Pushed::stored);
  EXPECT_EQ(names_stored(), std::vector<std::string>{seventh});
  EXPECT_TRUE(read_file(archive / seventh) == content);
}

TEST_F(ArchivePush, StoresRunsOfZerosAsHolesThatReadAsZeros) {
  std::string patchy = segment(7);
  patchy.replace(9 * mebibyte + 17, 5, "patch");
  write_file(source, patchy);
  static_cast<void>(push());
  struct stat status {};
  ASSERT_EQ(stat((archive / seventh).c_str(), &status), 0);
  EXPECT_LT(status.st_blocks * 512, 5 * static_cast<off_t>(mebibyte));
  EXPECT_TRUE(read_file(archive / seventh) == patchy);
}

TEST_F(ArchivePush, StoresASegmentThatEndsInNoiseAndOneOfZerosOnly) {
  for (const std::string& whole : {noise(16 * mebibyte, 3), std::string(16 * mebibyte, '\0')}) {
    fs::remove(archive / seventh);
    write_file(source, whole);
    EXPECT_EQ(push(), Pushed::stored);
    EXPECT_TRUE(read_file(archive / seventh) == whole);
  }
}

TEST_F(ArchivePush, AcceptsTheSameSegmentAgain) {
  static_cast<void>(push());
  EXPECT_EQ(push(), Pushed::already_there);
  EXPECT_EQ(names_stored(), std::vector<std::string>{seventh});
}

TEST_F(ArchivePush, RefusesOtherContentUnderATakenNameAndLeavesTheArchiveAlone) {
  static_cast<void>(push());
  for (const std::size_t flipped : {std::size_t{100}, 8 * mebibyte, 16 * mebibyte - 1}) {
    std::string other = content;
    other[flipped] = static_cast<char>(other[flipped] ^ 1);
    write_file(source, other);
    EXPECT_EQ(problem_of_push(), ErrorCode::refused) << "byte " << flipped;
  }
  EXPECT_EQ(names_stored(), std::vector<std::string>{seventh});
  EXPECT_TRUE(read_file(archive / seventh) == content);
}

TEST_F(ArchivePush, NotesTheDigestOfWhatItReadOnce) {
  static_cast<void>(push());
  static_cast<void>(push());
  EXPECT_EQ(digests(), std::vector<std::string>{sha256_hex(content)});
}

TEST_F(ArchivePush, NotesTheDigestOfASegmentThatWasThereWithoutOne) {
  write_file(archive / seventh, content);
  EXPECT_EQ(push(), Pushed::already_there);
  EXPECT_EQ(digests(), std::vector<std::string>{sha256_hex(content)});
}

TEST_F(ArchivePush, NotesWhatItRefusedOnce) {
  static_cast<void>(push());
  const std::string other = segment(7, 16 * mebibyte, 2);
  write_file(source, other);
  EXPECT_EQ(problem_of_push(), ErrorCode::refused);
  EXPECT_EQ(problem_of_push(), ErrorCode::refused);
  EXPECT_EQ(digests(), (std::vector<std::string>{sha256_hex(content), sha256_hex(other)}));
}

TEST_F(ArchivePush, RefusesWhenTheArchiveHoldsOnlyTheBeginning) {
  write_file(archive / seventh, content.substr(0, 8 * mebibyte));
  EXPECT_EQ(problem_of_push(), ErrorCode::refused);
}

TEST_F(ArchivePush, RefusesATakenNameThatIsNoFile) {
  fs::create_symlink(source, archive / seventh);
  EXPECT_TRUE(problem_of_push().has_value());
  EXPECT_TRUE(fs::is_symlink(archive / seventh));
}

TEST_F(ArchivePush, TakesNoShortOrUnreadableSource) {
  write_file(source, content.substr(0, 8 * mebibyte));
  EXPECT_EQ(problem_of_push(), ErrorCode::archive_gap);
  write_file(source, "");
  EXPECT_EQ(problem_of_push(), ErrorCode::archive_gap);
  EXPECT_EQ(problem_of_push("00000002.history"), ErrorCode::archive_gap);
  fs::remove(source);
  EXPECT_EQ(problem_of_push(), ErrorCode::io);
  fs::create_directory(source);
  EXPECT_EQ(problem_of_push(), ErrorCode::io);
  EXPECT_TRUE(names_stored().empty());
}

TEST_F(ArchivePush, DoesNotTakeAShortSourceForTheSameShortSegment) {
  write_file(source, content.substr(0, 8 * mebibyte));
  write_file(archive / seventh, content.substr(0, 8 * mebibyte));
  EXPECT_EQ(problem_of_push(), ErrorCode::archive_gap);
}

TEST_F(ArchivePush, DoesNotMakeAnArchive) {
  fs::remove(archive);
  EXPECT_EQ(problem_of_push(), ErrorCode::io);
  EXPECT_FALSE(fs::exists(archive));
}

TEST_F(ArchivePush, StoresHistoryFilesOfAnySize) {
  write_file(source, "1\t0/5000000\tno recovery target specified\n");
  EXPECT_EQ(push("00000002.history"), Pushed::stored);
}

TEST_F(ArchivePush, TakesNoNameThatIsAPath) {
  for (const std::string& name :
      {std::string{"../escaped"}, "sub/" + seventh, seventh + ".gz", std::string{}}) {
    EXPECT_EQ(problem_of_push(name), ErrorCode::bad_value) << name;
  }
}

TEST_F(ArchivePush, RemovesWhatACrashedPushLeft) {
  write_file(archive / ("." + seventh + ".4242.tmp"), "half");
  write_file(archive / (".000000010000000000000006." + std::to_string(getpid()) + ".tmp"), "half");
  write_file(archive / ".not-ours.4242.tmp", "someone else's");
  EXPECT_EQ(push(), Pushed::stored);
  EXPECT_EQ(names_stored(), (std::vector<std::string>{".not-ours.4242.tmp", seventh}));
}

TEST_F(ArchivePush, LeavesTheFileOfALivePushAlone) {
  const fs::path busy = archive / (".000000010000000000000006.4242.tmp");
  const Descriptor writer = open_file(busy, O_WRONLY | O_CREAT);
  ASSERT_EQ(flock(writer.fd(), LOCK_EX), 0);
  EXPECT_EQ(push(), Pushed::stored);
  EXPECT_TRUE(fs::exists(busy));
}

// Threads share a process id, so this also shows what two containers with equal ids do.
TEST_F(ArchivePush, SurvivesManyPushesOfOneSegmentAtOnce) {
  std::atomic<int> stored{0};
  std::atomic<int> already_there{0};
  {
    std::vector<std::jthread> pushes;
    pushes.reserve(8);
    for (int number = 0; number < 8; ++number) {
      pushes.emplace_back([&] {
        try {
          ++(push() == Pushed::stored ? stored : already_there);
        } catch (const Error&) {
          // Told to come again, as Postgres would.
        }
      });
    }
  }
  EXPECT_EQ(stored, 1);
  EXPECT_EQ(push(), Pushed::already_there);
  EXPECT_EQ(names_stored(), std::vector<std::string>{seventh});
  EXPECT_TRUE(read_file(archive / seventh) == content);
}

TEST_F(ArchivePush, LetsOneOfSeveralServersWinAndRefusesTheOthers) {
  constexpr int servers = 6;
  for (int round = 0; round < 5; ++round) {
    fs::remove(archive / seventh);
    for (int server = 0; server < servers; ++server) {
      write_file(source.string() + std::to_string(server),
          segment(7, 16 * mebibyte, 100U + static_cast<unsigned>(server)));
    }
    std::vector<pid_t> pushes;
    pushes.reserve(servers);
    for (int server = 0; server < servers; ++server) {
      pushes.push_back(in_another_process([&] {
        try {
          archive_push({.source = source.string() + std::to_string(server),
              .archive = archive,
              .name = seventh});
          return 0;
        } catch (const Error& problem) {
          return problem.code() == ErrorCode::refused ? 1 : 2;
        }
      }));
    }
    std::vector<int> statuses;
    statuses.reserve(servers);
    for (const pid_t push : pushes) {
      statuses.push_back(exit_status_of(push));
    }
    ASSERT_EQ(std::count(statuses.begin(), statuses.end(), 0), 1);
    ASSERT_EQ(std::count(statuses.begin(), statuses.end(), 1), servers - 1);
    const auto winner = std::find(statuses.begin(), statuses.end(), 0) - statuses.begin();
    ASSERT_TRUE(
        read_file(archive / seventh) == read_file(source.string() + std::to_string(winner)));
    ASSERT_EQ(names_stored(), std::vector<std::string>{seventh});
  }
}

TEST_F(ArchivePush, LeavesNothingOfAPushThatFailedHalfway) {
  const pid_t pushed = in_another_process([&] {
    allow_files_of(mebibyte);
    return problem_of_push() == ErrorCode::io ? 0 : 1;
  });
  EXPECT_EQ(exit_status_of(pushed), 0);
  EXPECT_TRUE(names_stored().empty());
}

}  // namespace
}  // namespace pgrehearse
