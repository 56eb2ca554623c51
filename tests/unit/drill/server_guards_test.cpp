// What a server says of itself, before anything else is asked of it.
#include <memory>
#include <set>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/drill/production_guard.hpp"
#include "harness/process/wait.hpp"
#include "tests/unit/pg/private_server.hpp"

namespace pgrehearse {
namespace {

class ServerGuards : public testing::Test {
 protected:
  void SetUp() override {
    if (PrivateServer::missing()) {
      GTEST_SKIP() << PrivateServer::missing().value_or("no server");
    }
    server_ = std::make_unique<PrivateServer>();
    admin_ = std::make_unique<Session>(server_->connection());
  }

  /// The guards that refuse this server as it is.
  [[nodiscard]] std::set<std::string> refusing(const std::vector<std::string>& denied = {}) const {
    std::set<std::string> names;
    Session session{server_->connection()};
    for (const ServerGuard& guard : server_guards()) {
      try {
        demand_no_production(session, denied, {&guard, 1});
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::refused);
        names.emplace(guard.name);
      }
    }
    return names;
  }

  /// Until the server tells this number. What comes and goes there takes its time.
  void await(const std::string& query, const std::string& number) {
    wait_until(query, Seconds{60}, [&]() -> std::optional<std::string> {
      const std::string told = admin_->value(query);
      return told == number ? std::nullopt : std::optional{told};
    });
  }

  std::unique_ptr<PrivateServer> server_;
  std::unique_ptr<Session> admin_;
};

// What each is there for is refused by it and by no other: without it, it would be read.
TEST_F(ServerGuards, EachRefuseWhatNoOtherDoes) {
  using Names = std::set<std::string>;
  Names tried;
  const auto only = [&](const Names& refused, const std::string& name) {
    EXPECT_EQ(refused, Names{name});
    tried.insert(name);
  };
  EXPECT_EQ(refusing({"7000000000000000000"}), Names{});
  only(refusing({admin_->value("SELECT system_identifier FROM pg_control_system()")}),
      "system identifier");

  admin_->exec("ALTER DATABASE postgres SET pgrehearse.production = 'on'");
  only(refusing(), "marker");
  admin_->exec("ALTER DATABASE postgres SET pgrehearse.production = 'off'");
  EXPECT_EQ(refusing(), Names{});

  admin_->exec("CREATE ROLE customer LOGIN PASSWORD 'c'");
  ConnectionSpec other = server_->connection();
  other.user = "customer";
  other.password = Secret{"c"};
  {
    const Session customer{other};
    only(refusing(), "sessions of others");
  }
  await("SELECT count(*) FROM pg_stat_activity WHERE usename = 'customer'", "0");
  EXPECT_EQ(refusing(), Names{});

  {
    const std::unique_ptr<PrivateServer> standby = PrivateServer::standby_of(*server_);
    await(
        "SELECT count(*) FROM pg_stat_replication WHERE application_name <> 'pg_basebackup'", "1");
    only(refusing(), "replicas");
  }
  for (const ServerGuard& guard : server_guards()) {
    EXPECT_TRUE(tried.contains(std::string{guard.name})) << guard.name;
  }
}

TEST_F(ServerGuards, AreAskedByThemselves) {
  const auto complaint = [&](const std::vector<std::string>& denied) {
    Session session{server_->connection()};
    try {
      demand_no_production(session, denied);
    } catch (const Error& error) {
      return error.message();
    }
    return std::string{};
  };
  EXPECT_EQ(complaint({}), "");
  EXPECT_NE(complaint({admin_->value("SELECT system_identifier FROM pg_control_system()")})
                .find("system identifier"),
      std::string::npos);
}

}  // namespace
}  // namespace pgrehearse
