// Nothing secret is ever written down: twenty secrets, planted where teams really have them, must
// not show up in any report, log, message or command line, in no encoding.
#include "tests/program/canary.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/base/random.hpp"
#include "harness/base/text.hpp"
#include "tests/program/host_view.hpp"
#include "tests/program/program_run.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

// Every command line this host shows while it lives.
class CommandLines {
 public:
  [[nodiscard]] std::string all() {
    const std::scoped_lock lock{mutex_};
    const std::vector<std::string> lines{seen_.begin(), seen_.end()};
    return joined(lines, "\n");
  }

 private:
  void look() {
    std::error_code problem;
    for (const fs::directory_entry& entry : fs::directory_iterator{"/proc", problem}) {
      std::string line = text_in_proc(entry.path() / "cmdline");
      const std::scoped_lock lock{mutex_};
      seen_.insert(std::move(line));
    }
  }

  std::mutex mutex_;
  std::condition_variable_any never_;
  std::set<std::string> seen_;
  std::jthread sampler_{[this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      look();
      std::unique_lock lock{mutex_};
      never_.wait_for(lock, stop, Milliseconds{5}, [] { return false; });
    }
  }};
};

std::string as_sql(const std::string& secret) {
  return "'" + secret + "'";  // no secret holds a quote
}

std::string as_yaml(const std::string& text) {
  std::string doubled;
  for (const char letter : text) {
    doubled.append(letter == '\'' ? 2 : 1, letter);
  }
  return "'" + doubled + "'";
}

class Canary : public testing::Test {
 protected:
  void SetUp() override {
    plant_in_the_environment();
    plant_in_the_migrations();
    plant_in_the_rows();
    ASSERT_GE(cage_.size(), 20U);
  }

  void plant_in_the_environment() {
    const fs::path home = sandbox_.fresh("home");
    make_private_directory(home);
    write_file(home / ".pgpass", "*:*:*:*:" + hidden("password file") + "\n", 0600);
    write_file(home / ".pg_service.conf",
        "[production]\nuser=" + hidden("service file: user") +
            "\npassword=" + hidden("service file: password") + "\n",
        0600);
    variables_ = {{"HOME", home.string()}, {"PGPASSWORD", cage_.plant("PGPASSWORD")},
        {"PGAPPNAME", cage_.plant("PGAPPNAME")}, {"PGSERVICE", "production"},
        {"PRODUCTION_TOKEN", cage_.plant("environment variable that nobody reads")},
        {"APP_DSN", "postgres://app:" + hidden("DSN") + "@db.example.invalid/app?sslmode=require"},
        {"HOOK_TOKEN", cage_.plant("environment variable that a command prints")}};
  }

  void plant_in_the_migrations() {
    // A verifier is a secret too: who has it can guess offline, and its own server takes it for
    // good.
    const std::string stored = base64_text(random_hex(16));
    cage_.add("role verifier", stored);
    write_file(sandbox_.subject() / "migrations" / "0002_secrets.sql",
        "-- migrate:up\n"
        "CREATE TABLE public.vault (vault_id int PRIMARY KEY, card text UNIQUE CHECK (card !~ "
        "'forbidden'),\n"
        "  pin text NOT NULL DEFAULT " +
            in_sql("column default") +
            ");\n"
            "COMMENT ON TABLE public.vault IS " +
            in_sql("comment") +
            ";\n"
            "CREATE FUNCTION public.pepper() RETURNS text LANGUAGE sql AS $$ SELECT " +
            in_sql("function body") +
            "::text $$;\n"
            "CREATE ROLE reporting LOGIN PASSWORD " +
            in_sql("role password") +
            ";\n"
            "CREATE ROLE partner LOGIN PASSWORD 'SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0$" +
            stored + ":" + stored +
            "';\n"
            "ALTER ROLE reporting SET app.key = " +
            in_sql("setting of a role") +
            ";\n"
            "CREATE VIEW public.masters AS SELECT * FROM public.vault WHERE pin = " +
            in_sql("view") +
            ";\n"
            "ALTER TABLE public.vault ADD CONSTRAINT not_that CHECK (pin <> " +
            in_sql("constraint") +
            ");\n"
            "GRANT SELECT, INSERT ON public.vault TO notes_app;\n"
            "DO $$ BEGIN RAISE WARNING '%', " +
            in_sql("notice of a migration") + "; END $$;\n");
  }

  void plant_in_the_rows() {
    const std::string card = in_sql("seed row");
    write_file(sandbox_.subject() / "seed.sql",
        "INSERT INTO public.notes (body) SELECT 'seeded ' || n FROM generate_series(1, 50) AS n;\n"
        "INSERT INTO public.vault VALUES (1, " +
            card +
            ", 'pin');\n"
            "DO $$ BEGIN INSERT INTO public.vault VALUES (1, " +
            in_sql("row of a failing INSERT") +
            ", 'pin'); EXCEPTION WHEN unique_violation THEN RAISE WARNING 'ignored: %', SQLERRM; "
            "END $$;\n"
            "DO $$ BEGIN RAISE LOG 'card %', " +
            in_sql("message of a function") + "; END $$;\n");
    replace_in(sandbox_.subject() / "drill.yaml", "checks:\n",
        "checks:\n  - id: vault-is-empty\n    sql: SELECT card FROM public.vault WHERE vault_id = "
        "1\n"
        "    expect: \"= 0\"\n");
  }

  void add_to_workload(const std::string& statement) {
    replace_in(sandbox_.subject() / "drill.yaml", "accidental_delete:\n",
        "    - " + as_yaml(statement) + "\naccidental_delete:\n");
  }

  /// The secret as a file of lines can hold it.
  std::string hidden(const std::string& place) {
    std::string secret = cage_.plant(place);
    std::erase_if(secret, [](char letter) { return letter == '"' || letter == ' '; });
    return secret;
  }
  std::string in_sql(const std::string& place) { return as_sql(cage_.plant(place)); }

  /// Runs the drill to its end and looks everywhere. Returns its exit status.
  int run_and_look(const std::string& engine) {
    const fs::path report = sandbox_.fresh("report");
    CommandLines command_lines;
    ProgramRun program{sandbox_, short_drill(sandbox_, engine, report), variables_};
    const int status = program.status();
    said_ = program.out() + program.err();
    expect_nothing_in("standard output", program.out());
    expect_nothing_in("standard error", program.err());
    expect_nothing_in("a command line", command_lines.all());
    EXPECT_NE(command_lines.all().find(report.string()), std::string::npos)
        << "nothing was sampled";
    int files = 0;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator{report}) {
      if (entry.is_regular_file()) {
        ++files;
        expect_nothing_in(entry.path().filename().string(), read_file(entry.path()));
        expect_nothing_in("a file name", entry.path().string());
      }
    }
    EXPECT_GE(files, 3);
    return status;
  }

  void expect_nothing_in(const std::string& where, const std::string& text) const {
    for (const std::string& place : cage_.seen_in(text)) {
      ADD_FAILURE() << "the secret planted as '" << place << "' stands in " << where;
    }
  }

  Sandbox sandbox_;
  CanaryCage cage_;
  std::vector<Variable> variables_;
  std::string said_;
};

TEST(CanaryCage, SeesASecretInEveryDisguise) {
  CanaryCage cage;
  const std::string secret = cage.plant("here");
  const std::string half = secret.substr(0, 16);
  const std::string percent = half + "%26%3C%25%2B%20%22" + secret.substr(secret.size() - 16);
  const std::string encoded = base64_text("user:" + secret);
  for (const std::string& disguise : {secret, percent, half, encoded, hexadecimal(secret),
           "\"" + half + "\\u0026\\u003c\"", "<a>" + half + "&amp;&lt;</a>",
           encoded.substr(0, 20) + "\r\n" + encoded.substr(20), base64_text("x" + secret)}) {
    EXPECT_EQ(cage.seen_in("before " + disguise + " after"), std::vector<std::string>{"here"})
        << disguise;
  }
  EXPECT_EQ(cage.seen_in("nothing of it"), std::vector<std::string>{});
}

class CanaryOnEngine : public Canary, public testing::WithParamInterface<std::string> {};

INSTANTIATE_TEST_SUITE_P(Engines, CanaryOnEngine, testing::Values("local", "docker"),
    [](const auto& engine) { return engine.param == "local" ? "Local" : "Docker"; });

TEST_P(CanaryOnEngine, IsNotSeenInAWholeDrill) {
  if (const std::string why = missing_engine(GetParam()); !why.empty()) {
    GTEST_SKIP() << why;
  }
  // A value that a check reads and does not expect makes the drill red, and is not told.
  EXPECT_EQ(run_and_look(GetParam()), 1) << said_;
  EXPECT_NE(said_.find("vault-is-empty"), std::string::npos) << said_;
}

TEST_F(Canary, IsNotSeenWhenAMigrationFails) {
  write_file(sandbox_.subject() / "migrations" / "0003_broken.sql",
      "-- migrate:up\nINSERT INTO public.vault VALUES (2, " +
          in_sql("literal of a broken migration") + "::int::text);\n");
  EXPECT_EQ(run_and_look("local"), 2) << said_;
  EXPECT_NE(said_.find("0003_broken.sql"), std::string::npos) << said_;
}

TEST_F(Canary, IsNotSeenWhenTheSeedRaisesIt) {
  write_file(sandbox_.subject() / "seed.sql", "DO $$ BEGIN RAISE EXCEPTION 'card % is bad', " +
                                                  in_sql("message of an exception") +
                                                  "; END $$;\n");
  EXPECT_EQ(run_and_look("local"), 2) << said_;
  EXPECT_NE(said_.find("seed.sql"), std::string::npos) << said_;
}

TEST_F(Canary, IsNotSeenWhenEveryWriteBreaksARule) {
  add_to_workload("INSERT INTO public.vault VALUES ($writer$ * 1000000 + $seq$, " +
                  in_sql("row of a unique violation") + ", 'pin')");
  add_to_workload("INSERT INTO public.vault VALUES (-$seq$, 'forbidden ' || " +
                  in_sql("row of a check violation") + ", 'pin')");
  EXPECT_EQ(run_and_look("local"), 2) << said_;
  EXPECT_NE(said_.find("235"), std::string::npos) << "no SQLSTATE of class 23:\n" << said_;
}

TEST_F(Canary, IsNotSeenWhenTheServerLogsEveryStatement) {
  replace_in(sandbox_.subject() / "drill.yaml", "  version: 15\n",
      "  version: 15\n  settings: {log_statement: all, log_min_duration_statement: 0, "
      "log_error_verbosity: verbose, log_min_error_statement: error}\n");
  EXPECT_EQ(run_and_look("local"), 1) << said_;
}

TEST_F(Canary, IsNotSeenWhenACommandPrintsItAndFails) {
  replace_in(sandbox_.subject() / "drill.yaml", "  files: [seed.sql]",
      "  command: 'echo \"$HOOK_TOKEN\"; echo \"cannot reach $APP_DSN with "
      "$HOOK_TOKEN\" >&2; exit 3'");
  EXPECT_EQ(run_and_look("local"), 2) << said_;
  EXPECT_NE(said_.find("the seed command ended with status 3"), std::string::npos) << said_;
}

}  // namespace
}  // namespace pgrehearse
