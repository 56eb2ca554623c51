// Programs beside the harness: they run, they are heard, and they end with their object.
#include "harness/process/background.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

bool waits_for(const std::function<bool()>& condition) {
  try {
    wait_until("a test", Seconds{60}, [&]() -> std::optional<std::string> {
      return condition() ? std::nullopt : std::optional<std::string>{"not yet"};
    });
    return true;
  } catch (const Error&) {
    return false;
  }
}

// Nobody may have collected it yet: a zombie still has its number.
bool has_ended(pid_t pid) {
  try {
    return kill(pid, 0) != 0 ||
           read_file(fs::path{"/proc"} / std::to_string(pid) / "stat").find(") Z ") !=
               std::string::npos;
  } catch (const Error&) {
    return true;  // it was collected between the two looks
  }
}

TEST(Background, RunsUntilItsObjectDies) {
  const TempDir folder{"pgrehearse-background"};
  const fs::path log = folder.path() / "log";
  pid_t pid = -1;
  {
    Background program{{.argv = {"sh", "-c", "echo heard; exec sleep 60"}}, log};
    pid = program.pid();
    EXPECT_TRUE(waits_for([&] { return read_file(log) == "heard\n"; }));
    EXPECT_FALSE(program.ended().has_value());
    EXPECT_EQ(fs::status(log).permissions() & fs::perms{0077}, fs::perms::none);
  }
  EXPECT_NE(kill(pid, 0), 0);
}

TEST(Background, SaysHowItEnded) {
  const TempDir folder{"pgrehearse-background"};
  Background program{{.argv = {"sh", "-c", "exit 7"}}, folder.path() / "log"};
  EXPECT_TRUE(waits_for([&] { return program.ended() == 7; }));
  EXPECT_EQ(program.ended(), 7);
}

TEST(Background, TakesItsChildrenWithIt) {
  const TempDir folder{"pgrehearse-background"};
  const fs::path log = folder.path() / "log";
  {
    Background program{
        {.argv = {"sh", "-c", "sleep 60 & echo $!; trap '' TERM; wait; wait; sleep 60"}}, log};
    EXPECT_TRUE(waits_for([&] { return read_file(log).ends_with('\n'); }));
  }
  const auto child = static_cast<pid_t>(std::stol(read_file(log)));
  EXPECT_TRUE(waits_for([&] { return has_ended(child); }));
}

TEST(Background, ThrowsWhenThereIsNoSuchProgram) {
  const TempDir folder{"pgrehearse-background"};
  EXPECT_THROW((Background{{.argv = {"/nonexistent/program"}}, folder.path() / "log"}), Error);
}

}  // namespace
}  // namespace pgrehearse
