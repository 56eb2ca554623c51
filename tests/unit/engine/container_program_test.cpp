#include "harness/engine/container_program.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/engine/container_image.hpp"

namespace pgrehearse {
namespace {

TEST(ContainerProgramHint, SaysWhatToDoAboutAForbiddenSocket) {
  const std::string hint = hint_for(ContainerProgram{"docker"},
      "permission denied while trying to connect to the Docker daemon socket at "
      "unix:///var/run/docker.sock");

  EXPECT_NE(hint.find("group"), std::string::npos) << hint;
  EXPECT_NE(hint.find("docker"), std::string::npos) << hint;
  EXPECT_EQ(hint.find("{}"), std::string::npos) << hint;
}

TEST(ContainerProgramHint, SaysThatTheDaemonIsNotRunning) {
  const std::string hint = hint_for(ContainerProgram{"docker"},
      "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon "
      "running?");

  EXPECT_NE(hint.find("not running"), std::string::npos) << hint;
}

TEST(ContainerProgramHint, IsSilentAboutWhatItDoesNotKnow) {
  EXPECT_EQ(hint_for(ContainerProgram{"podman"}, "the moon is full"), "");
}

TEST(ContainerProgramComplaint, IsItsLastLineThatSaysSomething) {
  EXPECT_EQ(last_line("one\ndocker: no such image\n\nRun 'docker run --help' for more\n"),
      "docker: no such image");
  EXPECT_EQ(last_line(""), "it gave no reason");
}

TEST(ContainerProgramSearch, FindsWhatPathLeadsTo) {
  EXPECT_TRUE(is_installed("sh"));
  EXPECT_FALSE(is_installed("no-such-program-anywhere"));
}

TEST(ContainerProgramSearch, SaysThatAMissingProgramIsNotInstalled) {
  try {
    static_cast<void>(ContainerProgram{"no-such-program-anywhere"}.version());
    FAIL() << "a missing program has a version";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::engine_missing);
    EXPECT_NE(error.message().find("not installed"), std::string::npos) << error.message();
  }
}

TEST(ContainerConfinement, TakesAnotherMemoryLimitFromTheEnvironment) {
  setenv("PGREHEARSE_CONTAINER_MEMORY", "512m", 1);
  const auto flags = confinement_flags();
  unsetenv("PGREHEARSE_CONTAINER_MEMORY");

  EXPECT_NE(std::find(flags.begin(), flags.end(), "512m"), flags.end());
}

TEST(ContainerConfinement, RefusesAMemoryLimitWithoutUnit) {
  for (const char* wrong : {"2", "g", "2 g", "2g --privileged", "2t", ""}) {
    setenv("PGREHEARSE_CONTAINER_MEMORY", wrong, 1);
    EXPECT_THROW(static_cast<void>(confinement_flags()), Error) << wrong;
  }
  unsetenv("PGREHEARSE_CONTAINER_MEMORY");
}

}  // namespace
}  // namespace pgrehearse
