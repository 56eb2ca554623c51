// The intrusion scan on a real server: a healthy one shows nothing, each trick is seen by the rule
// that is there for it, and what cannot be asked is an error, never "nothing found".
#include <algorithm>
#include <chrono>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/backup/base_backup.hpp"
#include "harness/base/error.hpp"
#include "harness/check/intrusion.hpp"
#include "harness/crypto/scram.hpp"
#include "harness/drill/workload.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/incident/persistence.hpp"
#include "harness/process/wait.hpp"
#include "tests/contract/bookings_server.hpp"

namespace pgrehearse {

// How GoogleTest shows one.
static std::ostream& operator<<(std::ostream& out, const Trick& trick) {
  return out << trick.id;
}

namespace {

using Findings = std::vector<IntrusionFinding>;

// "hidden-superuser" as GoogleTest wants names.
std::string camel(std::string_view id) {
  std::string name;
  bool begins = true;
  for (const char letter : id) {
    if (letter != '-') {
      name += begins ? static_cast<char>(std::toupper(letter)) : letter;
    }
    begins = letter == '-';
  }
  return name;
}

std::vector<Trick> all_tricks() {
  std::vector<Trick> all{tricks_on_clusters().begin(), tricks_on_clusters().end()};
  all.insert(all.end(), tricks_in_databases().begin(), tricks_in_databases().end());
  return all;
}

std::string text_of(const Findings& findings) {
  std::string text;
  for (const IntrusionFinding& finding : findings) {
    text += fmt::format(
        "{} {}: {}: {}\n", finding.rule, finding.database, finding.object, finding.what);
  }
  return text;
}

bool sees(const Findings& findings, std::string_view rule) {
  return std::any_of(findings.begin(), findings.end(),
      [&](const IntrusionFinding& finding) { return finding.rule == rule; });
}

class IntrusionScan : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<BookingsServer>();
    baseline_ = capture_intrusion_baseline(
        server_->connect(), server_->instance(), {"bookings.public.site_members"});
  }
  // Whatever a case did not take back is still there.
  static void TearDownTestSuite() {
    EXPECT_EQ(text_of(scan()), "") << "something was not taken back, or the scan leaves something";
    server_.reset();
  }

  static Findings scan(const ScanOptions& options = {}) {
    return scan_for_intrusion(server_->connect(), server_->instance(), baseline_, options);
  }
  static Stage stage() { return {server_->cluster(), "bookings", "public.site_members"}; }
  static void in_bookings(std::string_view sql) { server_->connect()("bookings").exec(sql); }

  static inline std::unique_ptr<BookingsServer> server_;
  static inline IntrusionBaseline baseline_;
};

TEST_F(IntrusionScan, FindsNothingInAHealthyCluster) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(text_of(scan()), "");
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  RecordProperty("seconds", fmt::format("{:.3f}", took.count()));
  EXPECT_GT(baseline_.rows.size(), 10'000U);
  EXPECT_EQ(baseline_.databases, (std::vector<std::string>{"bookings", "postgres", "template1"}));
}

TEST_F(IntrusionScan, DoesNotMindWhatTheApplicationDoesEveryDay) {
  in_bookings(
      "UPDATE public.bookings SET status = 'completed' WHERE status = 'confirmed'; "
      "REFRESH MATERIALIZED VIEW public.site_monthly_revenue");
  in_bookings("VACUUM ANALYZE");
  in_bookings("REINDEX TABLE pg_catalog.pg_description");
  server_->connect()("postgres").exec("CHECKPOINT");
  EXPECT_EQ(text_of(scan()), "");
}

// Else each backup of after the marker would be taken for tainted.
TEST_F(IntrusionScan, IsOfTablesThatNoClientWritesTo) {
  Session session = server_->connect()("bookings");
  create_commit_table(session, {});
  const bool before = clients_write_to(session, "public.site_members");
  session.exec("INSERT INTO pgrehearse.commits VALUES (1, 1, pg_current_xact_id())");
  const bool elsewhere = clients_write_to(session, "public.site_members");
  const bool there = clients_write_to(session, "pgrehearse.commits");
  session.exec("BEGIN; UPDATE public.site_members SET role = role");
  const bool rewritten = clients_write_to(session, "public.site_members");
  session.exec("ROLLBACK; DROP SCHEMA pgrehearse CASCADE");
  EXPECT_EQ((std::vector<bool>{before, elsewhere, there, rewritten}),
      (std::vector<bool>{false, false, true, true}));
}

// What a server restored from the set shows when it is promoted.
class RestoredScan : public IntrusionScan {
 protected:
  static Findings scan_restored(const BackupSet& set) {
    const ServerSettings own{{"restore_command", "false"}, {"recovery_target", "immediate"},
        {"recovery_target_action", "promote"}, {"max_connections", "110"}};
    const std::unique_ptr<Instance> instance = server_->engine().create(
        {.name = "restored", .initialised = false, .volumes = {{"backups", true}}});
    restore_base_backup(*instance, set);
    Cluster restored{*instance, server_->engine().superuser_password()};
    restored.write_settings(own);
    put_file(*instance, restored.data_path() + "/recovery.signal", "");
    restored.start();
    const auto connect = [&](const std::string& name) { return restored.connect(name); };
    wait_until("the copy to be promoted", Seconds{60}, [&]() -> std::optional<std::string> {
      return connect("postgres").value("SELECT pg_is_in_recovery()") == "f"
                 ? std::nullopt
                 : std::optional<std::string>{"it is in recovery"};
    });
    return scan_for_intrusion(connect, *instance, baseline_, {.own_settings = own});
  }
};

TEST_F(RestoredScan, FindsNothingInACopyFromACleanBackup) {
  EXPECT_EQ(
      text_of(scan_restored(take_base_backup(server_->cluster(), "backups", "clean", "fast"))), "");
}

// Also: all tricks can be planted together, and be taken back in the opposite order.
TEST_F(RestoredScan, FindsInACopyEveryTrickThatItsBackupHeld) {
  const std::vector<Trick> all = all_tricks();
  std::vector<Planted> planted;
  const auto plant_those = [&](bool in_backups) {
    for (const Trick& trick : all) {
      if (trick.in_backups == in_backups) {
        planted.push_back(plant(stage(), trick));
      }
    }
  };
  const auto uproot_those = [&](bool in_backups) {
    planted.clear();
    for (auto trick = all.rbegin(); trick != all.rend(); ++trick) {
      if (trick->in_backups == in_backups) {
        uproot(stage(), *trick);
      }
    }
  };
  plant_those(true);
  const BackupSet tainted = take_base_backup(server_->cluster(), "backups", "tainted", "fast");
  plant_those(false);
  const Findings live = scan();
  uproot_those(false);
  uproot_those(true);
  const Findings restored = scan_restored(tainted);
  for (const Trick& trick : all) {
    EXPECT_TRUE(sees(live, trick.rule)) << trick.id;
    EXPECT_TRUE(!trick.in_backups || sees(restored, trick.rule)) << trick.id;
  }
}

TEST_F(IntrusionScan, IsNotFooledByHostileNames) {
  in_bookings(
      "CREATE FUNCTION public.pg_describe_object(oid, oid, integer) RETURNS text LANGUAGE "
      "sql AS 'SELECT ''nothing''::text'; CREATE FUNCTION public.no(oid, integer) RETURNS "
      "boolean LANGUAGE sql AS 'SELECT false'; CREATE OPERATOR public.>= (LEFTARG = oid, "
      "RIGHTARG = integer, FUNCTION = public.no); CREATE VIEW public.pg_proc AS SELECT * "
      "FROM pg_catalog.pg_proc WHERE false");
  in_bookings("ALTER DATABASE bookings SET search_path = public, pg_catalog");
  const std::string found = text_of(scan());
  in_bookings(
      "DROP VIEW public.pg_proc; DROP OPERATOR public.>= (oid, integer); DROP FUNCTION "
      "public.no(oid, integer); DROP FUNCTION public.pg_describe_object(oid, oid, integer)");
  in_bookings("ALTER DATABASE bookings RESET search_path");
  for (const char* line : {"F04 bookings: function public.no(oid,integer): function, not in",
           "F05 bookings: operator public.>=(oid,integer): thing that shadows",
           "F05 bookings: view public.pg_proc: thing that shadows",
           "S01 : search_path for all roles in bookings: setting of"}) {
    EXPECT_NE(found.find(line), std::string::npos) << line << "\n" << found;
  }
  EXPECT_EQ(found.find(" gone since"), std::string::npos) << found;
}

TEST_F(IntrusionScan, TellsWhatIsGoneAndWhatIsOther) {
  in_bookings(
      "ALTER TABLE public.bookings DISABLE TRIGGER bookings_status_audit; DROP POLICY "
      "sites_for_reports ON public.sites");
  const std::string found = text_of(scan());
  in_bookings(
      "ALTER TABLE public.bookings ENABLE TRIGGER bookings_status_audit; CREATE POLICY "
      "sites_for_reports ON public.sites FOR SELECT TO booking_readonly USING (true)");
  EXPECT_EQ(found,
      "T02 bookings: trigger bookings_status_audit on table public.bookings: trigger, other than "
      "in the baseline\n"
      "T04 bookings: policy sites_for_reports on table public.sites: default, check, index or "
      "policy with an expression, gone since the baseline\n");
}

TEST_F(IntrusionScan, NamesThingsAndNeverTheirContent) {
  const std::string canary = "canary-7f3a";
  in_bookings("CREATE TABLE public.job (command text); INSERT INTO public.job VALUES ('" + canary +
              "'); ALTER DATABASE bookings SET application_name = '" + canary +
              "'; CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS 'SELECT ''" + canary +
              "''::text'");
  const std::string found = text_of(scan());
  in_bookings(
      "DROP FUNCTION public.f(); ALTER DATABASE bookings RESET application_name; DROP "
      "TABLE public.job");
  EXPECT_NE(found.find("F04 bookings: function public.f()"), std::string::npos) << found;
  EXPECT_NE(found.find("J01 bookings: public.job (command)"), std::string::npos) << found;
  EXPECT_NE(found.find("S01 : application_name for all roles in bookings"), std::string::npos);
  EXPECT_EQ(found.find(canary), std::string::npos);
}

TEST_F(IntrusionScan, KnowsTheSettingsThatTheHarnessGave) {
  const ServerSettings own{{"restore_command", "true"}};
  const std::string path = server_->cluster().data_path() + "/" + std::string{settings_file};
  server_->cluster().write_settings(own);
  reload_settings(server_->cluster());
  EXPECT_EQ(text_of(scan({.own_settings = own})), "");
  const Findings not_told = scan();
  const Findings another = scan({.own_settings = {{"restore_command", "false"}}});
  exec_or_throw(server_->instance(), {.argv = {"rm", path}});
  reload_settings(server_->cluster());
  EXPECT_TRUE(sees(not_told, "S02") && sees(not_told, "S04")) << text_of(not_told);
  EXPECT_TRUE(sees(another, "S02") && sees(another, "S04")) << text_of(another);
}

TEST_F(IntrusionScan, LeavesThePristineTemplateClosed) {
  static_cast<void>(scan());
  EXPECT_EQ(server_->connect()("postgres")
                .value("SELECT datallowconn FROM pg_database WHERE datname = 'template0'"),
      "f");
}

TEST_F(IntrusionScan, ThatCannotBeDoneIsAnError) {
  EXPECT_THROW(static_cast<void>(scan_for_intrusion(
                   server_->connect(), server_->instance(), IntrusionBaseline{})),
      Error);
  in_bookings(
      "CREATE ROLE watcher LOGIN PASSWORD '" + scram_sha_256_verifier(Secret{"watcher"}) + "'");
  const auto as_watcher = [](const std::string& database) {
    ConnectionSpec spec = server_->cluster().connection(database);
    spec.user = "watcher";
    spec.password = Secret{"watcher"};
    return Session{spec};
  };
  try {
    static_cast<void>(scan_for_intrusion(as_watcher, server_->instance(), baseline_));
    ADD_FAILURE() << "a role without rights cannot see all";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::refused);
  }
  in_bookings("DROP ROLE watcher");
  EXPECT_EQ(text_of(scan({.closed = ClosedDatabases::skip})), "");
  server_->connect()("postgres").exec("ALTER DATABASE bookings ALLOW_CONNECTIONS false");
  EXPECT_THROW(static_cast<void>(scan({.closed = ClosedDatabases::skip})), Error);
  EXPECT_TRUE(sees(scan(), "O03"));
  server_->connect()("postgres").exec("ALTER DATABASE bookings ALLOW_CONNECTIONS true");
  server_->cluster().stop();
  EXPECT_THROW(static_cast<void>(scan()), Error);
  server_->cluster().start();
}

TEST(IntrusionTricks, LeaveNoRuleUntried) {
  std::set<std::string> ids;
  std::set<std::string> tried;
  for (const Trick& trick : all_tricks()) {
    EXPECT_TRUE(ids.emplace(trick.id).second) << trick.id;
    tried.emplace(trick.rule);
  }
  EXPECT_GE(ids.size(), 40U);
  const std::vector<std::string> rules = intrusion_rule_ids();
  EXPECT_EQ(tried, std::set<std::string>(rules.begin(), rules.end()));
}

TEST(IntrusionScanInAContainer, SeesNothingInAHealthyOneAndEveryTrickInFiles) {
  const std::vector<EngineState> engines = engines_here({});
  const auto container = std::find_if(engines.begin(), engines.end(),
      [](const EngineState& engine) { return engine.usable && engine.name != "local"; });
  if (container == engines.end()) {
    GTEST_SKIP() << "no container engine works here";
  }
  BookingsServer server{container->name};
  const IntrusionBaseline baseline =
      capture_intrusion_baseline(server.connect(), server.instance());
  const auto scan = [&] {
    return scan_for_intrusion(server.connect(), server.instance(), baseline);
  };
  EXPECT_EQ(text_of(scan()), "");
  const Stage stage{server.cluster(), "bookings", "public.site_members"};
  for (const Trick& trick : tricks_on_clusters()) {
    if (trick.seat == Seat::files) {
      static_cast<void>(plant(stage, trick));
    }
  }
  const Findings found = scan();
  for (const Trick& trick : tricks_on_clusters()) {
    EXPECT_TRUE(trick.seat != Seat::files || sees(found, trick.rule)) << trick.title;
  }
}

class IntrusionTrick : public IntrusionScan, public testing::WithParamInterface<Trick> {};

TEST_P(IntrusionTrick, IsSeenByItsRule) {
  const Trick& trick = GetParam();
  Findings found;
  {
    const Planted planted = plant(stage(), trick);
    found = scan();
  }
  uproot(stage(), trick);
  EXPECT_TRUE(sees(found, trick.rule)) << trick.title << "\n" << text_of(found);
}

INSTANTIATE_TEST_SUITE_P(Of, IntrusionTrick, testing::ValuesIn(all_tricks()),
    [](const testing::TestParamInfo<Trick>& trick) { return camel(trick.param.id); });

}  // namespace
}  // namespace pgrehearse
