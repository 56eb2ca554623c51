// Our own programs are found beside us, or where we are told.
#include "harness/process/companion.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"

namespace pgrehearse {
namespace {

TEST(Companion, IsFoundWhereTheEnvironmentSays) {
  const TempDir folder{"companion"};
  write_file(folder.path() / "pgrehearse-thing", "", 0755);
  setenv("PGREHEARSE_LIBEXEC", folder.path().c_str(), 1);
  const std::filesystem::path found = companion("pgrehearse-thing");
  unsetenv("PGREHEARSE_LIBEXEC");
  EXPECT_EQ(found, folder.path() / "pgrehearse-thing");
}

TEST(Companion, IsFoundBesideThisExecutable) {
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  EXPECT_EQ(companion(self.filename().string()), self);
  EXPECT_EQ(own_executable(), self);
}

TEST(Companion, ThrowsWithAHintWhenMissing) {
  try {
    (void)companion("pgrehearse-no-such-program");
    FAIL() << "found a program that does not exist";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::internal);
    EXPECT_FALSE(error.hint().empty());
  }
}

}  // namespace
}  // namespace pgrehearse
