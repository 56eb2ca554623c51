// Every kind of fact on a real server: a healthy cluster equals itself, each kind of damage is seen
// by the kind that names it, and a dead server is an error, never an answer.
#include <algorithm>
#include <memory>

#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/check/capture.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/sweep.hpp"
#include "harness/pg/cluster.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view schema = R"sql(
  CREATE ROLE clerk LOGIN; CREATE ROLE staff; GRANT staff TO clerk;
  CREATE TYPE mood AS ENUM ('calm', 'busy');
  CREATE DOMAIN positive AS int CHECK (VALUE > 0);
  CREATE TABLE client (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, mood mood, seats positive,
                       twice int GENERATED ALWAYS AS (seats * 2) STORED);
  CREATE TABLE visit (id serial PRIMARY KEY, client bigint REFERENCES client, at timestamptz NOT NULL, CHECK (at > '2000-01-01Z'));
  CREATE TABLE log (at date NOT NULL, note text) PARTITION BY RANGE (at);
  CREATE TABLE log_2026 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE INDEX visit_at ON visit (at);
  CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
  CREATE TRIGGER noted BEFORE INSERT ON visit FOR EACH ROW EXECUTE FUNCTION noted();
  CREATE VIEW busy AS SELECT * FROM client WHERE mood = 'busy';
  CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM client;
  ALTER TABLE client ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON client FOR SELECT TO clerk USING (mood = 'calm');
  GRANT SELECT ON client TO clerk; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO staff;
  COMMENT ON TABLE client IS 'who pays';
  CREATE EXTENSION pg_trgm;
  INSERT INTO client (name, mood, seats) SELECT 'client ' || i, 'busy', i FROM generate_series(1, 50) i;
  INSERT INTO visit (client, at) SELECT i, '2026-01-01Z' FROM generate_series(1, 50) i;
  INSERT INTO log SELECT '2026-03-01', 'note ' || i FROM generate_series(1, 20) i;
  REFRESH MATERIALIZED VIEW totals;
  SELECT lo_from_bytea(0, 'a large object'))sql";

class FactContract : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    journal_ = std::make_unique<RunJournal>(new_run_id());
    engine_ = make_engine(
        {.engine = "local", .cluster = {.settings = std::string{settings_include}}}, *journal_)
                  .engine;
    instance_ = engine_->create({.name = "facts"});
    cluster_ = std::make_unique<Cluster>(*instance_, engine_->superuser_password());
    cluster_->start();
    cluster_->connect().exec("CREATE DATABASE app");
    cluster_->connect("app").exec(schema);
    baseline_ = captured();
  }
  static void TearDownTestSuite() {
    cluster_.reset();
    instance_.reset();
    engine_->remove_run();
    engine_.reset();
    (void)sweep({.only_run = journal_->run_id()});
    journal_.reset();
  }

  static Facts captured() {
    return capture_facts([](const std::string& database) { return cluster_->connect(database); });
  }

  /// The kinds in which the cluster differs from the baseline after the damage, which is then
  /// undone.
  static std::vector<std::string> kinds_after(
      const std::string& damage, const std::string& repair) {
    cluster_->connect("app").exec(damage);
    const Facts now = captured();
    cluster_->connect("app").exec(repair);
    std::vector<std::string> kinds;
    for (const FactKind kind : every_fact_kind) {
      if (!compare(baseline_, now, kind).empty()) {
        kinds.emplace_back(name_of(kind));
      }
    }
    return kinds;
  }

  static inline std::unique_ptr<RunJournal> journal_;
  static inline std::unique_ptr<Engine> engine_;
  static inline std::unique_ptr<Instance> instance_;
  static inline std::unique_ptr<Cluster> cluster_;
  static inline Facts baseline_ = {};
};

using Kinds = std::vector<std::string>;

TEST_F(FactContract, AHealthyClusterEqualsItself) {
  EXPECT_EQ(kinds_after("SELECT 1", "SELECT 1"), Kinds{});
  EXPECT_GT(baseline_.size(), 50U);
}

TEST_F(FactContract, ReadsTheSameUnderHostileSessionDefaults) {
  EXPECT_EQ(kinds_after("ALTER DATABASE app SET TimeZone = 'Asia/Tokyo'; ALTER DATABASE app SET "
                        "DateStyle = 'SQL, DMY'; "
                        "ALTER DATABASE app SET extra_float_digits = -3; ALTER DATABASE app SET "
                        "search_path = public; "
                        "CREATE FUNCTION public.count(int) RETURNS int LANGUAGE sql AS 'SELECT 0'; "
                        "DROP FUNCTION public.count(int)",
                "ALTER DATABASE app RESET ALL"),
      Kinds{"roles"});
}

struct Damage {
  const char* name;
  const char* sql;
  const char* repair;
  const char* kind;  ///< the kind that must differ
};

constexpr Damage damages[] = {
    {"OneRowChanged", "UPDATE visit SET at = '2026-02-02Z' WHERE id = 7",
        "UPDATE visit SET at = '2026-01-01Z' WHERE id = 7", "content"},
    {"TwoRowsSwapped", "UPDATE visit SET client = 51 - client WHERE id IN (7, 44)",
        "UPDATE visit SET client = 51 - client WHERE id IN (7, 44)", "content"},
    {"RowInAPartitionChanged", "UPDATE log SET note = 'x' WHERE note = 'note 3'",
        "UPDATE log SET note = 'note 3' WHERE note = 'x'", "content"},
    {"LargeObjectChanged", "SELECT lo_put(oid, 2, 'Z') FROM pg_largeobject_metadata",
        "SELECT lo_put(oid, 2, 'l') FROM pg_largeobject_metadata", "content"},
    {"SequenceBehind", "SELECT setval('visit_id_seq', 49)", "SELECT setval('visit_id_seq', 50)",
        "sequences"},
    {"TriggerMissing", "DROP TRIGGER noted ON visit",
        "CREATE TRIGGER noted BEFORE INSERT ON visit FOR EACH ROW EXECUTE FUNCTION noted()",
        "schema"},
    {"TriggerDisabled", "ALTER TABLE visit DISABLE TRIGGER noted",
        "ALTER TABLE visit ENABLE TRIGGER noted", "schema"},
    {"ConstraintMissing", "ALTER TABLE visit DROP CONSTRAINT visit_at_check",
        "ALTER TABLE visit ADD CONSTRAINT visit_at_check CHECK (at > '2000-01-01Z')", "schema"},
    {"ForeignKeyNotValidated",
        "ALTER TABLE visit DROP CONSTRAINT visit_client_fkey; ALTER TABLE visit ADD CONSTRAINT "
        "visit_client_fkey FOREIGN KEY (client) REFERENCES client NOT VALID",
        "ALTER TABLE visit VALIDATE CONSTRAINT visit_client_fkey", "schema"},
    {"IndexMissing", "DROP INDEX visit_at", "CREATE INDEX visit_at ON visit (at)", "schema"},
    {"FunctionChanged",
        "CREATE OR REPLACE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN "
        "NULL; END $$",
        "CREATE OR REPLACE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN "
        "NEW; END $$",
        "schema"},
    {"ViewChanged", "CREATE OR REPLACE VIEW busy AS SELECT * FROM client",
        "CREATE OR REPLACE VIEW busy AS SELECT * FROM client WHERE mood = 'busy'", "schema"},
    {"DefaultChanged", "ALTER TABLE log ALTER note SET DEFAULT 'x'",
        "ALTER TABLE log ALTER note DROP DEFAULT", "schema"},
    {"CommentMissing", "COMMENT ON TABLE client IS NULL", "COMMENT ON TABLE client IS 'who pays'",
        "schema"},
    {"ExtraTable", "CREATE TABLE extra ()", "DROP TABLE extra", "rows"},
    {"PolicyMissing", "DROP POLICY own ON client",
        "CREATE POLICY own ON client FOR SELECT TO clerk USING (mood = 'calm')", "roles"},
    {"RowSecurityOff", "ALTER TABLE client DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE client ENABLE ROW LEVEL SECURITY", "roles"},
    {"GrantMissing", "REVOKE SELECT ON client FROM clerk", "GRANT SELECT ON client TO clerk",
        "roles"},
    {"OwnerChanged", "ALTER TABLE visit OWNER TO clerk", "ALTER TABLE visit OWNER TO postgres",
        "roles"},
    {"RoleGivenPower", "ALTER ROLE clerk CREATEDB", "ALTER ROLE clerk NOCREATEDB", "roles"},
    {"MembershipMissing", "REVOKE staff FROM clerk", "GRANT staff TO clerk", "roles"},
    {"DefaultPrivilegeMissing", "ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM staff",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO staff", "roles"},
    {"ExtensionVersionChanged",
        "UPDATE pg_extension SET extversion = '1.5' WHERE extname = 'pg_trgm'",
        "UPDATE pg_extension SET extversion = '1.6' WHERE extname = 'pg_trgm'", "extensions"},
    {"DatabaseAdded", "CREATE DATABASE other", "DROP DATABASE other", "server"},
};

TEST_F(FactContract, EachDamageIsSeenByItsKind) {
  for (const Damage& damage : damages) {
    SCOPED_TRACE(damage.name);
    const Kinds kinds = kinds_after(damage.sql, damage.repair);
    EXPECT_NE(std::find(kinds.begin(), kinds.end(), damage.kind), kinds.end()) << "not seen";
    EXPECT_EQ(kinds_after("SELECT 1", "SELECT 1"), Kinds{}) << "the repair did not repair";
  }
}

TEST_F(FactContract, ADeadServerIsNotAnAnswer) {
  cluster_->stop();
  EXPECT_THROW((void)captured(), Error);
  cluster_->start();
}

}  // namespace
}  // namespace pgrehearse
