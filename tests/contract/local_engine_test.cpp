// The local engine under the contract, and what only it has: accounts, folders, shared memory.
#include "harness/engine/local_engine.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/engine/local_account.hpp"
#include "harness/engine/proc.hpp"
#include "tests/contract/engine_contract.hpp"

namespace pgrehearse {
namespace {

INSTANTIATE_TEST_SUITE_P(Local, EngineContract,
    testing::Values(EngineUnderTest{
        "local", make_local_engine, [](const EngineConfig&) { return local_engine_state(); }}),
    suffix_of);

class LocalEngineOnly : public EngineContract {};

INSTANTIATE_TEST_SUITE_P(Local, LocalEngineOnly,
    testing::Values(EngineUnderTest{
        "local", make_local_engine, [](const EngineConfig&) { return local_engine_state(); }}),
    suffix_of);

std::size_t segments_of_system_v() {
  return lines_of(read_file("/proc/sysvipc/shm")).size();
}

bool shows_shared_memory(const std::vector<Owned>& things) {
  return std::any_of(things.begin(), things.end(),
      [](const Owned& owned) { return owned.kind == "shared memory"; });
}

TEST_P(LocalEngineOnly, GivesEveryInstancePrivateFoldersOfTheServersAccount) {
  const auto instance = engine().create({.name = "source-1"});
  const auto account = local_account();
  for (const Place place : {Place::data, Place::sockets, Place::scratch}) {
    struct stat found {};
    ASSERT_EQ(stat(instance->path_of(place).c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777U, 0700U) << instance->path_of(place);
    EXPECT_EQ(found.st_uid, account.has_value() ? account->uid : geteuid());
  }
}

TEST_P(LocalEngineOnly, KeepsNothingInDevShm) {
  const auto instance = engine().create({.name = "source-1"});
  start_server(*instance);
  EXPECT_EQ(answer(*instance, "show dynamic_shared_memory_type"), "mmap");
}

TEST_P(LocalEngineOnly, RemovesTheSharedMemoryOfAKilledServer) {
  const auto instance = engine().create({.name = "source-1"});
  start_server(*instance);
  ASSERT_TRUE(shows_shared_memory(owned_now())) << "the server has no segment to lose";
  instance->kill_processes();
  EXPECT_FALSE(shows_shared_memory(owned_now()));
  // Even when the data directory with its postmaster.pid is gone before the instance.
  exec_or_throw(
      *instance, {.argv = {"sh", "-c", "rm -rf \"$1\"/*", "sh", instance->path_of(Place::data)}});
  const std::vector<Owned> left = owned_now();
  EXPECT_TRUE(std::none_of(
      left.begin(), left.end(), [](const Owned& owned) { return owned.kind == "process"; }));
}

TEST_P(LocalEngineOnly, FindsProcessesThatLeftTheirFolder) {
  const auto instance = engine().create({.name = "source-1"});
  const Completed started =
      instance->exec({.argv = {"sh", "-c", "cd / && setsid sleep 300 & echo $!"}});
  const pid_t pid = std::stoi(started.out);
  ASSERT_TRUE(process_seen(pid).has_value());
  instance->kill_processes();
  EXPECT_FALSE(process_seen(pid).has_value());
}

TEST_P(LocalEngineOnly, RefusesASocketPathThatIsTooLong) {
  EXPECT_THROW((void)engine().create({.name = std::string(80, 'x')}), Error);
}

TEST_P(LocalEngineOnly, LeavesTheHostWithTheSegmentsItHad) {
  const std::size_t before = segments_of_system_v();
  {
    const auto instance = engine().create({.name = "source-1"});
    start_server(*instance);
  }
  EXPECT_LE(segments_of_system_v(), before);
}

}  // namespace
}  // namespace pgrehearse
