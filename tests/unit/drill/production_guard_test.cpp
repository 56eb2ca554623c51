#include "harness/drill/production_guard.hpp"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"

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
    "hostaddr=prod dbname=shop",
    "service=prod-behind-a-harmless-host",
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
    "host=abc.timescaledb.io dbname=shop",
    "host=abc.psdb.cloud dbname=shop",
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

ErrorCode refusal_of(const std::string& target, bool said_so, const Environment& variables,
    const ProductionNames& names = production_names()) {
  try {
    demand_no_production(connection_target(target), said_so, variables, names);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

/// A file of services, for as long as it lives.
class Services {
 public:
  Services() {
    write_file(folder_.path() / "services",
        "[shop]\nhost=db.prod.example.org\ndbname=shop\n"
        "[prod-behind-a-harmless-host]\nhost=127.0.0.1\ndbname=shop\n");
    ::setenv("PGSERVICEFILE", (folder_.path() / "services").c_str(), 1);
  }
  ~Services() { ::unsetenv("PGSERVICEFILE"); }
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

 private:
  TempDir folder_{"pgrehearse-test"};
};

class ProductionGuard : public testing::Test {
  const Services services_;
};

TEST_F(ProductionGuard, RefusesWhatIsCalledProduction) {
  static_assert(std::size(like_production) >= 60);
  for (const char* target : like_production) {
    EXPECT_TRUE(production_by_name(connection_target(target))) << target;
    EXPECT_EQ(refusal_of(target, true, environment({})), ErrorCode::refused) << target;
  }
}

TEST_F(ProductionGuard, LetsOtherNamesBe) {
  for (const char* target : others) {
    EXPECT_FALSE(production_by_name(connection_target(target))) << target;
    EXPECT_EQ(refusal_of(target, true, environment({})), ErrorCode::internal) << target;
  }
}

/// Whether something of the above that must be refused no longer is.
bool lets_production_through(const ProductionNames& names) {
  const auto passes = [&](const std::string& target, const Environment& variables) {
    return refusal_of(target, true, variables, names) != ErrorCode::refused;
  };
  return std::any_of(std::begin(like_production), std::end(like_production),
             [&](const char* target) { return passes(target, environment({})); }) ||
         std::any_of(production_names().variables.begin(), production_names().variables.end(),
             [&](std::string_view name) {
               return passes(others[0], environment({{std::string{name}, "production"}}));
             });
}

// Each row is taken away in its turn: if nothing got through then, nobody would notice its loss.
TEST_F(ProductionGuard, NeedsEveryRowOfItsNames) {
  EXPECT_FALSE(lets_production_through(production_names()));
  for (const auto list : {&ProductionNames::words, &ProductionNames::managed_hosts,
           &ProductionNames::keywords, &ProductionNames::variables}) {
    for (std::size_t row = 0; row < (production_names().*list).size(); ++row) {
      ProductionNames without = production_names();
      (without.*list).erase((without.*list).begin() + static_cast<std::ptrdiff_t>(row));
      EXPECT_TRUE(lets_production_through(without)) << (production_names().*list).at(row);
    }
  }
}

TEST_F(ProductionGuard, WantsToBeToldThatItIsNone) {
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

TEST_F(ProductionGuard, BelievesAnEnvironmentThatCallsItselfProduction) {
  for (const char* name : {"APP_ENV", "RAILS_ENV", "NODE_ENV", "DJANGO_ENV", "TARGET_ENV"}) {
    EXPECT_EQ(refusal_of(others[0], true, environment({{name, "production"}})), ErrorCode::refused)
        << name;
    EXPECT_EQ(refusal_of(others[0], true, environment({{name, "test"}})), ErrorCode::internal)
        << name;
  }
}

TEST_F(ProductionGuard, SeesWhatTheEnvironmentAddsToTheTarget) {
  EXPECT_TRUE(production_by_name(connection_target("service=shop")));
  EXPECT_THROW(static_cast<void>(connection_target("service=nowhere")), Error);
  for (const auto& [name, value] : std::map<std::string, std::string>{
           {"PGHOST", "db.prod.example.org"}, {"PGDATABASE", "prod"}, {"PGSERVICE", "shop"}}) {
    ASSERT_FALSE(production_by_name(connection_target("user=reader"))) << name;
    ::setenv(name.c_str(), value.c_str(), 1);
    EXPECT_TRUE(production_by_name(connection_target("user=reader"))) << name;
    ::unsetenv(name.c_str());
  }
}

}  // namespace
}  // namespace pgrehearse
