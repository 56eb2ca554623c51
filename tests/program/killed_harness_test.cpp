// A harness that is killed leaves nothing behind, at whatever moment it happens, and what cleans up
// after it leaves the living alone.
#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "tests/program/host_view.hpp"
#include "tests/program/program_run.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

constexpr int moments = 20;
constexpr Milliseconds allowed{10'000};
constexpr Milliseconds patience{60'000};  // so that a late removal is told from none

// The same moments again: PROGRAM_TESTS_SEED=<the seed that was printed>.
std::uint64_t seed_of_this_time() {
  const char* told = std::getenv("PROGRAM_TESTS_SEED");
  const std::string_view text = told == nullptr ? "" : told;
  std::uint64_t seed = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seed);
  return problem == std::errc{} ? seed : std::random_device{}();
}

// The process that cleans up after this run.
pid_t watchdog_of(const std::string& run_id) {
  std::error_code problem;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc", problem}) {
    const std::vector<std::string> argv = split(text_in_proc(entry.path() / "cmdline"), '\0');
    if (argv.size() >= 2 && argv[0].ends_with("/pgrehearse-watchdog") && argv[1] == run_id) {
      return static_cast<pid_t>(std::strtol(entry.path().filename().c_str(), nullptr, 10));
    }
  }
  return 0;
}

class KilledHarness : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (const std::string why = missing_engine(engine()); !why.empty()) {
      GTEST_SKIP() << why;
    }
  }

  [[nodiscard]] static std::string engine() { return GetParam(); }
  [[nodiscard]] ProgramRun start_drill() {
    return ProgramRun{sandbox_, short_drill(sandbox_, engine(), sandbox_.fresh("report"))};
  }

  /// How long the drill takes when nobody kills it.
  Milliseconds length_of_a_drill() {
    const SteadyTime begin = SteadyTime::now();
    ProgramRun whole = start_drill();
    EXPECT_EQ(whole.status(), 0) << whole.out() << whole.err();
    return std::chrono::duration_cast<Milliseconds>(SteadyTime::now() - begin);
  }

  /// Kills one drill this long after its start; false when it had ended before.
  bool kill_after(Milliseconds moment) {
    ProgramRun victim = start_drill();
    if (!victim.ends_within(moment)) {
      host_.look_for_keys();
      victim.signal(SIGKILL);
    }
    const bool too_late = victim.status() == 0;  // it may also end while its keys are looked for
    EXPECT_TRUE(too_late || victim.status() == 128 + SIGKILL) << victim.out() << victim.err();
    const HostView::Removal removal = host_.await_removal(victim.pid(), patience);
    EXPECT_EQ(removal.left, std::vector<std::string>{})
        << "killed after " << moment.count() << " ms";
    longest_ = std::max(longest_, removal.took);
    return !too_late;
  }

  Sandbox sandbox_;
  HostView host_{sandbox_, engine() == "docker"};
  Milliseconds longest_{0};
};

INSTANTIATE_TEST_SUITE_P(Engines, KilledHarness, testing::Values("local", "docker"),
    [](const auto& engine) { return engine.param == "local" ? "Local" : "Docker"; });

TEST_P(KilledHarness, LeavesNothingAtAnyMomentOfADrill) {
  const std::uint64_t seed = seed_of_this_time();
  std::mt19937_64 random{seed};
  Milliseconds length = length_of_a_drill();
  fmt::print("seed {}; a drill on {} takes {} ms\n", seed, engine(), length.count());
  int killed = 0;
  for (int tries = 0; killed < moments && tries < 2 * moments && !HasFailure(); ++tries) {
    const Milliseconds moment{
        std::uniform_int_distribution<std::int64_t>{0, length.count()}(random)};
    if (kill_after(moment)) {
      ++killed;
    } else {
      length = std::min(length, moment);  // the first drill was slower than those after it
    }
  }
  fmt::print("{} killed, the slowest removal took {} ms\n", killed, longest_.count());
  EXPECT_EQ(killed, moments) << "seed " << seed;
  EXPECT_LE(longest_, allowed) << "seed " << seed;
}

TEST_P(KilledHarness, IsSweptByTheNextOneWhichLeavesALiveRunAlone) {
  const std::filesystem::path living_report = sandbox_.fresh("report");
  ProgramRun living{sandbox_, short_drill(sandbox_, engine(), living_report)};
  await_step(living, living_report, 2);
  living.signal(SIGSTOP);  // so that it cannot end before the sweep
  const std::filesystem::path report = sandbox_.fresh("report");
  ProgramRun victim{sandbox_, short_drill(sandbox_, engine(), report)};
  await_step(victim, report, 2);
  victim.signal(SIGSTOP);  // so that it cannot end before it is killed
  const std::vector<std::string> both = sandbox_.runs_on_disk();
  ASSERT_EQ(both.size(), 2U);

  // Without its watchdog, what the victim had stays for the next sweep to find.
  const std::string dead_run =
      nlohmann::json::parse(read_file(report / "record.json")).at("run_id");
  const pid_t watchdog = watchdog_of(dead_run);
  ASSERT_GT(watchdog, 0) << "no watchdog of run " << dead_run;
  ASSERT_EQ(kill(watchdog, SIGKILL), 0);
  victim.signal(SIGKILL);
  ASSERT_EQ(victim.status(), 128 + SIGKILL);
  ASSERT_EQ(sandbox_.runs_on_disk().size(), 2U) << "nothing was left to sweep";

  ProgramRun sweep{sandbox_, {"sweep"}};
  EXPECT_EQ(sweep.status(), 0) << sweep.out() << sweep.err();
  EXPECT_NE(sweep.out().find("of run " + dead_run), std::string::npos) << sweep.out();
  EXPECT_EQ(host_.container_things_of(victim.pid()), std::vector<std::string>{});
  const std::vector<std::string> after = sandbox_.runs_on_disk();
  ASSERT_EQ(after.size(), 1U) << joined(after, ", ");
  EXPECT_NE(after.front(), dead_run);
  EXPECT_EQ(sweep.out().find(after.front()), std::string::npos) << sweep.out();

  living.signal(SIGCONT);
  EXPECT_EQ(living.status(), 0) << living.out() << living.err();
  EXPECT_EQ(host_.await_removal(living.pid(), patience).left, std::vector<std::string>{});
}

}  // namespace
}  // namespace pgrehearse
