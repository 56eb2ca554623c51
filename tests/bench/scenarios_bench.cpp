// bench-scenarios: how long the main variant of each scenario takes, as the program's users have
// it, on local processes and in containers.
#include <array>
#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "harness/base/files.hpp"
#include "harness/process/companion.hpp"
#include "tests/bench/measurement.hpp"
#include "tests/bench/watched_program.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

/// The first story of each scenario, as it is without complications.
constexpr std::array<std::string_view, 4> main_variants{
    "AccidentalDelete.RowsDeletedWithoutWhereComeBack",
    "Corruption.AFlippedBitInATableIsFoundByItsChecksum",
    "RegionalOutage.NothingThatHadArrivedIsLost",
    "SecurityBreach.TheNewestBackupIsFromBeforeTheBreakIn",
};
constexpr double goal_local = 20;
constexpr double goal_containers = 45;

/// The whole process, and the seconds of its recovery time by phase.
struct Taken {
  double seconds = 0;
  int status = -1;
  std::string phases = {};
};

/// The program with these cases, `jobs` at a time.
Taken run_cases(const std::string& filter, const std::string& engine, int jobs) {
  const TempDir folder{"pgrehearse-bench"};
  const fs::path reports = folder.path() / "reports";
  const Watched watched =
      watch({companion("pgrehearse").string(), "run", "--engine", engine, "--report-dir",
                reports.string(), "--jobs", std::to_string(jobs), "--gtest_filter=" + filter},
          folder.path() / "output.txt");
  Taken taken{.seconds = watched.seconds, .status = watched.status};
  if (!fs::exists(reports / "record.json")) {
    return taken;
  }
  const nlohmann::json record = nlohmann::json::parse(read_file(reports / "record.json"));
  for (const nlohmann::json& phase : record.at("drills").at(0).at("phases")) {
    taken.phases += fmt::format(
        "{} {:.2f}  ", phase.at("name").get<std::string>(), phase.at("seconds").get<double>());
  }
  return taken;
}

/// Each one `repetitions` times. False when one was not met.
bool measure_one_by_one(const std::string& engine, int repetitions) {
  double sum = 0;
  bool all_met = true;
  for (const std::string_view variant : main_variants) {
    std::vector<double> seconds;
    std::string phases;
    for (int i = 0; i < repetitions; ++i) {
      const Taken taken = run_cases(std::string{variant}, engine, 1);
      seconds.push_back(taken.seconds);
      phases = taken.phases;
      if (taken.status != 0) {
        all_met = false;
        fmt::print("  {} on {} exits {}\n", variant, engine, taken.status);
      }
    }
    sum += median(seconds);
    fmt::print("{:<8} {:<54} {} s\n         {}\n", engine, variant, all_of(seconds), phases);
    std::fflush(stdout);
  }
  fmt::print("{:<8} one after the other {:.1f} s\n", engine, sum);
  return all_met;
}

/// All four in one run, two at a time: what a user of two cores waits for. False when one was not
/// met.
bool measure_side_by_side(const std::string& engine, int repetitions) {
  const std::string filter = fmt::format("{}", fmt::join(main_variants, ":"));
  std::vector<double> seconds;
  bool all_met = true;
  for (int i = 0; i < repetitions; ++i) {
    const Taken taken = run_cases(filter, engine, 2);
    seconds.push_back(taken.seconds);
    all_met = all_met && taken.status == 0;
  }
  fmt::print("{:<8} two at a time {} s; goal: at most {} s\n\n", engine, all_of(seconds),
      engine == "local" ? goal_local : goal_containers);
  std::fflush(stdout);
  return all_met;
}

int bench(Arguments arguments) {
  const std::string engines = arguments.text("--engines", "local,docker");
  const int repetitions = arguments.numbers("--repeat", "3").front();
  arguments.demand_nothing_left();
  bool all_met = true;
  for (const std::string engine : {"local", "docker", "podman"}) {
    if (("," + engines + ",").find("," + engine + ",") != std::string::npos) {
      all_met = measure_one_by_one(engine, repetitions) && all_met;
      all_met = measure_side_by_side(engine, repetitions) && all_met;
    }
  }
  return all_met ? 0 : 2;
}

}  // namespace
}  // namespace pgrehearse

int main(int count, char** values) {
  return pgrehearse::run_bench(count, values, pgrehearse::bench);
}
