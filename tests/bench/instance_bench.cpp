// bench-instance: from nothing to the first authenticated answer. An instance of an engine, started
// from its template, beside what it replaces: initdb, start, query; by hand on this host, or in a
// container that initialises itself, as an image of Postgres does when a user runs it. By turns, in
// one run.
#include <cstdio>
#include <functional>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/random.hpp"
#include "harness/base/text.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/watchdog.hpp"
#include "harness/pg/cluster.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/run.hpp"
#include "harness/process/wait.hpp"
#include "tests/bench/bare_commands.hpp"
#include "tests/bench/measurement.hpp"

namespace pgrehearse {
namespace {

// Asks until somebody answers; returns at the first authenticated answer.
void wait_for_answer(const ConnectionSpec& connection) {
  wait_until(
      "the first answer", Seconds{60},
      [&]() -> std::optional<std::string> {
        try {
          Session session{connection};
          return session.value("SELECT 1") == "1" ? std::nullopt : std::optional{"another answer"};
        } catch (const Error& error) {
          return error.message();
        }
      },
      Milliseconds{5});
}

double from_template(Engine& engine, int number) {
  const SteadyTime begin = SteadyTime::now();
  const std::unique_ptr<Instance> instance =
      engine.create({.name = fmt::format("bench-{}", number)});
  Cluster cluster{*instance, engine.superuser_password()};
  cluster.launch();
  wait_for_answer(cluster.connection());
  return seconds_since(begin);
}

// A container that a person runs. Its name tells whose it is, and it goes with the scope.
class BareContainer {
 public:
  BareContainer(std::string program, const std::string& image) : BareContainer(std::move(program)) {
    // The variable is given by its name only: every list of processes shows the command line.
    run_or_throw({.argv = {program_, "run", "--detach", "--name", name_, "--env",
                      "POSTGRES_PASSWORD", "--env", "POSTGRES_INITDB_ARGS=--data-checksums",
                      "--publish", "127.0.0.1::5432", image},
        .env = {{"POSTGRES_PASSWORD", password_}}});
  }
  ~BareContainer() {
    try {
      const RemovalScope uninterrupted;
      run_or_throw({.argv = {program_, "rm", "--force", "--volumes", name_}});
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}\n", error.what());
    }
  }
  BareContainer(const BareContainer&) = delete;
  BareContainer& operator=(const BareContainer&) = delete;

  [[nodiscard]] ConnectionSpec connection() const {
    const std::string said = run_or_throw({.argv = {program_, "port", name_, "5432/tcp"}}).out;
    const std::string first = lines_of(said).front();
    ConnectionSpec spec;
    spec.endpoint.port = static_cast<std::uint16_t>(std::stoul(first.substr(first.rfind(':') + 1)));
    spec.password = password_;
    return spec;
  }

 private:
  // Whoever has a name can be removed, even if what follows fails.
  explicit BareContainer(std::string program)
      : program_(std::move(program)),
        name_("pgrehearse-bench-" + random_hex(4)),
        password_(Secret::random()) {}

  std::string program_;
  std::string name_;
  Secret password_;
};

double by_container(const std::string& program, const std::string& image) {
  const SteadyTime begin = SteadyTime::now();
  const BareContainer container{program, image};
  wait_for_answer(container.connection());
  return seconds_since(begin);
}

void compare(const std::string& name, const std::string& image, int repetitions) {
  RunJournal journal{new_run_id()};
  mark_children(journal.run_id());
  const Watchdog watchdog{journal.run_id()};
  // The template is made here if there is none: it is not part of what is measured.
  const EngineChoice choice = make_engine({.engine = name, .image = image}, journal);
  std::vector<double> ours;
  std::vector<double> theirs;
  for (int i = 0; i < repetitions; ++i) {
    ours.push_back(from_template(*choice.engine, i));
    theirs.push_back(
        name == "local" ? BareCommands{Subject{}}.first_query() : by_container(name, image));
  }
  choice.engine->remove_run();
  fmt::print("{} {}, {} repetitions, seconds: median (each)\n", name,
      choice.engine->properties().version, repetitions);
  fmt::print("  {:<32} {}\n", "from the template", all_of(ours));
  fmt::print("  {:<32} {}\n",
      name == "local" ? "initdb, start, query" : "run of an image, initdb inside", all_of(theirs));
  fmt::print("  {:<32} {:.2f}\n\n", "template / bare", median(ours) / median(theirs));
  std::fflush(stdout);
}

int bench(Arguments arguments) {
  const int repetitions = arguments.numbers("--repeat", "7").front();
  const std::string engines = arguments.text("--engines", "local,docker");
  const std::string image = arguments.text("--image", "pgrehearse-official-style:15");
  arguments.demand_nothing_left();
  for (const std::string& engine : split(engines, ',')) {
    compare(engine, engine == "local" ? "" : image, repetitions);
  }
  return 0;
}

}  // namespace
}  // namespace pgrehearse

int main(int count, char** values) {
  return pgrehearse::run_bench(count, values, pgrehearse::bench);
}
