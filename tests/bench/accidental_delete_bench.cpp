// bench-drill: what a drill costs beside the same work by hand. Both are measured in one run, by
// turns, so that whatever else the machine is busy with falls on both.
#include <cstdio>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/process/companion.hpp"
#include "tests/bench/bare_commands.hpp"
#include "tests/bench/measurement.hpp"
#include "tests/bench/watched_program.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

// Both sides run the subject's pgbench for so long: it is no cost of anybody, and hides the ratio.
constexpr double workload_seconds = 3.0;
constexpr double goal_ratio = 1.15;
constexpr double goal_restore = 1.1;
constexpr double goal_mib = 64;
constexpr std::string_view bare_restore = "cp -a, start, replay, promote";
constexpr std::string_view drill_restore = "Restore a fresh copy";

/// Seconds of each step, in the order of the drill.
using Steps = std::vector<BareStep>;

/// The seconds of every repetition of one side.
struct Side {
  std::vector<double> seconds;
  std::vector<std::string> titles;  ///< of the steps, in their order
  std::map<std::string, std::vector<double>> steps;
};

struct Measured {
  Side bare;
  Side drill;
  std::vector<double> peak_mib;
  std::vector<double> ratio;
  std::vector<double> ratio_less_workload;
  bool all_met = true;
};

void add(Side& side, double seconds, const Steps& steps) {
  side.seconds.push_back(seconds);
  for (const BareStep& step : steps) {
    if (!side.steps.contains(step.title)) {
      side.titles.push_back(step.title);
    }
    side.steps[step.title].push_back(step.seconds);
  }
}

double sum_of(const Steps& steps) {
  double sum = 0;
  for (const BareStep& step : steps) {
    sum += step.seconds;
  }
  return sum;
}

// The steps of the only drill in a record. What lies between them is the harness' own. A drill that
// stopped early is fast for the wrong reason: no figure is made of it.
Steps steps_of(const nlohmann::json& record, double whole) {
  const nlohmann::json& drill = record.at("drills").at(0);
  Steps steps;
  for (const nlohmann::json& step : drill.at("steps")) {
    steps.push_back({step.at("title").get<std::string>(), step.at("seconds").get<double>()});
    if (step.at("outcome") != "done") {
      throw Error{
          ErrorCode::program_failed, fmt::format("the drill came no further than '{}': {}",
                                         steps.back().title, step.at("error").get<std::string>())};
    }
  }
  const double in_steps = sum_of(steps);
  const double in_drill = drill.at("seconds").get<double>();
  steps.push_back({"(between steps, logs, removal of instances)", in_drill - in_steps});
  steps.push_back({"(before and after the drill: sweeps, engine, volumes)", whole - in_drill});
  return steps;
}

void measure_bare(const Subject& subject, Measured& measured) {
  const SteadyTime begin = SteadyTime::now();
  const Steps steps = BareCommands{subject}.whole_drill();
  add(measured.bare, seconds_since(begin), steps);
}

void measure_drill(const Subject& subject, const std::string& engine, Measured& measured) {
  const TempDir folder{"pgrehearse-bench"};
  const fs::path log = folder.path() / "output.txt";
  const fs::path reports = folder.path() / "reports";
  const Watched watched = watch(
      {companion("pgrehearse").string(), "run", "--subject", subject.folder.string(), "--scale",
          fmt::format("{}", subject.scale), "--engine", engine, "--report-dir", reports.string(),
          "--gtest_filter=AccidentalDelete.RowsDeletedWithoutWhereComeBack"},
      log);
  if (!fs::exists(reports / "record.json")) {
    fmt::print(stderr, "{}", read_file(log));
    throw Error{ErrorCode::program_failed,
        fmt::format("pgrehearse exits {} without a record", watched.status)};
  }
  measured.peak_mib.push_back(static_cast<double>(watched.peak_kib) / 1024);
  add(measured.drill, watched.seconds,
      steps_of(nlohmann::json::parse(read_file(reports / "record.json")), watched.seconds));
  if (watched.status != 0) {
    measured.all_met = false;
    fmt::print(
        "  the drill exits {}, so it was not met: judge its figures accordingly\n", watched.status);
  }
}

void print_steps(const char* name, const Side& side) {
  fmt::print("\n{}, seconds by step: median (each)\n", name);
  for (const std::string& title : side.titles) {
    fmt::print("  {:<74} {}\n", title, all_of(side.steps.at(title)));
  }
}

/// The median of the step whose title begins so; 0 when there is none.
double step_seconds(const Side& side, std::string_view title) {
  for (const auto& [name, seconds] : side.steps) {
    if (name.starts_with(title)) {
      return median(seconds);
    }
  }
  return 0;
}

void print_result(int scale, const Measured& measured) {
  const double bare = median(measured.bare.seconds);
  const double drill = median(measured.drill.seconds);
  print_steps("bare commands", measured.bare);
  print_steps("drill", measured.drill);
  fmt::print("\n  {:<48} {}\n", "bare seconds", all_of(measured.bare.seconds));
  fmt::print("  {:<48} {}\n", "drill seconds", all_of(measured.drill.seconds));
  fmt::print("  {:<48} {}\n", "ratio of each pair", all_of(measured.ratio));
  fmt::print("  {:<48} {}\n", "the same, less the 3 s of workload on both sides",
      all_of(measured.ratio_less_workload));
  fmt::print("  {:<48} {}\n", "peak memory of pgrehearse, MiB (VmHWM)", all_of(measured.peak_mib));
  fmt::print(
      "\n| scale | bare s | drill s | ratio | less workload | memory MiB "
      "|\n|---|---|---|---|---|---|\n");
  fmt::print("| {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.1f} |\n", scale, bare, drill,
      drill / bare, (drill - workload_seconds) / (bare - workload_seconds),
      median(measured.peak_mib));
  const double bare_back = step_seconds(measured.bare, bare_restore);
  const double drill_back = step_seconds(measured.drill, drill_restore);
  fmt::print(
      "restore alone: bare {:.2f} s, drill {:.2f} s, ratio {:.2f}; goal at most {} at scale 100\n",
      bare_back, drill_back, bare_back > 0 ? drill_back / bare_back : 0, goal_restore);
  fmt::print("goals: ratio at most {} at scale 50, memory below {} MiB\n\n", goal_ratio, goal_mib);
}

// The bare side and the drill take turns at going first.
Measured measure(const Subject& subject, const std::string& engine, int repetitions) {
  Measured measured;
  for (int i = 0; i < repetitions; ++i) {
    if (i % 2 == 0) {
      measure_bare(subject, measured);
      measure_drill(subject, engine, measured);
    } else {
      measure_drill(subject, engine, measured);
      measure_bare(subject, measured);
    }
    const double bare = measured.bare.seconds.back();
    const double drill = measured.drill.seconds.back();
    measured.ratio.push_back(drill / bare);
    measured.ratio_less_workload.push_back((drill - workload_seconds) / (bare - workload_seconds));
    fmt::print("  {}: bare {:.2f} s, drill {:.2f} s, ratio {:.2f}, memory {:.1f} MiB\n", i + 1,
        bare, drill, drill / bare, measured.peak_mib.back());
    std::fflush(stdout);
  }
  return measured;
}

int bench(Arguments arguments) {
  const std::vector<int> scales = arguments.numbers("--scale", "1,50");
  const int repetitions = arguments.numbers("--repeat", "3").front();
  const std::string engine = arguments.text("--engine", "local");
  const std::string fixtures = PGREHEARSE_SOURCE_DIR "/fixtures";
  arguments.demand_nothing_left();
  Subject subject = load_subject(fs::path{fixtures} / "pgbench" / "drill.yaml");
  bool all_met = true;
  for (const int scale : scales) {
    subject.scale = scale;
    fmt::print("accidental delete, subject pgbench, scale {}, engine {}, {} repetitions\n", scale,
        engine, repetitions);
    const Measured measured = measure(subject, engine, repetitions);
    print_result(scale, measured);
    all_met = all_met && measured.all_met;
  }
  return all_met ? 0 : 2;
}

}  // namespace
}  // namespace pgrehearse

int main(int count, char** values) {
  return pgrehearse::run_bench(count, values, pgrehearse::bench);
}
