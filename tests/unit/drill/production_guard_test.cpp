#include "harness/drill/production_guard.hpp"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "tests/unit/drill/production_like.hpp"

namespace pgrehearse {
namespace {

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
  for (const char* target : unlike_production) {
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
               return passes(
                   unlike_production[0], environment({{std::string{name}, "production"}}));
             });
}

// Each row is taken away in its turn: if nothing got through then, nobody would notice its loss.
TEST_F(ProductionGuard, NeedsEveryRowOfItsNames) {
  EXPECT_FALSE(lets_production_through(production_names()));
  for (const auto list :
      {&ProductionNames::words, &ProductionNames::endings, &ProductionNames::managed_hosts,
          &ProductionNames::keywords, &ProductionNames::variables}) {
    for (std::size_t row = 0; row < (production_names().*list).size(); ++row) {
      ProductionNames without = production_names();
      (without.*list).erase((without.*list).begin() + static_cast<std::ptrdiff_t>(row));
      EXPECT_TRUE(lets_production_through(without)) << (production_names().*list).at(row);
    }
  }
}

TEST_F(ProductionGuard, WantsToBeToldThatItIsNone) {
  const std::string target = unlike_production[0];
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
    EXPECT_EQ(refusal_of(unlike_production[0], true, environment({{name, "production"}})),
        ErrorCode::refused)
        << name;
    EXPECT_EQ(
        refusal_of(unlike_production[0], true, environment({{name, "test"}})), ErrorCode::internal)
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
