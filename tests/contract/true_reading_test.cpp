// What is read of a cluster is what is in it: the tables and not a copy in an index, holes of large
// objects as the zeros they are, and a look for damage whatever the database's own settings say.
#include <algorithm>
#include <memory>

#include <gtest/gtest.h>

#include "harness/check/capture.hpp"
#include "harness/check/soundness.hpp"
#include "tests/contract/damage_source.hpp"

namespace pgrehearse {
namespace {

class TrueReading : public testing::Test {
 protected:
  static void SetUpTestSuite() { source_ = std::make_unique<DamageSource>(); }
  static void TearDownTestSuite() { source_.reset(); }

  static Session app() { return source_->cluster().connect("app"); }

  static std::string fact(FactKind kind, const std::string& name) {
    Session session = app();
    session.exec("BEGIN");
    const Facts facts = facts_of_database(session, "app", Reading::everything);
    const auto found = std::find_if(facts.begin(), facts.end(),
        [&](const Fact& each) { return each.kind == kind && each.name == name; });
    return found == facts.end() ? "" : found->value;
  }

  static inline std::unique_ptr<DamageSource> source_;
};

TEST_F(TrueReading, IsOfTheTableWhereAnIndexHoldsAllOfIt) {
  Session session = app();
  session.exec(
      "CREATE TABLE public.links (a int, b int, PRIMARY KEY (a, b));"
      "INSERT INTO public.links SELECT i, i FROM generate_series(1, 1000) i");
  session.exec("VACUUM ANALYZE public.links");
  const auto plan = [&] {
    session.exec("SET enable_seqscan = off; SET enable_bitmapscan = off");
    std::string lines;
    for (const Row& row : session.exec("EXPLAIN SELECT count(*) FROM public.links")) {
      lines += *row[0] + "\n";
    }
    return lines;
  };
  EXPECT_NE(plan().find("Index Only Scan"), std::string::npos) << plan();
  session.exec(fixed_reading_settings());
  EXPECT_EQ(plan().find("Index Only Scan"), std::string::npos) << plan();
}

// A dump writes what was never written as zeros.
TEST_F(TrueReading, TakesTheHolesOfALargeObjectForZeros) {
  app().exec("SELECT lo_from_bytea(777, ''), lo_put(777, 10000, 'end'), lo_put(777, 5000, 'x')");
  const std::string name = "app: large object 777";
  const std::string size = fact(FactKind::rows, name);
  const std::string content = fact(FactKind::content, name);
  ASSERT_NE(content, "");
  app().exec("SELECT lo_put(777, 0, decode(repeat('00', 5000), 'hex'))");
  EXPECT_EQ(fact(FactKind::content, name), content);
  EXPECT_EQ(fact(FactKind::rows, name), size);
  app().exec("SELECT lo_put(777, 42, 'y')");
  EXPECT_NE(fact(FactKind::content, name), content);
}

// As by a prepared transaction, for which nobody decides.
TEST_F(TrueReading, DoesNotWaitForeverForALock) {
  app().exec("CREATE TABLE public.held (id int PRIMARY KEY)");
  Session holder = app();
  holder.exec("BEGIN; LOCK TABLE public.held IN ROW EXCLUSIVE MODE");
  const Examination examination = examine(source_->cluster());
  EXPECT_FALSE(examination.complete);
  EXPECT_NE(examination.trouble.find("locked"), std::string::npos) << examination.trouble;
  EXPECT_TRUE(examination.ailments.empty());
  holder.exec("ROLLBACK");
}

TEST_F(TrueReading, LooksForDamageInADatabaseThatForbidsIt) {
  app().exec(
      "CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql AS "
      "$$ BEGIN RAISE 'nothing is made here'; END $$;"
      "CREATE EVENT TRIGGER refuse ON ddl_command_start EXECUTE FUNCTION public.refuse()");
  source_->cluster().connect().exec("ALTER DATABASE app SET default_transaction_read_only = on");
  const Examination examination = examine(source_->cluster());
  EXPECT_TRUE(examination.complete) << examination.trouble;
  EXPECT_TRUE(examination.ailments.empty());
  EXPECT_EQ(app().value("SELECT count(*) FROM pg_extension WHERE extname = 'amcheck'"), "0");
}

}  // namespace
}  // namespace pgrehearse
