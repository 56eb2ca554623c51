// bench-capture: reading every fact of a cluster, beside a dump of it to nowhere, by turns on the
// same server, warm.
#include <cstdio>
#include <fstream>

#include <fmt/format.h>

#include "harness/check/capture.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/watchdog.hpp"
#include "harness/pg/cluster.hpp"
#include "harness/process/run.hpp"
#include "tests/bench/measurement.hpp"

namespace pgrehearse {
namespace {

constexpr double goal = 0.5;
constexpr double goal_mib = 64;
constexpr const char* database = "bench";

/// A program of the server's own, inside its instance, as superuser.
void by_program(const Cluster& cluster, std::vector<std::string> argv) {
  Instance& instance = cluster.instance();
  for (const std::string& more : {std::string{"--host"}, instance.path_of(Place::sockets),
           std::string{"--port"}, fmt::format("{}", instance.listen_inside().port),
           std::string{"--username"}, std::string{"postgres"}, std::string{database}}) {
    argv.push_back(more);
  }
  exec_or_throw(instance, {.argv = std::move(argv),
                              .env = {{"PGPASSWORD", cluster.connection().password}},
                              .deadline = std::chrono::hours{1}});
}

double peak_mib() {
  std::ifstream status{"/proc/self/status"};
  std::string word;
  double kib = 0;
  while (status >> word) {
    if (word == "VmHWM:" && status >> kib) {
      break;
    }
  }
  return kib / 1024;
}

void compare(const Cluster& cluster, int repetitions) {
  const Connect connect = [&](const std::string& name) { return cluster.connect(name); };
  std::vector<double> ours;
  std::vector<double> theirs;
  std::size_t facts = 0;
  for (int i = -1; i < repetitions; ++i) {  // the first of each warms the cache
    SteadyTime begin = SteadyTime::now();
    by_program(
        cluster, {"pg_dump", "--format=custom", "--compress=0", "--no-sync", "--file=/dev/null"});
    const double dumped = seconds_since(begin);
    begin = SteadyTime::now();
    facts = capture_facts(connect).size();
    if (i >= 0) {
      theirs.push_back(dumped);
      ours.push_back(seconds_since(begin));
    }
  }
  const double ratio = median(ours) / median(theirs);
  fmt::print("  {:<32} {} s\n  {:<32} {} s, {} facts\n", "pg_dump to nowhere", all_of(theirs),
      "every fact", all_of(ours), facts);
  fmt::print("  {:<32} {:.2f}; goal at most {}\n", "every fact / pg_dump", ratio, goal);
  fmt::print(
      "  {:<32} {:.1f} MiB; goal below {}\n", "peak memory of this process", peak_mib(), goal_mib);
}

int bench(Arguments arguments) {
  const int repetitions = arguments.numbers("--repeat", "5").front();
  const int scale = arguments.numbers("--scale", "100").front();
  arguments.demand_nothing_left();
  RunJournal journal{new_run_id()};
  mark_children(journal.run_id());
  const Watchdog watchdog{journal.run_id()};
  const EngineChoice choice = make_engine({.engine = "local"}, journal);
  {
    const std::unique_ptr<Instance> instance = choice.engine->create({.name = "bench-capture"});
    Cluster cluster{*instance, choice.engine->superuser_password()};
    cluster.start();
    cluster.connect().exec(fmt::format("CREATE DATABASE {}", database));
    by_program(cluster, {"pgbench", "--initialize", "--quiet", fmt::format("--scale={}", scale)});
    fmt::print("pgbench scale {}, {} repetitions: median (each)\n", scale, repetitions);
    compare(cluster, repetitions);
  }
  choice.engine->remove_run();
  return 0;
}

}  // namespace
}  // namespace pgrehearse

int main(int count, char** values) {
  return pgrehearse::run_bench(count, values, pgrehearse::bench);
}
