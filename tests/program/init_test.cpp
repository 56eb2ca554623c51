// `init`, `plan` and `explain` as somebody meets them who has never heard of us: in a repository
// that is not ours.
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/files.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/engine/run_scope.hpp"
#include "harness/process/companion.hpp"
#include "harness/process/run.hpp"
#include "tests/program/developer_git.hpp"
#include "tests/program/host_view.hpp"
#include "tests/program/program_run.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr const char* orders =
    "CREATE TABLE customers (customer_id serial PRIMARY KEY, email text NOT NULL UNIQUE);\n"
    "CREATE TABLE orders (order_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),\n"
    "  customer_id int NOT NULL REFERENCES customers, note text);\n"
    "CREATE TABLE rates (rate_id int PRIMARY KEY, label text NOT NULL);\n";
constexpr const char* more = "ALTER TABLE orders ADD placed timestamptz NOT NULL DEFAULT now();\n";

struct Answer {
  int status = -1;
  std::string out;
  std::string err;
};

class InARepository : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string missing = missing_engine("local"); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    fs::create_directories(root());
  }
  [[nodiscard]] fs::path root() const { return sandbox_.path() / "My Shop"; }
  void put(const fs::path& name, const std::string& text) const {
    fs::create_directories((root() / name).parent_path());
    write_file(root() / name, text);
  }
  Answer answer_to(const std::vector<std::string>& arguments) {
    ProgramRun program{sandbox_, arguments, {{"PGREHEARSE_ENGINE", "local"}}};
    const int status = program.status();
    return {status, program.out(), program.err()};
  }
  Answer init() { return answer_to({"init", root().string()}); }
  /// One case of what init wrote, as it is.
  Answer drill(const std::string& test) {
    return answer_to({"run", "--subject", root().string(), "--report-dir",
        sandbox_.fresh("report").string(), "--gtest_filter=" + test});
  }
  void git(const std::vector<std::string>& words) const { developer_git(root(), words); }
  void commit() const {
    git({"add", "--all"});
    git({"commit", "--quiet", "--message", "a change"});
  }
  /// The script that init wrote, as GitHub would run it, with the program that was built just now.
  [[nodiscard]] Completed rehearse(const std::string& word) const {
    const char* path = std::getenv("PATH");
    const std::string bin = companion("pgrehearse").parent_path().string();
    return run({.argv = {(root() / "ci/rehearse").string(), word},
        .env = {{"PATH", Secret{bin + ":" + (path == nullptr ? "" : path)}},
            {"PGREHEARSE_BASE", Secret{"HEAD~1"}}, {"PGREHEARSE_ENGINE", Secret{"local"}},
            {"PGREHEARSE_STATE_DIR", Secret{sandbox_.state().string()}},
            {"PGREHEARSE_CACHE_DIR", Secret{cache_dir().string()}},
            {"GITHUB_ACTIONS", Secret{"true"}}, {"GITHUB_STEP_SUMMARY", Secret{summary().string()}},
            {"CI_PROJECT_DIR", Secret{""}}},
        .cwd = root(),
        .deadline = Seconds{300}});
  }
  [[nodiscard]] fs::path summary() const { return sandbox_.path() / "summary.md"; }
  /// Every file below the sandbox, with its time and size.
  [[nodiscard]] std::map<std::string, std::string> everything() const {
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator{sandbox_.path()}) {
      const std::string name = entry.path().string();
      const bool output_of_a_program = name.starts_with((sandbox_.path() / "out-").string()) ||
                                       name.starts_with((sandbox_.path() / "err-").string());
      if (entry.is_regular_file() && !output_of_a_program) {
        found[name] = std::to_string(entry.file_size()) + " " +
                      std::to_string(entry.last_write_time().time_since_epoch().count());
      } else if (entry.is_directory()) {
        found[name] = "folder";
      }
    }
    return found;
  }
  void expect_a_drill_that_is_met() {
    const Answer made = init();
    ASSERT_EQ(made.status, exit_met) << made.out << made.err;
    const Answer ran = drill("AccidentalDelete.RowsDeletedWithoutWhereComeBack");
    EXPECT_EQ(ran.status, exit_met) << ran.out << ran.err;
  }

  Sandbox sandbox_;
};

TEST_F(InARepository, WritesADrillThatIsMetAsItIsAndThePipelineOfItsCi) {
  put("db/migrations/001_orders.sql", orders);
  put("db/migrations/002_more.sql", more);
  put(".github/CODEOWNERS", "* @somebody\n");
  expect_a_drill_that_is_met();
  EXPECT_NE(read_file(root() / "drill.yaml").find("name: my-shop\n"), std::string::npos);
  EXPECT_TRUE(fs::exists(root() / ".github/workflows/pgrehearse.yml"));
  EXPECT_EQ(fs::status(root() / "ci/rehearse").permissions() & fs::perms::owner_exec,
      fs::perms::owner_exec);
}

TEST_F(InARepository, GetsAScriptThatGatesItsChangesAndSaysWhatIsOverdue) {
  put("db/migrations/001_orders.sql", orders);
  ASSERT_EQ(init().status, exit_met);
  git({"init", "--quiet", "--initial-branch=main"});
  commit();
  put("db/migrations/002_more.sql", more);
  commit();
  const Completed gate = rehearse("gate");
  ASSERT_EQ(gate.status, exit_met) << gate.out << gate.err;
  EXPECT_NE(gate.out.find("changed since HEAD~1: db/migrations/002_more.sql"), std::string::npos);
  EXPECT_EQ(gate.out.find("::error"), std::string::npos) << gate.out;
  const std::vector<fs::path> reports{
      fs::directory_iterator{root() / "reports/out"}, fs::directory_iterator{}};
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(read_file(summary()), read_file(reports.front() / "drill-record.md"));
  EXPECT_EQ(attachments_amiss(root(), reports.front() / "junit.xml"), std::vector<std::string>{});

  const Completed overdue = rehearse("overdue");
  EXPECT_EQ(overdue.status, exit_not_proven) << overdue.out << overdue.err;
  EXPECT_NE(overdue.out.find("RECENT   schema-change"), std::string::npos) << overdue.out;
  EXPECT_NE(overdue.out.find("NONE     corruption"), std::string::npos) << overdue.out;
}

TEST_F(InARepository, OverwritesNothingAndShowsTheDifference) {
  put("db/migrations/001_orders.sql", orders);
  put("drill.yaml", "name: mine\n");
  const Answer answer = init();
  EXPECT_EQ(answer.status, exit_met) << answer.err;
  EXPECT_EQ(read_file(root() / "drill.yaml"), "name: mine\n");
  EXPECT_NE(answer.out.find("drill.yaml, which was there; the difference:"), std::string::npos);
  EXPECT_NE(answer.out.find("\n-name: mine\n+# What pgrehearse drills here"), std::string::npos)
      << answer.out;
}

// Its own settings may name a database that matters.
TEST_F(InARepository, RunsNoMigrationsThatMayGoElsewhere) {
  put("manage.py", "import os  # django\nopen('migrated', 'w')\n");
  const Answer made = init();
  EXPECT_EQ(made.status, exit_not_proven) << made.out;
  EXPECT_FALSE(fs::exists(root() / "migrated"));
  EXPECT_NE(made.err.find("the migrations were not tried"), std::string::npos) << made.err;
  EXPECT_NE(made.err.find("DATABASE_URL"), std::string::npos) << made.err;

  // Of settings that know the variable, and use another.
  put("settings.py", "os.environ.get('DATABASE_URL')\n");
  fs::remove(root() / "drill.yaml");
  const Answer empty = init();
  EXPECT_TRUE(fs::exists(root() / "migrated"));
  EXPECT_EQ(empty.status, exit_not_proven) << empty.out;
  EXPECT_NE(empty.err.find("does their command go to another database?"), std::string::npos)
      << empty.out << empty.err;
}

TEST_F(InARepository, SaysWhichMigrationFails) {
  put("migrations/1_a.sql", "CREATE TABLE a (id int);\n");
  put("migrations/2_b.sql", "ALTER TABLE nobody ADD b int;\n");
  const Answer answer = init();
  EXPECT_EQ(answer.status, exit_not_proven);
  EXPECT_NE(answer.err.find("'2_b.sql' failed with SQLSTATE 42P01"), std::string::npos)
      << answer.err;
}

TEST_F(InARepository, LeavesNothingOfItsScratchServer) {
  put("prisma/migrations/20250101_orders/migration.sql", orders);
  HostView host{sandbox_, false};
  ProgramRun program{sandbox_, {"init", root().string()}, {{"PGREHEARSE_ENGINE", "local"}}};
  EXPECT_EQ(program.status(), exit_met) << program.err();
  EXPECT_EQ(host.await_removal(program.pid(), Seconds{60}).left, std::vector<std::string>{});
}

TEST_F(InARepository, PlansAndExplainsAndTouchesNothing) {
  put("db/migrations/001_orders.sql", orders);
  ASSERT_EQ(init().status, exit_met);
  fs::remove_all(sandbox_.state());
  const auto before = everything();
  HostView host{sandbox_, false};
  for (const std::vector<std::string>& arguments :
      {std::vector<std::string>{"plan", "--subject", root().string(), "--scenario", "corruption"},
          {"explain", "--subject", root().string(), "--writers", "7"}}) {
    ProgramRun program{sandbox_, arguments, {{"PGREHEARSE_ENGINE", "local"}}};
    EXPECT_EQ(program.status(), exit_met) << program.err();
    EXPECT_EQ(host.left_by(program.pid()), std::vector<std::string>{});
    const bool plan = arguments.front() == "plan";
    EXPECT_NE(program.out().find(plan ? "AFlippedBitInATableIsFoundByItsChecksum" : "--writers"),
        std::string::npos)
        << program.out();
    EXPECT_NE(program.out().find(plan ? "(no 'caches' are described)" : "drill.yaml:3"),
        std::string::npos)
        << program.out();
  }
  EXPECT_EQ(everything(), before);
}

/// A tool that migrates; skipped where it is not.
class MigratedBy : public InARepository {
 protected:
  void need(const std::vector<std::string>& command) {
    const Completed found = run({.argv = command, .cwd = PGREHEARSE_SOURCE_DIR});
    if (!found.ok()) {
      GTEST_SKIP() << command.front() << " is not here: " << found.err;
    }
  }
};

TEST_F(MigratedBy, AlembicIsDrilled) {
  need({"alembic", "--version"});
  put("alembic.ini", "[alembic]\nscript_location = alembic\n");
  put("alembic/env.py",
      "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\n"
      "engine = create_engine(os.environ['DATABASE_URL'])\n"
      "with engine.connect() as connection:\n"
      "    context.configure(connection=connection)\n"
      "    with context.begin_transaction():\n        context.run_migrations()\n");
  put("alembic/versions/1_orders.py",
      std::string{"from alembic import op\nrevision = '1'\ndown_revision = None\n"
                  "def upgrade():\n    op.execute('''"} +
          orders + "''')\n");
  expect_a_drill_that_is_met();
}

TEST_F(MigratedBy, SqitchIsDrilled) {
  need({"sqitch", "--version"});
  put("sqitch.conf", "[core]\n\tengine = pg\n[user]\n\tname = a\n\temail = a@example.invalid\n");
  put("sqitch.plan",
      "%syntax-version=1.0.0\n%project=shop\n\n"
      "orders 2025-01-01T00:00:00Z a <a@example.invalid> # orders\n");
  put("deploy/orders.sql", std::string{"BEGIN;\n"} + orders + "COMMIT;\n");
  put("revert/orders.sql", "DROP TABLE orders;\n");
  put("verify/orders.sql", "SELECT order_id FROM orders WHERE false;\n");
  expect_a_drill_that_is_met();
}

TEST_F(MigratedBy, DbmateItselfAndOurReadingOfItsFormatAgree) {
  need({"ci/npm-program", "dbmate", "dbmate@2.36.0"});
  const std::string dbmate{
      run({.argv = {"ci/npm-program", "dbmate", "dbmate@2.36.0"}, .cwd = PGREHEARSE_SOURCE_DIR})
          .out};
  put("db/migrations/001_orders.sql",
      std::string{"-- migrate:up\n"} + orders + "-- migrate:down\n");
  expect_a_drill_that_is_met();
  replace_in(root() / "drill.yaml", "  directory: \"db/migrations\"\n  format: dbmate\n",
      "  command: " + dbmate.substr(0, dbmate.find('\n')) +
          " --url \"$DATABASE_URL?sslmode=disable\" --no-dump-schema up\n");
  const Answer ran = drill("AccidentalDelete.ADroppedTableComesBack");
  EXPECT_EQ(ran.status, exit_met) << ran.out << ran.err;
}

}  // namespace
}  // namespace pgrehearse
