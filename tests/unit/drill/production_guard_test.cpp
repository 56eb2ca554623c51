#include "harness/drill/production_guard.hpp"

#include <map>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "tests/unit/pg/private_server.hpp"

namespace pgrehearse {
namespace {

// Each must be refused by its name alone.
constexpr const char* like_production[] = {
    "host=prod dbname=shop",
    "host=db-prod-1 dbname=shop",
    "host=prod1.example.org dbname=shop",
    "host=db.prod.example.org dbname=shop",
    "host=db.production.example.org dbname=shop",
    "host=PROD-DB dbname=shop",
    "host=Production dbname=shop",
    "host=prd-db dbname=shop",
    "host=db-prd dbname=shop",
    "host=prdb2.prd.local dbname=shop",
    "host=live-db dbname=shop",
    "host=db.live.example.org dbname=shop",
    "host=pg-primary dbname=shop",
    "host=primary.db.example.org dbname=shop",
    "host=pg-master-0 dbname=shop",
    "host=master dbname=shop",
    "host=stage,prod dbname=shop",
    "host=stage.example.org,db.prod.example.org dbname=shop",
    "hostaddr=127.0.0.1 host=prod dbname=shop",
    "host=127.0.0.1 dbname=shop_prod",
    "host=127.0.0.1 dbname=prod",
    "host=127.0.0.1 dbname=production",
    "host=127.0.0.1 dbname=shop_production",
    "host=127.0.0.1 dbname=ShopProd",
    "host=127.0.0.1 dbname=shopPRODeu",
    "host=127.0.0.1 dbname=prod2",
    "host=127.0.0.1 dbname=prodshop",
    "host=127.0.0.1 dbname=shop-live",
    "host=127.0.0.1 dbname=live_shop",
    "host=127.0.0.1 dbname='shop prd'",
    "host=127.0.0.1 dbname=shop user=prod_admin",
    "host=127.0.0.1 dbname=shop user=app-production",
    "host=127.0.0.1 dbname=shop user=live",
    "host=127.0.0.1 dbname=shop application_name=prod-backup",
    "host=127.0.0.1 dbname=shop options='-c application_name=prod'",
    "host=127.0.0.1 dbname=shop passfile=/etc/prod/pgpass",
    "host=127.0.0.1 dbname=shop sslcert=/etc/ssl/prod.crt",
    "host=/var/run/prod dbname=shop",
    "host=/cloudsql/p:r:i dbname=shop",
    "host=shop.abc.eu-west-1.rds.amazonaws.com dbname=shop",
    "host=shop.cluster-abc.eu-west-1.rds.amazonaws.com dbname=shop",
    "host=SHOP.ABC.EU-WEST-1.RDS.AMAZONAWS.COM dbname=shop",
    "host=shop.abc.cn-north-1.rds.amazonaws.com.cn dbname=shop",
    "host=shop.abc.eu-west-1.redshift.amazonaws.com dbname=shop",
    "host=shop.postgres.database.azure.com dbname=shop",
    "host=shop.database.windows.net dbname=shop",
    "host=db.abcdef.supabase.co dbname=postgres",
    "host=aws-0-eu.pooler.supabase.com dbname=postgres",
    "host=ep-shop-123.eu-central-1.aws.neon.tech dbname=shop",
    "host=shop-do-user-1.db.ondigitalocean.com dbname=shop",
    "host=shop.aivencloud.com dbname=shop",
    "host=hattie.db.elephantsql.com dbname=shop",
    "host=abc.tsdb.cloud.timescale.com dbname=shop",
    "host=dpg-abc.frankfurt-postgres.render.com dbname=shop",
    "postgresql://app@db.prod.example.org/shop",
    "postgresql://app@127.0.0.1:5432/shop_production",
    "postgresql://production@127.0.0.1/shop",
    "postgresql://127.0.0.1/shop?host=prod",
    "postgresql://stage,live.example.org/shop",
    "postgres://app@127.0.0.1/shop?application_name=prod",
    "postgres://app@127.0.0.1/shop?options=-csearch_path%3Dprod",
    "postgresql://app@%2Fvar%2Frun%2Fprod/shop",
};

constexpr const char* others[] = {
    "host=127.0.0.1 dbname=shop",
    "host=staging.example.org dbname=shop_staging user=app",
    "host=127.0.0.1 dbname=products",
    "host=127.0.0.1 dbname=product_catalog user=producer",
    "host=127.0.0.1 dbname=reproduction",
    "host=127.0.0.1 dbname=delivery",
    "host=127.0.0.1 dbname=olive_oil user=oliver",
    "host=127.0.0.1 dbname=remastered",
    "host=dbhost.example.org dbname=shop_test",
    "postgresql://app@127.0.0.1:5433/shop_qa",
};

Environment environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional{found->second};
  };
}

ErrorCode refusal_of(const std::string& target, bool said_so, const Environment& variables) {
  try {
    demand_no_production(connection_target(target), said_so, variables);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

TEST(ProductionGuard, RefusesWhatIsCalledProduction) {
  static_assert(std::size(like_production) >= 60);
  for (const char* target : like_production) {
    EXPECT_TRUE(production_by_name(connection_target(target))) << target;
    EXPECT_EQ(refusal_of(target, true, environment({})), ErrorCode::refused) << target;
  }
}

TEST(ProductionGuard, LetsOtherNamesBe) {
  for (const char* target : others) {
    EXPECT_FALSE(production_by_name(connection_target(target))) << target;
    EXPECT_EQ(refusal_of(target, true, environment({})), ErrorCode::internal) << target;
  }
}

TEST(ProductionGuard, WantsToBeToldThatItIsNone) {
  const std::string target = others[0];
  EXPECT_EQ(refusal_of(target, false, environment({})), ErrorCode::refused);
  EXPECT_EQ(
      refusal_of(target, false, environment({{"TARGET_ENV", "staging"}})), ErrorCode::refused);
  EXPECT_EQ(refusal_of(target, false, environment({{"CONFIRM_DRILL", "YES"}})), ErrorCode::refused);
  EXPECT_EQ(
      refusal_of(target, false, environment({{"TARGET_ENV", "staging"}, {"CONFIRM_DRILL", "yes"}})),
      ErrorCode::refused);
  EXPECT_EQ(
      refusal_of(target, false, environment({{"TARGET_ENV", "staging"}, {"CONFIRM_DRILL", "YES"}})),
      ErrorCode::internal);
}

TEST(ProductionGuard, BelievesAnEnvironmentThatCallsItselfProduction) {
  for (const char* name : {"APP_ENV", "RAILS_ENV", "NODE_ENV", "DJANGO_ENV", "TARGET_ENV"}) {
    EXPECT_EQ(refusal_of(others[0], true, environment({{name, "production"}})), ErrorCode::refused)
        << name;
    EXPECT_EQ(refusal_of(others[0], true, environment({{name, "test"}})), ErrorCode::internal)
        << name;
  }
}

TEST(ProductionGuard, SeesWhatTheEnvironmentAddsToTheTarget) {
  ::setenv("PGHOST", "db.prod.example.org", 1);
  EXPECT_TRUE(production_by_name(connection_target("dbname=shop")));
  ::unsetenv("PGHOST");
  const TempDir folder{"pgrehearse-test"};
  write_file(folder.path() / "services", "[shop]\nhost=db.prod.example.org\ndbname=shop\n");
  ::setenv("PGSERVICEFILE", (folder.path() / "services").c_str(), 1);
  EXPECT_TRUE(production_by_name(connection_target("service=shop")));
  EXPECT_THROW(static_cast<void>(connection_target("service=nowhere")), Error);
  ::unsetenv("PGSERVICEFILE");
}

TEST(ProductionGuard, AsksTheServerItself) {
  if (PrivateServer::missing()) {
    GTEST_SKIP() << PrivateServer::missing().value_or("no server");
  }
  const PrivateServer server;
  const auto refused = [&](const std::vector<std::string>& denied) {
    Session session{server.connection()};
    try {
      demand_no_production(session, denied);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::refused);
      return error.message();
    }
    return std::string{};
  };
  EXPECT_EQ(refused({}), "");
  Session admin{server.connection()};
  const std::string system = admin.value("SELECT system_identifier FROM pg_control_system()");
  EXPECT_EQ(refused({"7000000000000000000"}), "");
  EXPECT_NE(refused({system}).find("system identifier"), std::string::npos);

  admin.exec("ALTER DATABASE postgres SET pgrehearse.production = 'on'");
  EXPECT_NE(refused({}).find("pgrehearse.production"), std::string::npos);
  admin.exec("ALTER DATABASE postgres SET pgrehearse.production = 'off'");
  EXPECT_EQ(refused({}), "");

  admin.exec("CREATE ROLE customer LOGIN PASSWORD 'c'");
  {
    ConnectionSpec other = server.connection();
    other.user = "customer";
    other.password = Secret{"c"};
    const Session customer{other};
    EXPECT_NE(refused({}).find("sessions of others"), std::string::npos);
  }
  EXPECT_EQ(refused({}), "");
}

}  // namespace
}  // namespace pgrehearse
