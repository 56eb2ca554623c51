#include "harness/agent/put.hpp"

#include <array>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/agent/descriptor.hpp"
#include "harness/base/error.hpp"
#include "tests/unit/agent/given.hpp"

namespace pgrehearse {
namespace {

struct Put : testing::Test {
  void put_through_a_pipe(const std::string& content) const {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    const Descriptor out{ends[0]};
    std::jthread writer{[&content, end = ends[1]] {
      const Descriptor in{end};
      write_whole(in, content, "pipe");
    }};
    put(out.fd(), path);
  }

  const TempDir folder{"put-test"};
  const std::filesystem::path path = folder.path() / "secret";
};

TEST_F(Put, WritesAllOfItsInputPrivatelyAndReplacesWhatWasThere) {
  for (const std::string& content :
      {noise(3 * mebibyte + 5, 4), std::string{"short\0text", 10}, std::string{}}) {
    put_through_a_pipe(content);
    EXPECT_TRUE(read_file(path) == content);
    struct stat status {};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
    EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{"secret"});
  }
}

TEST_F(Put, LeavesTheOldFileWhenItsInputCannotBeRead) {
  write_file(path, "old");
  const Descriptor unreadable = open_directory(folder.path());
  EXPECT_THROW(put(unreadable.fd(), path), Error);
  EXPECT_EQ(read_file(path), "old");
}

}  // namespace
}  // namespace pgrehearse
