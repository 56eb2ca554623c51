// A schema that was made to fool or to break what reads it: after a real restore every fact is the
// one of the source, a change of one row is found and nothing else is, and the harness needs
// little memory for it. PGREHEARSE_TEST_SIZE=nightly makes it ten thousand tables
// and a row of nearly 1 GB, the most that a text can have.
#include <algorithm>
#include <atomic>
#include <fstream>
#include <memory>

#include <gtest/gtest.h>

#include "harness/check/capture.hpp"
#include "harness/check/reproof.hpp"
#include "harness/process/wait.hpp"
#include "tests/contract/damage_source.hpp"
#include "tests/contract/hostile_schema_sql.hpp"
#include "tests/program/nightly.hpp"

namespace pgrehearse {
namespace {

/// Whatever the size of the data: two sets of facts are held, and what they need grows with the
/// number of objects alone. Ten thousand tables are seventy thousand facts in each.
constexpr double most_mib = 64;

double peak_mib() {
  std::ifstream status{"/proc/self/status"};
  std::string word;
  double kib = 0;
  while (status >> word) {
    if (word == "VmHWM:" && status >> kib) {
      break;
    }
  }
  return kib / 1024;
}

Connect connect_to(Cluster& cluster) {
  return [&](const std::string& database) { return cluster.connect(database); };
}

std::vector<std::string> differences(const Facts& expected, const Facts& observed) {
  std::vector<std::string> all;
  for (const FactKind kind : every_fact_kind) {
    const FactDiff diff = compare(expected, observed, kind);
    for (const auto& names : {diff.missing, diff.extra, diff.different}) {
      all.insert(all.end(), names.begin(), names.end());
    }
  }
  return all;
}

class HostileSchema : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    source_ = std::make_unique<DamageSource>();
    Cluster& cluster = source_->cluster();
    cluster.connect().exec("SELECT pg_reload_conf()");  // what its making has set for later
    cluster.connect("app").exec(many_tables(is_nightly() ? 10'000 : 1'000));
    {
      Session session = cluster.connect("app");
      for (const std::string& statement : hostile_statements(is_nightly() ? 1023 : 16)) {
        session.exec(statement);
      }
    }
    cluster.connect().exec(
        "CREATE DATABASE \"of 'bytes' \"\"\n\" ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0");
    Session bytes = cluster.connect("of 'bytes' \"\n");
    for (const std::string& statement : hostile_bytes()) {
      bytes.exec(statement);
    }
  }
  static void TearDownTestSuite() { source_.reset(); }

  /// Restored from a base backup and the archive, up to the end.
  static Cluster restore(Instance& instance) {
    const BackupSet set = source_->take();
    const RestoredFiles files = source_->tool().restore(instance, set, Latest{});
    Cluster cluster = source_->cluster_in(instance);
    cluster.write_settings(files.settings);
    cluster.start();
    wait_until("recovery to end", Seconds{120}, [&]() -> std::optional<std::string> {
      const bool over = cluster.connect().value("SELECT pg_is_in_recovery()") == "f";
      return over ? std::nullopt : std::optional<std::string>{"in recovery"};
    });
    return cluster;
  }

  static inline std::unique_ptr<DamageSource> source_;
};

TEST_F(HostileSchema, ComesBackFactByFactAndHidesNoChange) {
  const Facts expected = capture_facts(connect_to(source_->cluster()));
  const std::unique_ptr<Instance> instance = source_->new_instance("restored", false);
  Cluster restored = restore(*instance);
  EXPECT_EQ(differences(expected, capture_facts(connect_to(restored))), std::vector<std::string>{});
  EXPECT_GT(expected.size(), 5000U);

  Session session = restored.connect("app");
  session.exec("SET default_transaction_read_only = off");
  session.exec("SET search_path = pg_catalog");
  session.exec(
      "UPDATE public.wide SET body = overlay(body PLACING '!' FROM length(body) - 7 FOR 1)");
  const auto changed = differences(expected, capture_facts(connect_to(restored)));
  EXPECT_EQ(changed, std::vector<std::string>{"app: table public.wide"});

  session.exec(
      "UPDATE public.odd SET f8 = 0 WHERE f8 OPERATOR(pg_catalog.=) 0 AND id "
      "OPERATOR(pg_catalog.=) 2");
  session.exec("DELETE FROM public.lying WHERE id OPERATOR(pg_catalog.=) 7");
  EXPECT_EQ(differences(expected, capture_facts(connect_to(restored))),
      (std::vector<std::string>{"app: table public.lying", "app: table public.lying",
          "app: table public.odd", "app: table public.wide"}));
  EXPECT_LT(peak_mib(), most_mib);
  std::cout << "facts: " << expected.size() << ", peak memory: " << peak_mib() << " MiB\n";
}

TEST_F(HostileSchema, IsProvenAgainWithoutAFalseAlarm) {
  for (const std::string database : {"app", "of 'bytes' \"\n", "postgres"}) {
    Session session = source_->cluster().connect(database);
    for (const Ailment& ailment : disproven_in(session, database)) {
      ADD_FAILURE() << ailment.relation << ": " << ailment.what;
    }
  }
  EXPECT_LT(peak_mib(), most_mib);
}

// A row more in every table, the moment a second reader comes: only one that reads from the first
// one's snapshot does not see it.
TEST_F(HostileSchema, IsReadBySeveralSessionsAsOfOneMoment) {
  const Connect plain = connect_to(source_->cluster());
  const Facts expected = capture_facts(plain);
  std::atomic<int> readers = 0;
  const Facts observed = capture_facts([&](const std::string& database) {
    if (database == "app" && ++readers == 2) {
      Session writer = plain(database);
      writer.exec("SET default_transaction_read_only = off");
      writer.exec("SET search_path = pg_catalog");
      writer.exec(one_more_row(is_nightly() ? 10'000 : 1'000));
    }
    return plain(database);
  });
  EXPECT_EQ(differences(expected, observed), std::vector<std::string>{});
  EXPECT_GE(readers, 2);
  EXPECT_GT(differences(expected, capture_facts(plain)).size(), 1'000U);
}

}  // namespace
}  // namespace pgrehearse
