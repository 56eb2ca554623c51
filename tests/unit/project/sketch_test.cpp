#include "harness/project/sketch.hpp"

#include <algorithm>
#include <memory>

#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/project/drill_file.hpp"
#include "tests/unit/pg/private_server.hpp"

namespace pgrehearse {
namespace {

constexpr const char* shop = R"sql(
CREATE SCHEMA stock;
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE DOMAIN amount AS numeric(8, 2) CHECK (VALUE >= 0);
CREATE TABLE countries (code char(2) PRIMARY KEY, name text NOT NULL);
INSERT INTO countries VALUES ('de', 'Germany');
CREATE TABLE customers (customer_id serial PRIMARY KEY, email varchar(200) NOT NULL UNIQUE,
  country char(2) NOT NULL REFERENCES countries, mood mood NOT NULL, extra jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('new', 'old')));
CREATE TABLE "Orders" (order_id uuid PRIMARY KEY, customer_id int NOT NULL REFERENCES customers,
  total amount NOT NULL, placed timestamptz NOT NULL, twice numeric GENERATED ALWAYS AS (total * 2) STORED);
CREATE TABLE stock.items (item_id int PRIMARY KEY, label text, size smallint CHECK (size BETWEEN 1 AND 3));
CREATE TABLE stock.notes (note_id bigint GENERATED ALWAYS AS IDENTITY, body text);
CREATE TABLE impossible (x int NOT NULL CHECK (x < 0));
CREATE TABLE a_reviews (review_id serial PRIMARY KEY, item_id int REFERENCES stock.items, body text);)sql";

class SketchOfADatabase : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!PrivateServer::missing()) {
      server_ = std::make_unique<PrivateServer>();
    }
  }
  static void TearDownTestSuite() { server_.reset(); }
  void SetUp() override {
    if (server_ == nullptr) {
      GTEST_SKIP() << PrivateServer::missing().value_or("no server");
    }
  }
  static Session database_with(const std::string& sql) {
    ConnectionSpec connection = server_->connection();
    Session session{connection};
    session.exec("DROP DATABASE IF EXISTS shop WITH (FORCE)");
    session.exec("CREATE DATABASE shop");
    connection.database = "shop";
    Session shop_session{connection};
    shop_session.exec(sql);
    return shop_session;
  }
  static bool holds(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  }
  inline static std::unique_ptr<PrivateServer> server_;
};

TEST_F(SketchOfADatabase, FillsTablesInTheOrderOfTheirForeignKeys) {
  Session session = database_with(shop);
  const Sketch sketch = sketch_of(session, MadeUpRows::yes);
  for (const char* table :
      {"public.customers", "public.Orders", "stock.items", "stock.notes", "public.a_reviews"}) {
    EXPECT_TRUE(holds(sketch.filled, table)) << table;
  }
  EXPECT_EQ(sketch.had_rows, std::vector<std::string>{"public.countries"});
  EXPECT_EQ(sketch.refused, std::vector<std::string>{"public.impossible"});
  EXPECT_FALSE(sketch.own_tables);
}

TEST_F(SketchOfADatabase, TheSeedItWritesDownWorksOnAFreshDatabase) {
  Sketch sketch;
  {
    Session session = database_with(shop);
    sketch = sketch_of(session, MadeUpRows::yes);
  }
  Session fresh = database_with(shop);
  for (std::string sql : sketch.seed) {
    if (const std::size_t at = sql.find(":scale"); at != std::string::npos) {
      sql.replace(at, 6, "2");
    }
    EXPECT_NO_THROW(fresh.exec(sql)) << sql;
  }
  EXPECT_EQ(fresh.value("SELECT count(*) FROM customers"), "40");
  EXPECT_EQ(fresh.value("SELECT count(*) FROM a_reviews WHERE item_id IS NULL"), "0");
  for (int turn = 0; turn < 30; ++turn) {
    EXPECT_NO_THROW(fresh.exec(sketch.workload.front()));
  }
}

TEST_F(SketchOfADatabase, LetsAccidentsHitWhatNothingRefersTo) {
  Session session = database_with(shop);
  const Sketch sketch = sketch_of(session, MadeUpRows::yes);
  EXPECT_NE(sketch.accident.delete_from, "public.customers");
  EXPECT_FALSE(sketch.accident.delete_from.empty());
  EXPECT_EQ(sketch.accident.drop_schema, "stock");
  EXPECT_FALSE(sketch.accident.bad_migration.empty());
  EXPECT_FALSE(sketch.protected_table.empty());
  for (const CheckSpec& check : sketch.checks) {
    if (check.sql.find(sketch.protected_table) != std::string::npos) {
      EXPECT_EQ(check.expect, "= baseline");
    }
  }
}

TEST_F(SketchOfADatabase, MakesTablesOfItsOwnWhereNoneWillDo) {
  Session session = database_with("CREATE TABLE impossible (x int NOT NULL CHECK (x < 0))");
  const Sketch sketch = sketch_of(session, MadeUpRows::yes);
  EXPECT_TRUE(sketch.own_tables);
  EXPECT_EQ(sketch.accident.drop_schema, "rehearsal");
  EXPECT_EQ(sketch.protected_table, "rehearsal.kept");
  ASSERT_EQ(sketch.workload.size(), 1U);
  EXPECT_NE(sketch.workload.front().find("rehearsal.heartbeats"), std::string::npos);
}

TEST_F(SketchOfADatabase, BecomesADrillFileThatCanBeRead) {
  Session session = database_with(shop);
  DrillFileContent content;
  content.sketch = sketch_of(session, MadeUpRows::yes);
  content.layout.name = "shop";
  content.layout.backups = {"ops/backup.sh"};
  content.leave_out = cases_to_leave_out(content.sketch);
  const TempDir folder{"pgrehearse-test"};
  write_file(folder.path() / "drill.yaml", drill_file(content));
  const Subject subject = load_subject(folder.path() / "drill.yaml");
  EXPECT_EQ(subject.seed.sql.size(), content.sketch.seed.size());
  EXPECT_EQ(subject.seed.sql.front() + "\n", content.sketch.seed.front() + "\n");
  EXPECT_EQ(subject.workload.sql, content.sketch.workload);
  EXPECT_EQ(subject.checks.size(), content.sketch.checks.size());
  EXPECT_EQ(subject.leave_out.size(), 3U);
}

}  // namespace
}  // namespace pgrehearse
