// Two values that are stored differently must never have one digest, whatever their type's own hash
// says; and the same rows must have one, wherever and however they lie.
#include "harness/check/content_digest.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/check/capture.hpp"
#include "tests/unit/pg/private_server.hpp"

namespace pgrehearse {
namespace {

class ContentDigest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!PrivateServer::missing()) {
      server_ = std::make_unique<PrivateServer>();
    }
  }
  static void TearDownTestSuite() { server_.reset(); }
  void SetUp() override {
    if (const auto why = PrivateServer::missing()) {
      GTEST_SKIP() << *why;
    }
    session_.emplace(Session{server_->connection()});
    session_->exec(fixed_reading_settings());
    session_->exec("DROP SCHEMA IF EXISTS x CASCADE; CREATE SCHEMA x");
  }

  /// "count a/b" of the table x.<name>.
  std::string digest_of(const std::string& name, const std::string& where = {}) {
    const std::string relation = "x." + identifier(name);
    const Row row = session_
                        ->exec(sums_query(row_hash_of(*session_, relation),
                            {.from = "ONLY " + relation, .where = where}))
                        .front();
    return row[0].value() + " " + row[1].value();
  }

  /// Digest of a table of this definition after these statements, which say T for it.
  std::string digest_after(const std::string& columns, const std::string& rows) {
    session_->exec("DROP TABLE IF EXISTS x.t CASCADE");
    session_->exec(fmt::format("CREATE TABLE x.t ({})", columns));
    if (!rows.empty()) {
      session_->exec("INSERT INTO x.t VALUES " + rows);
    }
    return digest_of("t");
  }

  static inline std::unique_ptr<PrivateServer> server_;
  std::optional<Session> session_;
};

struct Pair {
  std::string type;
  std::string one;
  std::string other;
};

TEST_F(ContentDigest, TellsApartWhatTheTypesOwnHashDoesNot) {
  const std::vector<Pair> pairs{{"int2", "0", "1"}, {"int4", "-1", "1"}, {"int4", "NULL", "0"},
      {"int8", "1", "4294967296"}, {"int8", "0", "-1"}, {"int8", "8589934593", "4294967298"},
      {"int8", "NULL", "0"}, {"oid", "1", "4294967295"}, {"bool", "true", "false"},
      {"bool", "NULL", "false"}, {"text", "''", "NULL"}, {"text", "'a'", "'a '"},
      {"text COLLATE \"und-x-icu\"", "U&'\\00e9'", "U&'e\\0301'"}, {"varchar(9)", "'a'", "'a '"},
      {"char(3)", "'a'", "'b'"}, {"char(3)", "NULL", "''"}, {"bpchar", "'a'", "'a '"},
      {"name", "'a'", "'b'"}, {"uuid", "NULL", "'00000000-0000-0000-0000-000000000000'"},
      {"bytea", "'\\x00'", "'\\x0000'"}, {"bytea", "NULL", "''"}, {"numeric", "1.0", "1.00"},
      {"numeric", "'NaN'", "0"}, {"numeric", "'Infinity'", "'-Infinity'"}, {"float8", "0", "'-0'"},
      {"float8", "'NaN'", "'Infinity'"}, {"float4", "0.1", "0.10000001"},
      {"timestamptz", "'infinity'", "'-infinity'"},
      {"timestamptz", "'2000-01-01 00:00:00.000001+00'", "'2000-01-01 00:00:00+00'"},
      {"timestamp", "'0044-03-15 BC'", "'0044-03-15'"}, {"date", "'infinity'", "NULL"},
      {"interval", "'1 day'", "'24 hours'"}, {"timetz", "'12:00+00'", "'13:00+01'"},
      {"jsonb", "'{}'", "'[]'"}, {"json", "'{}'", "'{ }'"}, {"int4[]", "'{}'", "NULL"},
      {"int4[]", "'{1,NULL}'", "'{1}'"}, {"int4[]", "'[0:0]={1}'", "'{1}'"},
      {"inet", "'10.0.0.1/8'", "'10.0.0.1'"}, {"bit(3)", "'001'", "'100'"},
      {"xml", "'<a/>'", "'<b/>'"}, {"point", "'(0,0)'", "'(0,-0)'"}};
  for (const Pair& pair : pairs) {
    const std::string columns = "c " + pair.type;
    EXPECT_NE(
        digest_after(columns, "(" + pair.one + ")"), digest_after(columns, "(" + pair.other + ")"))
        << pair.type << ": " << pair.one << " and " << pair.other;
  }
}

TEST_F(ContentDigest, KnowsWhichColumnAValueIsIn) {
  const std::string columns = "a int4, b int4, c text, d text, e numeric, f numeric";
  const std::string as_it_is = digest_after(columns, "(1, 2, 'x', 'y', 1, 2)");
  for (const char* other : {"(2, 1, 'x', 'y', 1, 2)", "(1, 2, 'y', 'x', 1, 2)",
           "(1, 2, 'x', 'y', 2, 1)", "(1, 2, 'xy', '', 1, 2)", "(1, NULL, 'x', 'y', 1, 2)"}) {
    EXPECT_NE(digest_after(columns, other), as_it_is) << other;
  }
}

TEST_F(ContentDigest, SeesValuesThatChangedPlacesBetweenRows) {
  EXPECT_NE(digest_after("a int4, b int4", "(1, 10), (2, 20)"),
      digest_after("a int4, b int4", "(1, 20), (2, 10)"));
  EXPECT_NE(digest_after("a text, b numeric", "('a', 1), ('b', 2)"),
      digest_after("a text, b numeric", "('a', 2), ('b', 1)"));
}

TEST_F(ContentDigest, SeesDuplicates) {
  EXPECT_NE(
      digest_after("a int4", "(1), (1), (2), (2)"), digest_after("a int4", "(3), (3), (4), (4)"));
  EXPECT_NE(digest_after("a int4", "(1), (1), (2)"), digest_after("a int4", "(1), (2), (2)"));
}

TEST_F(ContentDigest, DependsNeitherOnOrderNorOnLayout) {
  const std::string columns = "a int8, b text, c numeric, d timestamptz";
  const std::string ordered =
      digest_after(columns, "(1, 'a', 1.0, '2000-01-01'), (2, NULL, NULL, NULL)");
  EXPECT_EQ(digest_after(columns, "(2, NULL, NULL, NULL), (1, 'a', 1.0, '2000-01-01')"), ordered);
  session_->exec(
      "CREATE TABLE x.wide (gone text, a int8, b text, c numeric, d timestamptz);"
      "INSERT INTO x.wide SELECT 'away', * FROM x.t; ALTER TABLE x.wide DROP COLUMN gone;"
      "UPDATE x.wide SET a = a");
  session_->exec("VACUUM FULL x.wide");
  EXPECT_EQ(digest_of("wide"), ordered);
  session_->exec(
      "SET max_parallel_workers_per_gather = 4; SET min_parallel_table_scan_size = 0; "
      "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0");
  EXPECT_EQ(digest_of("t"), ordered);
}

TEST_F(ContentDigest, IsNotFooledByNames) {
  session_->exec(
      R"(CREATE TABLE x."we""ird {0} ; --" ("t" int4, "a""b" text, "{1}" int8, "q" text))");
  session_->exec(R"(INSERT INTO x."we""ird {0} ; --" VALUES (1, 'a', 2, 'q'))");
  const std::string before = digest_of("we\"ird {0} ; --");
  session_->exec(R"(UPDATE x."we""ird {0} ; --" SET "{1}" = 3)");
  EXPECT_NE(digest_of("we\"ird {0} ; --"), before);
}

TEST_F(ContentDigest, IsTakenOfNoColumnsAndOfVeryMany) {
  EXPECT_EQ(digest_after("", ""), "0 0/0");
  session_->exec("INSERT INTO x.t DEFAULT VALUES");
  EXPECT_EQ(digest_of("t").substr(0, 2), "1 ");
  std::string columns = "c0 int4";
  for (int i = 1; i < 600; ++i) {
    columns += fmt::format(", c{} int4", i);
  }
  session_->exec(fmt::format("CREATE TABLE x.wide ({})", columns));
  session_->exec("INSERT INTO x.wide (c0, c70, c599) VALUES (1, 2, 3)");
  const std::string before = digest_of("wide");
  for (const char* column : {"c0", "c70", "c599", "c300"}) {
    session_->exec(fmt::format("BEGIN; UPDATE x.wide SET {} = 77", column));
    EXPECT_NE(digest_of("wide"), before) << column;
    session_->exec("ROLLBACK");
  }
}

TEST_F(ContentDigest, OfRowsThatAConditionPicksIsTheRestOfTheOthers) {
  static_cast<void>(digest_after("a int4", "(1), (2), (3)"));
  EXPECT_EQ(digest_of("t", "t.a = 4"), "0 0/0");
  EXPECT_NE(digest_of("t", "t.a = 3"), digest_of("t", "t.a = 2"));
}

}  // namespace
}  // namespace pgrehearse
