// Programs as filters: streams of any size, a secret that nobody else sees, and an end in every
// case.
#include "harness/process/filter.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

std::string all_of(Filter& filter) {
  std::string all;
  std::array<char, 65536> piece;
  while (const std::size_t got = filter.read(piece.data(), piece.size())) {
    all.append(piece.data(), got);
  }
  return all;
}

FilterRequest shell(const std::string& script) {
  return {.argv = {"/bin/sh", "-c", script}, .patience = Milliseconds{20'000}};
}

TEST(Filter, ReadsAFileAndHandsOutWhatItMakesOfIt) {
  const TempDir folder{"pgrehearse-filter-test"};
  const std::string text(3'000'000, 'a');
  write_file(folder.path() / "in", text);
  const OwnedFd in{open((folder.path() / "in").c_str(), O_RDONLY | O_CLOEXEC)};
  Filter filter{{.argv = {"tr", "a", "b"}, .input = in.get()}};
  EXPECT_EQ(all_of(filter), std::string(3'000'000, 'b'));
  EXPECT_TRUE(filter.end().ok());
}

TEST(Filter, WritesAFileOfWhatItIsGiven) {
  const TempDir folder{"pgrehearse-filter-test"};
  const OwnedFd out{open((folder.path() / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
  Filter filter{{.argv = {"tr", "a", "b"}, .output = out.get()}};
  for (int piece = 0; piece < 30; ++piece) {
    filter.write(std::string(100'000, 'a'));
  }
  EXPECT_TRUE(filter.end().ok());
  EXPECT_EQ(read_file(folder.path() / "out"), std::string(3'000'000, 'b'));
}

TEST(Filter, GivesASecretThatIsInNeitherArgumentsNorEnvironment) {
  FilterRequest request =
      shell("cat /dev/fd/3; tr '\\0' '\\n' </proc/$$/environ; tr '\\0' ' ' </proc/$$/cmdline");
  request.secret = Secret{"hidden treasure\n"};
  Filter filter{request};
  const std::string said = all_of(filter);
  EXPECT_TRUE(filter.end().ok());
  EXPECT_TRUE(said.starts_with("hidden treasure\nPATH=")) << said;
  EXPECT_EQ(said.find("hidden treasure", 1), std::string::npos);
}

TEST(Filter, LeavesNoCoreOfAProgramThatHasASecret) {
  rlimit before{};
  getrlimit(RLIMIT_CORE, &before);
  const rlimit raised{before.rlim_max, before.rlim_max};
  setrlimit(RLIMIT_CORE, &raised);
  FilterRequest request = shell("ulimit -c");
  Filter open_one{request};
  const std::string open_limit = all_of(open_one);
  request.secret = Secret{"x"};
  Filter filter{request};
  const std::string limit = all_of(filter);
  setrlimit(RLIMIT_CORE, &before);

  EXPECT_EQ(open_limit == "0\n", before.rlim_max == 0);
  EXPECT_EQ(limit, "0\n");
}

TEST(Filter, GivesTheDescriptorOfASecretToNobodyElse) {
  Filter filter{shell("for n in 2 3 4 5 6 7 8 9; do test -e /dev/fd/$n && echo $n; done")};
  EXPECT_EQ(all_of(filter), "2\n");
}

TEST(Filter, TellsHowTheProgramEndedAndWhatItSaid) {
  Filter failing{shell("echo why >&2; exit 3")};
  EXPECT_EQ(all_of(failing), "");
  const Completed completed = failing.end();
  EXPECT_EQ(completed.status, 3);
  EXPECT_EQ(completed.err, "why\n");

  Filter killed{shell("kill -9 $$")};
  EXPECT_EQ(killed.end().status, 137);
}

TEST(Filter, OutlivesAProgramThatDoesNotWantItsInput) {
  Filter filter{shell("exit 4")};
  for (int piece = 0; piece < 30; ++piece) {
    filter.write(std::string(100'000, 'a'));
  }
  EXPECT_EQ(filter.end().status, 4);
}

TEST(Filter, HearsAProgramThatSaysMuchWhileItWrites) {
  Filter filter{shell("head -c 1000000 /dev/zero | tr '\\0' e >&2; echo done")};
  EXPECT_EQ(all_of(filter), "done\n");
  EXPECT_EQ(filter.end().err, std::string(16384, 'e'));
}

TEST(Filter, GivesUpOnAProgramThatStandsStill) {
  FilterRequest request = shell("sleep 60");
  request.patience = Milliseconds{100};
  Filter filter{request};
  const SteadyTime begin = SteadyTime::now();
  std::array<char, 10> room;
  try {
    static_cast<void>(filter.read(room.data(), room.size()));
    FAIL() << "it waited for ever";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::timed_out);
    EXPECT_LT(SteadyTime::now() - begin, Seconds{20});
  }
}

TEST(Filter, EndsItsProgramAtTheEndOfScope) {
  pid_t pid = 0;
  {
    Filter filter{shell("echo $$; sleep 60")};
    std::array<char, 32> line{};
    ASSERT_GT(filter.read(line.data(), line.size() - 1), 0U);
    pid = std::atoi(line.data());
    ASSERT_EQ(kill(pid, 0), 0);
  }
  EXPECT_NE(kill(pid, 0), 0);
}

TEST(Filter, SaysThatThereIsNoSuchProgram) {
  EXPECT_THROW(std::make_unique<Filter>(FilterRequest{.argv = {"no-such-program-here"}}), Error);
}

TEST(WithheldVariables, AreForThisProcessAlone) {
  setenv("PGREHEARSE_TEST_WITHHELD", "only here", 1);
  const auto seen = [] { return run({.argv = {"env"}}).out; };
  EXPECT_NE(seen().find("PGREHEARSE_TEST_WITHHELD"), std::string::npos);
  withhold_from_children("PGREHEARSE_TEST_WITHHELD");
  EXPECT_EQ(seen().find("PGREHEARSE_TEST_WITHHELD"), std::string::npos);
  EXPECT_STREQ(std::getenv("PGREHEARSE_TEST_WITHHELD"), "only here");
  unsetenv("PGREHEARSE_TEST_WITHHELD");
}

}  // namespace
}  // namespace pgrehearse
