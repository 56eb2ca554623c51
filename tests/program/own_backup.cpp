#include "tests/program/own_backup.hpp"

#include <nlohmann/json.hpp>

#include "harness/base/files.hpp"
#include "harness/process/run.hpp"
#include "tests/program/baseline_source.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr const char* owner_password = "does-not-belong-in-a-report";

}  // namespace

void OwnBackupTest::SetUp() {
  const std::string why = missing_engine("local");
  if (!why.empty()) {
    GTEST_SKIP() << why;
  }
  make_private_directory(backups());
  Session session{server_.connection()};
  session.exec(std::string{"CREATE ROLE shop_owner LOGIN PASSWORD '"} + owner_password + "'");
  session.exec("CREATE DATABASE shop OWNER shop_owner");
  shop().exec(
      "SET ROLE shop_owner; CREATE SCHEMA app;"
      "CREATE TABLE app.orders(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, total numeric "
      "NOT NULL);"
      "INSERT INTO app.orders(total) SELECT g * 1.5 FROM generate_series(1, 500) g");
}

Session OwnBackupTest::shop() const {
  ConnectionSpec spec = server_.connection();
  spec.database = "shop";
  return Session{spec};
}

void OwnBackupTest::keep(const std::string& name, std::vector<std::string> argv) const {
  argv.front() = PrivateServer::path_of(argv.front());
  argv.insert(argv.end(), {"--host=127.0.0.1", "--username=postgres",
                              "--port=" + std::to_string(server_.connection().endpoint.port)});
  run_or_throw({.argv = argv,
      .env = {{"PGPASSWORD", server_.connection().password}},
      .output_file = backups() / name});
}

void OwnBackupTest::keep_dump(const std::string& name, const std::string& format) const {
  keep(name, {"pg_dump", "--format=" + format, "--dbname=shop"});
}

void OwnBackupTest::keep_baseline() {
  ProgramRun verb{sandbox_,
      {"baseline", "--source-is-not-production", "--force", "--out", backups() / "baseline.json"},
      {source_at(server_, "shop")}};
  ASSERT_EQ(verb.status(), 0) << verb.err();
}

int OwnBackupTest::planned(const std::string& artifact, const std::vector<Variable>& variables) {
  const fs::path subject = sandbox_.path() / "drill.yaml";
  write_file(subject, "name: shop\ndatabase: shop\nartifact: {" + artifact + "}\n");
  ProgramRun plan{
      sandbox_, {"plan", "--engine", "local", "--subject", subject.string()}, variables};
  const int status = plan.status();  // it has ended
  said_ = plan.out() + plan.err();
  return status;
}

std::map<std::string, std::string> OwnBackupTest::drilled(
    const std::string& artifact, const std::vector<Variable>& variables) {
  report_ = sandbox_.fresh("report");
  const fs::path subject = sandbox_.path() / "drill.yaml";
  write_file(subject, "name: shop\ndatabase: shop\nartifact: {" + artifact + "}\n");
  ProgramRun drill{sandbox_,
      {"run", "--engine", "local", "--scenario", "own-backup", "--subject", subject.string(),
          "--report-dir", report_.string()},
      variables};
  std::map<std::string, std::string> verdicts{{"exit", std::to_string(drill.status())}};
  said_ = drill.out() + drill.err();
  EXPECT_EQ(said_.find(owner_password), std::string::npos);
  EXPECT_TRUE(sandbox_.runs_on_disk().empty());
  const std::string text = read_file(report_ / "record.json");
  for (const Variable& variable : variables) {
    EXPECT_EQ((said_ + text).find(variable.value), std::string::npos) << variable.name;
  }
  const nlohmann::json record = nlohmann::json::parse(text);
  for (const nlohmann::json& drill_record : record.at("drills")) {
    for (const nlohmann::json& finding : drill_record.at("findings")) {
      verdicts[finding.at("check")] = finding.at("verdict");
    }
  }
  return verdicts;
}

}  // namespace pgrehearse
