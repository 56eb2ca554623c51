// The local engine under the contract, and what only it has: accounts, folders, shared memory.
#include "harness/engine/local_engine.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

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

// The ids of shared memory segments that find_owned shows of a run.
std::vector<std::string> segments_among(const std::vector<Owned>& things) {
  std::vector<std::string> ids;
  for (const Owned& owned : things) {
    if (owned.kind == "shared memory") {
      ids.push_back(split(owned.name, ' ').front());
    }
  }
  return ids;
}

// Asks the kernel and not the harness, which only knows of segments while a lock file names them.
bool kernel_has_segment(const std::string& id) {
  const std::vector<std::string> lines = lines_of(read_file("/proc/sysvipc/shm"));
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    std::istringstream fields{line};
    std::string key;
    std::string number;
    fields >> key >> number;
    return number == id;
  });
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

TEST_P(LocalEngineOnly, RemovesTheSharedMemoryOfAKilledServerAtOnce) {
  const auto instance = engine().create({.name = "source-1"});
  start_server(*instance);
  const std::vector<std::string> segments = segments_among(owned_now());
  ASSERT_EQ(segments.size(), 1U) << "the server has no segment to lose";
  ASSERT_TRUE(kernel_has_segment(segments.front()));
  instance->kill_processes();
  EXPECT_FALSE(kernel_has_segment(segments.front()));
}

TEST_P(LocalEngineOnly, RemovesTheSharedMemoryOfARemovedServer) {
  std::vector<std::string> segments;
  {
    const auto instance = engine().create({.name = "source-1"});
    start_server(*instance);
    segments = segments_among(owned_now());
    ASSERT_EQ(segments.size(), 1U);
  }
  EXPECT_FALSE(kernel_has_segment(segments.front()));
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

}  // namespace
}  // namespace pgrehearse
