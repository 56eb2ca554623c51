// What the catalogs call proven and the rows disprove: each lie on its own, by name, and none on a
// healthy database.
#include "harness/check/reproof.hpp"

#include <algorithm>
#include <memory>

#include <gtest/gtest.h>

#include "tests/contract/damage_source.hpp"

namespace pgrehearse {
namespace {

using Found = std::vector<std::string>;

constexpr const char* healthy = R"sql(
CREATE SCHEMA own;
CREATE DOMAIN own.even AS int CHECK (VALUE % 2 = 0) NOT NULL;
CREATE TYPE own.mood AS ENUM ('calm', 'busy');
CREATE TABLE own.parent (a int, b text COLLATE "C", PRIMARY KEY (a, b));
CREATE TABLE own.child (id int PRIMARY KEY, a int, b text, n own.even DEFAULT 2, m own.mood,
  CONSTRAINT of_parent FOREIGN KEY (a, b) REFERENCES own.parent, CONSTRAINT positive CHECK (id > 0));
CREATE TABLE own.whole (a int, b text, CONSTRAINT both_or_none FOREIGN KEY (a, b) REFERENCES own.parent MATCH FULL);
CREATE TABLE own.days (day date NOT NULL, note text, UNIQUE (day, note)) PARTITION BY RANGE (day);
CREATE TABLE own.days_2026 PARTITION OF own.days FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE own.known (x int);
CREATE FUNCTION own.is_known(int) RETURNS boolean LANGUAGE plpgsql AS
  $$ BEGIN RETURN $1 IS NULL OR EXISTS (SELECT FROM known WHERE x = $1); END $$;
CREATE TABLE own.guarded (x int CHECK (own.is_known(x)));
CREATE UNIQUE INDEX part_of_child ON own.child (lower(b), (a + 1)) WHERE id > 10;
CREATE UNIQUE INDEX nulls_too ON own.guarded (x) NULLS NOT DISTINCT;
CREATE TABLE own.places (at point, word text);
CREATE INDEX by_place ON own.places USING gist (at);
CREATE INDEX by_word ON own.places USING hash (word);
CREATE INDEX by_words ON own.places USING gin (to_tsvector('simple', word));
CREATE INDEX by_range ON own.places USING brin (word);
ALTER DATABASE app SET search_path = own, public;
SET search_path = own;
INSERT INTO parent SELECT i, 'p' || i FROM generate_series(1, 50) i;
INSERT INTO child SELECT i, i, 'p' || i, i * 2, 'calm' FROM generate_series(1, 50) i;
INSERT INTO child VALUES (60, NULL, 'not all of it', 2, 'busy');
INSERT INTO whole VALUES (1, 'p1'), (NULL, NULL);
INSERT INTO days SELECT '2026-03-01', i FROM generate_series(1, 20) i;
INSERT INTO known VALUES (1); INSERT INTO guarded VALUES (1), (NULL);
INSERT INTO places SELECT point(i, i), 'w' || i FROM generate_series(1, 500) i;
ANALYZE)sql";

// As a restore, or a hand, can leave them: the rows first, and then the catalog's word.
constexpr const char* triggers_off = "SET session_replication_role = replica; ";

struct Lie {
  const char* name;
  const char* told;
  const char* taken_back;
  const char* relation;
  const char* what;
};

constexpr Lie lies[] = {
    {"ForeignKey", "DELETE FROM own.parent WHERE a = 7", "INSERT INTO own.parent VALUES (7, 'p7')",
        "app.own.child", "rows break its foreign key of_parent"},
    {"HalfOfAFullForeignKey", "INSERT INTO own.whole VALUES (3, NULL)",
        "DELETE FROM own.whole WHERE a = 3", "app.own.whole",
        "rows break its foreign key both_or_none"},
    {"Check",
        "ALTER TABLE own.child DROP CONSTRAINT positive; INSERT INTO own.child VALUES (-1, NULL, "
        "NULL, "
        "2, NULL); ALTER TABLE own.child ADD CONSTRAINT positive CHECK (id > 0) NOT VALID; UPDATE "
        "pg_constraint SET convalidated = true WHERE conname = 'positive'",
        "DELETE FROM own.child WHERE id = -1", "app.own.child", "rows break its check positive"},
    {"CheckOfAFunctionThatNeedsItsPath",
        "INSERT INTO own.known VALUES (2); INSERT INTO own.guarded VALUES (2); DELETE FROM "
        "own.known "
        "WHERE x = 2",
        "DELETE FROM own.guarded WHERE x = 2", "app.own.guarded",
        "rows break its check guarded_x_check"},
    {"NotNull",
        "ALTER TABLE own.days_2026 ALTER note DROP NOT NULL; INSERT INTO own.days_2026 VALUES "
        "('2026-04-01', NULL); UPDATE pg_attribute SET attnotnull = true WHERE attrelid = "
        "'own.days_2026'::regclass AND attname = 'note'",
        "DELETE FROM own.days_2026 WHERE note IS NULL; UPDATE pg_attribute SET attnotnull = false "
        "WHERE "
        "attrelid = 'own.days_2026'::regclass AND attname = 'note'",
        "app.own.days_2026", "rows lack a value that they must have"},
    {"BoundOfAPartition",
        "UPDATE pg_class SET relispartition = false WHERE oid = 'own.days_2026'::regclass; INSERT "
        "INTO "
        "own.days_2026 VALUES ('2031-01-01', 'late'); UPDATE pg_class SET relispartition = true "
        "WHERE "
        "oid = 'own.days_2026'::regclass",
        "DELETE FROM own.days_2026 WHERE note = 'late'", "app.own.days_2026",
        "rows lie outside its bounds as a partition"},
    {"Domain",
        "ALTER DOMAIN own.even DROP CONSTRAINT even_check; INSERT INTO own.child VALUES (70, NULL, "
        "NULL, "
        "3, NULL); ALTER DOMAIN own.even ADD CONSTRAINT even_check CHECK (VALUE % 2 = 0) NOT "
        "VALID; "
        "UPDATE pg_constraint SET convalidated = true WHERE conname = 'even_check'",
        "DELETE FROM own.child WHERE id = 70", "app.own.child", "a value is not of its domain"},
    {"ValueWithoutALabel",
        "ALTER TYPE own.mood ADD VALUE 'gone'; INSERT INTO own.child VALUES (80, NULL, NULL, 2, "
        "'gone'); "
        "DELETE FROM pg_enum WHERE enumlabel = 'gone'",
        "DELETE FROM own.child WHERE id = 80", "app.own.child", "a value cannot be printed: 22P03"},
};

class Reproof : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    source_ = std::make_unique<DamageSource>();
    source_->cluster().connect("app").exec(healthy);
  }
  static void TearDownTestSuite() { source_.reset(); }

  static void exec(const std::string& sql) {
    // Each on its own: a new label of an enum must be committed before it is used.
    Session session = source_->cluster().connect("app");
    session.exec(triggers_off);
    std::size_t begin = 0;
    for (std::size_t end = sql.find("; "); begin < sql.size(); end = sql.find("; ", begin)) {
      session.exec(sql.substr(begin, end - begin));
      begin = end == std::string::npos ? sql.size() : end + 2;
    }
  }
  static Found found() {
    Session session = source_->cluster().connect("app");
    Found all;
    for (const Ailment& ailment : disproven_in(session, "app")) {
      all.push_back(ailment.relation + ": " + ailment.what);
    }
    return all;
  }

  static inline std::unique_ptr<DamageSource> source_;
};

TEST_F(Reproof, OfAHealthyDatabaseFindsNothingAndChangesNothing) {
  const std::string valid = "SELECT count(*) FROM pg_index WHERE indisvalid";
  const std::string before = source_->cluster().connect("app").value(valid);
  EXPECT_EQ(found(), Found{});
  EXPECT_EQ(source_->cluster().connect("app").value(valid), before);
  EXPECT_EQ(source_->cluster().log().find("ERROR"), std::string::npos);
}

TEST_F(Reproof, FindsEachLieByNameAndNoOther) {
  for (const Lie& lie : lies) {
    SCOPED_TRACE(lie.name);
    exec(lie.told);
    EXPECT_EQ(found(), Found{std::string{lie.relation} + ": " + lie.what});
    exec(lie.taken_back);
    EXPECT_EQ(found(), Found{}) << "it was not taken back";
  }
}

// The index was not told of a row: a unique one lets its key be written a second time.
TEST_F(Reproof, FindsAnIndexThatLacksRowsAndWhatItLetIn) {
  exec("UPDATE pg_index SET indisready = false WHERE indexrelid = 'own.child_pkey'::regclass");
  exec("INSERT INTO own.child VALUES (1, NULL, 'twice', 2, 'calm')");
  exec("UPDATE pg_index SET indisready = true WHERE indexrelid = 'own.child_pkey'::regclass");
  EXPECT_EQ(found(), (Found{"app.own.child: rows are equal in its unique index child_pkey",
                         "app.own.child_pkey: it holds another number of rows than its table"}));
  exec("DELETE FROM own.child WHERE b = 'twice'");
  exec("REINDEX INDEX own.child_pkey");
  EXPECT_EQ(found(), Found{});
}

TEST_F(Reproof, FindsAnIndexOfAnotherKindThatLacksRows) {
  exec("UPDATE pg_index SET indisready = false WHERE indexrelid = 'own.by_place'::regclass");
  exec("INSERT INTO own.places VALUES ('(-1,-1)', 'unseen')");
  exec("UPDATE pg_index SET indisready = true WHERE indexrelid = 'own.by_place'::regclass");
  EXPECT_EQ(found(), Found{"app.own.by_place: it holds another number of rows than its table"});
  exec("DELETE FROM own.places WHERE word = 'unseen'");
  EXPECT_EQ(found(), Found{});
}

// A page of noise behind the others: no query comes by it, and only its header and checksum tell.
TEST_F(Reproof, FindsABrokenPageOfAnIndexThatAmcheckDoesNotKnow) {
  for (const std::string index : {"own.by_word", "own.by_words", "own.by_range"}) {
    SCOPED_TRACE(index);
    source_->cluster().connect("app").exec(
        "DO $$ BEGIN EXECUTE format('COPY (SELECT 1) TO PROGRAM %L', 'cat > /dev/null; head -c "
        "8192 /dev/urandom >> ' || pg_relation_filepath('" +
        index + "')); END $$");
    EXPECT_EQ(found(), Found{"app." + index + ": one of its pages cannot be read: XX001"});
    exec("REINDEX INDEX " + index);
    EXPECT_EQ(found(), Found{});
  }
  EXPECT_EQ(source_->cluster().connect("app").value(
                "SELECT count(*) FROM pg_extension WHERE extname = 'pg_prewarm'"),
      "0");
}

TEST_F(Reproof, OfADeadServerIsAnErrorAndNoAnswer) {
  Session session = source_->cluster().connect("app");
  source_->cluster().stop();
  EXPECT_THROW(static_cast<void>(disproven_in(session, "app")), Error);
  source_->cluster().start();
}

}  // namespace
}  // namespace pgrehearse
