// Only the guard is tested here: the rest needs a container, see the engine's contract suite.
#include "harness/agent/kill_all.hpp"

#include <string>

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

std::string command_line(std::initializer_list<std::string> words) {
  std::string text;
  for (const std::string& word : words) {
    text += word + '\0';
  }
  return text;
}

TEST(KillAll, KnowsItsSupervisor) {
  EXPECT_TRUE(is_supervisor(command_line({"/opt/pgrehearse-agent", "supervise"})));
  EXPECT_TRUE(is_supervisor(command_line({"pgrehearse-agent", "supervise", "--ttl", "600"})));
  EXPECT_TRUE(
      is_supervisor(command_line({"/sbin/docker-init", "--", "/a/pgrehearse-agent", "supervise"})));
}

TEST(KillAll, TakesNoOtherFirstProcessForIt) {
  for (const std::string& other : {std::string{}, command_line({"/sbin/init"}),
           command_line({"/lib/systemd/systemd", "--system"}), command_line({"sleep", "supervise"}),
           command_line({"/opt/pgrehearse-agent"}),
           command_line({"/opt/pgrehearse-agent", "digest"}),
           command_line({"sh", "-c", "pgrehearse-agent supervise"}),
           command_line({"/opt/other-agent", "supervise"}),
           command_line({"supervise", "pgrehearse-agent"})}) {
    EXPECT_FALSE(is_supervisor(other)) << testing::PrintToString(other);
  }
}

}  // namespace
}  // namespace pgrehearse
