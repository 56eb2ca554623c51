// Every kind of fact on the built-in subject: each has an object there, and a change of one object
// is seen by its name, and nothing else is.
#include <algorithm>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/text.hpp"
#include "harness/check/capture.hpp"
#include "harness/check/catalog_queries.hpp"
#include "tests/contract/bookings_fact_changes.hpp"
#include "tests/contract/bookings_server.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view database = "bookings";

// Kinds that the subject has no object of, because no healthy database of stock Postgres has one:
// labels need a provider, which it lacks, and a prepared transaction holds vacuum back until it
// ends. Its dictionary is made of a template of its own.
constexpr std::string_view without_object[] = {"schema security label of",
    "server security label of", "server prepared transaction", "extensions dictionary"};
// Kinds that no statement changes: they are what the cluster was made with.
constexpr std::string_view without_change[] = {"server server", "server system"};
// Kinds with a case of their own below.
constexpr std::string_view with_own_case[] = {
    "server setting", "server checksum failures in", "extensions dictionary"};

template <typename Names>
bool has(const Names& names, const std::string& name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

/// "schema index", "rows large object": every kind there is.
std::vector<std::pair<FactKind, std::string>> kinds() {
  std::vector<std::pair<FactKind, std::string>> all{{FactKind::rows, "table"},
      {FactKind::content, "table"}, {FactKind::rows, "unlogged table"},
      {FactKind::content, "unlogged table"}, {FactKind::extensions, "library"},
      {FactKind::extensions, "dictionary"}, {FactKind::server, "checksum failures in"}};
  for (const CatalogQuery& query : database_queries()) {
    all.emplace_back(query.kind, query.noun);
  }
  for (const CatalogQuery& query : cluster_queries()) {
    all.emplace_back(query.kind, query.noun);
  }
  return all;
}

std::string text_of(const std::pair<FactKind, std::string>& kind) {
  return fmt::format("{} {}", name_of(kind.first), kind.second);
}

bool names(std::string_view fact, std::string_view noun) {
  const std::string inside = fmt::format("{}: {} ", database, noun);
  return fact.starts_with(inside) || fact.starts_with(fmt::format("{} ", noun));
}

std::vector<FactChange> every_change() {
  std::vector<FactChange> all = changes_of_relations();
  for (std::vector<FactChange> more :
      {changes_of_code(), changes_of_the_cluster(), changes_of_details()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

std::vector<std::string> lines_of(const Facts& expected, const Facts& observed) {
  std::vector<std::string> lines;
  for (const FactKind kind : every_fact_kind) {
    const FactDiff diff = compare(expected, observed, kind);
    for (const auto& [how, found] : {std::pair{"missing", &diff.missing}, {"extra", &diff.extra},
             {"different", &diff.different}}) {
      for (const std::string& name : *found) {
        lines.push_back(fmt::format("{} {} {}", name_of(kind), how, name));
      }
    }
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

class BookingsFacts : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<BookingsServer>();
    // What nobody made yet: a password, and what autovacuum would do meanwhile changes no fact.
    server_->connect()("postgres").exec("ALTER ROLE booking_app PASSWORD 'first'");
    Session session = server_->connect()(std::string{database});
    session.exec("BEGIN");
    healthy_ = seen_by(session);
    session.exec("ROLLBACK");
  }
  static void TearDownTestSuite() { server_.reset(); }

  /// In the session's transaction, so that it sees what is not committed.
  static Facts seen_by(Session& session) {
    Facts facts = facts_of_cluster(session);
    const Facts inside = facts_of_database(session, std::string{database});
    facts.insert(facts.end(), inside.begin(), inside.end());
    std::sort(facts.begin(), facts.end());
    return facts;
  }

  static Facts after(const FactChange& change) {
    Session session = server_->connect()(std::string{database});
    session.exec("SET allow_system_table_mods = on");
    if (!change.undo.empty()) {
      session.exec(change.sql);
    }
    session.exec("BEGIN");
    if (change.undo.empty()) {
      session.exec(change.sql);
    }
    Facts facts = seen_by(session);
    session.exec("ROLLBACK");
    if (!change.undo.empty()) {
      session.exec(change.undo);
    }
    return facts;
  }

  static Facts captured() { return capture_facts(server_->connect()); }

  static inline std::unique_ptr<BookingsServer> server_;
  static inline Facts healthy_ = {};
};

TEST_F(BookingsFacts, HoldAnObjectOfEveryKind) {
  const Facts all = captured();
  for (const auto& kind : kinds()) {
    const bool found = std::any_of(all.begin(), all.end(),
        [&](const Fact& fact) { return fact.kind == kind.first && names(fact.name, kind.second); });
    EXPECT_NE(found, has(without_object, text_of(kind))) << text_of(kind);
  }
}

TEST_F(BookingsFacts, OfEveryKindAreChangedHere) {
  std::set<std::string> changed;
  for (const FactChange& change : every_change()) {
    for (const std::string_view line : change.seen) {
      for (const auto& kind : kinds()) {
        const std::string_view word = name_of(kind.first);
        const std::size_t at = line.find(' ', word.size() + 1);
        if (line.starts_with(word) && names(line.substr(at + 1), kind.second)) {
          changed.insert(text_of(kind));
        }
      }
    }
  }
  for (const auto& kind : kinds()) {
    const bool elsewhere = has(without_change, text_of(kind)) || has(with_own_case, text_of(kind));
    EXPECT_NE(changed.contains(text_of(kind)), elsewhere) << text_of(kind);
  }
}

TEST_F(BookingsFacts, NameOneChangedObjectAndNoOther) {
  for (const FactChange& change : every_change()) {
    SCOPED_TRACE(change.sentence);
    const Facts changed = after(change);
    EXPECT_EQ(lines_of(healthy_, changed),
        (std::vector<std::string>{change.seen.begin(), change.seen.end()}));
  }
  Session session = server_->connect()(std::string{database});
  session.exec("BEGIN");
  EXPECT_EQ(lines_of(healthy_, seen_by(session)), std::vector<std::string>{});
}

// What is missing in one direction is too much in the other.
TEST_F(BookingsFacts, AreComparedBothWays) {
  const Facts changed = after(
      {"both", "DROP INDEX public.clients_site; CREATE SCHEMA AUTHORIZATION booking_app", {}});
  EXPECT_EQ(lines_of(healthy_, changed),
      (std::vector<std::string>{"roles extra bookings: owner and grants of schema booking_app",
          "schema extra bookings: schema booking_app",
          "schema missing bookings: index public.clients_site"}));
  EXPECT_EQ(lines_of(changed, healthy_),
      (std::vector<std::string>{"roles missing bookings: owner and grants of schema booking_app",
          "schema extra bookings: index public.clients_site",
          "schema missing bookings: schema booking_app"}));
}

TEST_F(BookingsFacts, TellLookAlikesApart) {
  for (const LookAlike& pair : look_alikes()) {
    EXPECT_EQ(
        lines_of(after({pair.sentence, pair.one, {}}), after({pair.sentence, pair.other, {}})),
        std::vector<std::string>{std::string{pair.seen}})
        << pair.sentence;
  }
}

TEST_F(BookingsFacts, TellOfALibraryThatDoesNotLoad) {
  const Facts changed = after({"gone",
      "CREATE FUNCTION public.a() RETURNS timestamptz LANGUAGE internal AS 'now'; CREATE FUNCTION "
      "public.b() RETURNS timestamptz LANGUAGE internal AS 'now'; UPDATE pg_catalog.pg_proc SET "
      "probin = CASE proname WHEN 'a' THEN '$libdir/nowhere' ELSE '/nowhere/at/all' END WHERE "
      "pronamespace = 'public'::pg_catalog.regnamespace AND proname IN ('a', 'b')",
      {}});
  const auto value_of = [&](std::string_view name) {
    const auto fact = std::find_if(changed.begin(), changed.end(),
        [&](const Fact& candidate) { return candidate.name == name; });
    return fact == changed.end() ? "(none)" : fact->value;
  };
  EXPECT_EQ(value_of("bookings: library $libdir/nowhere"), "does not load");
  EXPECT_EQ(value_of("bookings: library /nowhere/at/all"), "no such file");
  EXPECT_EQ(value_of("bookings: library $libdir/pg_trgm"), "loads");
}

TEST_F(BookingsFacts, TellOfADictionaryThatLacksItsFile) {
  Session session = server_->connect()(std::string{database});
  session.exec("SET allow_system_table_mods = on; BEGIN");
  session.exec(
      "CREATE TEXT SEARCH DICTIONARY public.notes (TEMPLATE = pg_catalog.simple, stopwords = "
      "'english')");
  const Facts whole = seen_by(session);
  session.exec(
      "UPDATE pg_catalog.pg_ts_dict SET dictinitoption = 'stopwords = ''nobody_wrote_them''' "
      "WHERE oid = 'public.notes'::regdictionary");
  EXPECT_EQ(lines_of(whole, seen_by(session)),
      (std::vector<std::string>{"extensions different bookings: dictionary public.notes",
          "schema different bookings: text search dictionary public.notes"}));
  session.exec("ROLLBACK");
}

TEST_F(BookingsFacts, HoldNoSecretInClear) {
  const Facts changed = after({"secrets",
      "ALTER ROLE booking_app PASSWORD 'canary-in-clear'; ALTER USER MAPPING FOR booking_owner "
      "SERVER partners OPTIONS (ADD password 'canary-in-clear'); ALTER SUBSCRIPTION "
      "booking_partners CONNECTION 'password=canary-in-clear'; CREATE FUNCTION public.f() RETURNS "
      "text LANGUAGE sql AS $$ SELECT 'canary-in-clear' $$; ALTER ROLE booking_app SET booking.key "
      "= 'canary-in-clear'; COMMENT ON TABLE public.sites IS 'canary-in-clear'",
      {}});
  EXPECT_GT(lines_of(healthy_, changed).size(), 5U);
  for (const Fact& fact : changed) {
    EXPECT_EQ((fact.name + fact.value).find("canary-in-clear"), std::string::npos) << fact.name;
    EXPECT_EQ(fact.value.find("SCRAM-SHA-256"), std::string::npos) << fact.name;
  }
}

// One fact each would not fit in memory where files are kept in the database by the million.
TEST_F(BookingsFacts, TellLargeObjectsInGroupsWhereThereAreMany) {
  const std::string many =
      "SELECT pg_catalog.lo_create((500000000 + i)::oid) FROM pg_catalog.generate_series(1, 1500) "
      "i";
  const Facts before = after({"many", many, {}});
  const Facts now =
      after({"one of many", many + "; SELECT pg_catalog.lo_put(500000777, 0, 'x')", {}});
  EXPECT_EQ(lines_of(before, now),
      (std::vector<std::string>{"content different bookings: large object 500000770 to 500000779",
          "rows different bookings: large object 500000770 to 500000779"}));
  EXPECT_LT(now.size(), healthy_.size() + 600);
}

TEST_F(BookingsFacts, ReachIntoTheTemplateOfDatabasesToCome) {
  const Facts before = captured();
  server_->connect()("template1").exec("CREATE SEQUENCE public.left_behind");
  const Facts now = captured();
  server_->connect()("template1").exec("DROP SEQUENCE public.left_behind");
  EXPECT_EQ(lines_of(before, now),
      (std::vector<std::string>{
          "roles extra template1: owner and grants of sequence public.left_behind",
          "schema extra template1: relation public.left_behind",
          "schema extra template1: sequence public.left_behind",
          "sequences extra template1: sequence public.left_behind"}));
}

TEST_F(BookingsFacts, NameASettingOfTheServersOwnFiles) {
  const Facts before = captured();
  server_->connect()("postgres").exec("ALTER SYSTEM SET work_mem = '9MB'");
  reload_settings(server_->cluster());
  const Facts now = captured();
  server_->connect()("postgres").exec("ALTER SYSTEM RESET work_mem");
  reload_settings(server_->cluster());
  EXPECT_EQ(lines_of(before, now), std::vector<std::string>{"server extra setting work_mem"});
}

// A page of noise at the end of a table: the server reads it, refuses it and counts it.
TEST_F(BookingsFacts, TellThatTheServerHasSeenABrokenPage) {
  const Facts before = captured();
  Session session = server_->connect()(std::string{database});
  session.exec(
      "CREATE TABLE public.broken (x integer); DO $$ BEGIN EXECUTE format('COPY (SELECT 1) TO "
      "PROGRAM %L', 'cat > /dev/null; head -c 8192 /dev/urandom > ' || "
      "pg_relation_filepath('public.broken')); "
      "BEGIN "
      "PERFORM FROM public.broken; EXCEPTION WHEN data_corrupted THEN NULL; END; END $$; DROP "
      "TABLE "
      "public.broken");
  const Facts now = captured();
  session.exec("SELECT pg_catalog.pg_stat_reset()");
  EXPECT_EQ(lines_of(before, now),
      std::vector<std::string>{"server different checksum failures in bookings"});
}

}  // namespace
}  // namespace pgrehearse
