// Backup tools in a whole drill: green as they are, red at the named check when one thing is
// broken.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/drill/drill.hpp"
#include "harness/drill/questions.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/sweep.hpp"
#include "harness/incident/accident.hpp"
#include "harness/incident/damage.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr const char* built_in = PGREHEARSE_SOURCE_DIR "/fixtures/bookings/drill.yaml";
constexpr const char* scripts_folder = PGREHEARSE_SOURCE_DIR "/fixtures/backup-scripts/";

using Sabotage = std::function<void(const Source&, const Marker&)>;
using Story = std::function<void(Drill&, const Subject&)>;

struct Exchange {
  std::string file;
  std::string what;
  std::string by;
};

// What a full disk leaves of a dump, in a script that does not notice.
const Exchange half_a_dump{"take", "(cd \"$new\" && sha256sum",
    "truncate -s $(($(stat -c %s \"$new/database\") / 2)) \"$new/database\"\n"
    "(cd \"$new\" && sha256sum"};

class BackupToolDrill : public testing::Test {
 protected:
  void TearDown() override { (void)sweep({.only_run = journal_.run_id()}); }

  /// An accidental delete with the subject's backup tool.
  DrillRecord drilled(const BackupSpec& backup, const Sabotage& sabotage = {}) {
    return told(
        backup, {}, [&](Drill& drill, const Subject& subject) { tell(drill, subject, sabotage); });
  }

  /// Another story, by the subject's own number of writers unless one is given.
  DrillRecord told(const BackupSpec& backup, std::optional<int> writers, const Story& story) {
    Subject subject = load_subject(built_in);
    subject.backup = backup;
    subject.workload.writers = writers.value_or(subject.workload.writers);
    const std::unique_ptr<Engine> engine = make_engine(
        {.engine = "local", .cluster = {.settings = std::string{settings_include}}}, journal_)
                                               .engine;
    Progress progress{stdout, false};
    RunRecord run_record;
    pgrehearse::Run run{.journal = journal_,
        .engine = *engine,
        .subject = subject,
        .options = {},
        .artifacts = folder_.path(),
        .progress = progress,
        .record = run_record,
        .changed = [] {}};
    DrillRecord record;
    try {
      Drill drill{run, record, "accidental-delete", {}};
      story(drill, subject);
    } catch (const Error& error) {
      record.error = error.message();
    }
    engine->remove_run();
    return record;
  }

  static void tell(Drill& drill, const Subject& subject, const Sabotage& sabotage) {
    auto source = drill.start_source();
    auto backup = source->take_full_backup();
    source->write(120);
    auto marker = source->set_marker("before-mistake", backup);
    source->write(10);
    auto injury =
        drill.inject(*source, delete_without_where(subject.accidental_delete.delete_from));
    drill.raise_alarm();
    if (sabotage) {
      sabotage(*source, marker);
    }
    auto restored = drill.restore(*source, backup, to(marker));
    drill.expect(restored, stopped_at(marker));
    drill.expect(restored, holds_exactly_the_commits_before(marker, *source));
    drill.expect(restored, has_every_fact_of(marker, subject.database));
    drill.expect(restored, is_a_server_of_its_own(*source));
    drill.switch_traffic(*source, restored);
    drill.expect(restored, has_the_traffic(*source));
    drill.expect(restored, is_serving(*source));
    drill.expect(restored, keeps_clients_off_the_old_server(*source));
    drill.expect(restored, left_the_archive_alone(*source, drill.archive_before_restore()));
    drill.expect(restored, has_a_clean_log());
    drill.expect_objectives_met(restored, *source, marker, injury);
  }

  /// The shipped scripts, with a text in some of them exchanged.
  BackupSpec scripts(const std::string& kind, const std::vector<Exchange>& exchanges = {}) {
    const fs::path copy = folder_.path() / "scripts";
    fs::copy(scripts_folder + kind, copy);
    for (const Exchange& exchange : exchanges) {
      std::string text = read_file(copy / exchange.file);
      text.replace(text.find(exchange.what), exchange.what.size(), exchange.by);
      write_file(copy / exchange.file, text, 0755);
    }
    BackupSpec spec{.tool = "command", .physical = kind == "physical"};
    for (const auto& [name, script] : {std::pair{"take", &spec.take}, {"restore", &spec.restore},
             {"list", &spec.list}, {"verify", &spec.verify}}) {
      *script = Command{.argv = {(copy / name).string()}};
    }
    return spec;
  }

  static std::string not_met(const DrillRecord& record) {
    std::string all = record.error;
    for (const Finding& finding : record.findings) {
      if (finding.verdict != Verdict::met) {
        all += fmt::format("\n{} {}: {} {}", finding.check, name_of(finding.verdict),
            finding.observed, joined(finding.details, "; "));
      }
    }
    return all;
  }
  static void expect_green(const DrillRecord& record) {
    EXPECT_EQ(not_met(record), "");
    EXPECT_GT(record.findings.size(), 10U);
  }
  static void expect_red_at(const std::string& check, const DrillRecord& record) {
    const bool red =
        std::any_of(record.findings.begin(), record.findings.end(), [&](const Finding& finding) {
          return finding.check == check && finding.verdict == Verdict::missed;
        });
    EXPECT_TRUE(red) << "not met: " << not_met(record);
  }

  TempDir folder_{"pgrehearse-tool-drill"};
  RunJournal journal_{new_run_id()};
};

TEST_F(BackupToolDrill, IsGreenWithAnIncrementOfPgbackrest) {
  const DrillRecord record =
      drilled({.tool = "pgbackrest", .settings = {{"type", "incr"}, {"repo1-bundle", "y"}}});
  expect_green(record);
  EXPECT_NE(record.facts.at("backup label").find("I"), std::string::npos);
}

TEST_F(BackupToolDrill, IsGreenBesideASecondDatabase) {
  const DrillRecord record =
      told({.tool = "pg_basebackup"}, {}, [](Drill& drill, const Subject& subject) {
        auto source = drill.start_source();
        source->cluster().connect().exec("CREATE DATABASE second");
        source->cluster().connect("second").exec(
            "CREATE TABLE orders (id serial); INSERT INTO orders DEFAULT VALUES");
        auto backup = source->take_full_backup();
        source->write(20);
        auto marker = source->set_marker("before-mistake", backup);
        auto restored = drill.restore(*source, backup, to(marker));
        drill.expect(restored, has_every_fact_of(marker, subject.database));
      });
  EXPECT_EQ(not_met(record), "");
}

TEST_F(BackupToolDrill, RecordsHowFarARestoreHadToCome) {
  HighWaterMarkRecord published;
  const DrillRecord record =
      drilled({.tool = "pg_basebackup"}, [&](const Source& source, const Marker& marker) {
        const std::map<std::string, std::string> archived =
            Archive{source.volumes().archive}.listing(source.cluster().instance());
        published = {.lsn = marker.position.lsn.text(),
            .timeline = 1,
            .segment = wal_file_name(TimelineId{1}, marker.position.lsn),
            .sha256 = archived.at(marker.last_segment),
            .commits = static_cast<std::int64_t>(marker.commits.size())};
      });
  ASSERT_TRUE(record.high_water_mark.has_value()) << not_met(record);
  EXPECT_EQ(record.high_water_mark->lsn, published.lsn);
  EXPECT_EQ(record.high_water_mark->timeline, published.timeline);
  EXPECT_EQ(record.high_water_mark->segment, published.segment);
  EXPECT_EQ(record.high_water_mark->sha256, published.sha256);
  EXPECT_EQ(record.high_water_mark->commits, published.commits);
  EXPECT_GE(published.commits, 120);
}

TEST_F(BackupToolDrill, IsRedWhenPgbackrestLacksASegment) {
  expect_red_at("recovery-ending",
      drilled({.tool = "pgbackrest", .settings = {{"repo1-bundle", "y"}}},
          [](const Source& source, const Marker& marker) {
            const auto copies = source.recovery_copies_of(marker.last_segment);
            ASSERT_EQ(copies.size(), 1U);
            exec_or_throw(source.cluster().instance(), {.argv = {"rm", "--", copies.front()}});
          }));
}

TEST_F(BackupToolDrill, IsRedWhenASetOfPgbackrestIsDamaged) {
  expect_red_at("backup-verified",
      drilled({.tool = "pgbackrest", .settings = {{"job-retry", "0"}}},
          [](const Source& source, const Marker&) {
            Instance& instance = source.cluster().instance();
            flip_in_the_middle(instance,
                largest_file_of(instance, instance.path_of_volume(source.volumes().backups) +
                                              "/pgbackrest/backup/drill"));
          }));
}

TEST_F(BackupToolDrill, IsGreenWithBarman) {
  const DrillRecord record = drilled({.tool = "barman"});
  expect_green(record);
  EXPECT_EQ(record.facts.at("backup label").find("2"), 0U);
}

TEST_F(BackupToolDrill, IsRedWhenBarmanLacksASegment) {
  expect_red_at("recovery-ending",
      drilled({.tool = "barman"}, [](const Source& source, const Marker& marker) {
        const auto copies = source.recovery_copies_of(marker.last_segment);
        ASSERT_EQ(copies.size(), 1U);
        exec_or_throw(source.cluster().instance(), {.argv = {"rm", "--", copies.front()}});
      }));
}

TEST_F(BackupToolDrill, IsRedWhenASetOfBarmanIsDamaged) {
  expect_red_at(
      "backup-verified", drilled({.tool = "barman"}, [](const Source& source, const Marker&) {
        Instance& instance = source.cluster().instance();
        flip_in_the_middle(instance,
            largest_file_of(instance,
                instance.path_of_volume(source.volumes().backups) + "/barman/drill/base"));
      }));
}

TEST_F(BackupToolDrill, IsGreenWithADumpAndCountsWhatItLoses) {
  const DrillRecord record = drilled({.tool = "pg_dump"});
  expect_green(record);
  ASSERT_TRUE(record.ledger.has_value());
  EXPECT_GE(record.ledger->lost, 10);
  EXPECT_GT(record.objectives.at(0).realized.value.value_or(0), 0);
}

// A plain one, which psql would take for whole.
TEST_F(BackupToolDrill, IsRedWhenHalfOfADumpIsGone) {
  expect_red_at("backup-verified",
      drilled({.tool = "pg_dump", .settings = {{"format", "plain"}}},
          [](const Source& source, const Marker&) {
            // The newest set: the dump that the marker is.
            cut_in_half(source.cluster().instance(),
                source.cluster().instance().path_of_volume(source.volumes().backups) +
                    "/full-2/database");
          }));
}

TEST_F(BackupToolDrill, IsGreenWithPhysicalScripts) {
  expect_green(drilled(scripts("physical")));
}

TEST_F(BackupToolDrill, IsGreenWithLogicalScripts) {
  expect_green(drilled(scripts("logical")));
}

TEST_F(BackupToolDrill, IsRedWhenAScriptForgetsRecoverySignal) {
  expect_red_at("recovery-ending",
      drilled(scripts(
          "physical", {{"restore", "touch \"$PGREHEARSE_TARGET_DATA/recovery.signal\"", ""}})));
}

TEST_F(BackupToolDrill, IsRedWhenAScriptForgetsTheTarget) {
  expect_red_at("recovery-ending",
      drilled(scripts(
          "physical", {{"restore", "printf '%s\\n' \"$PGREHEARSE_RECOVERY_SETTINGS\"", "true"}})));
}

TEST_F(BackupToolDrill, IsRedWhenARestoreScriptFails) {
  expect_red_at(
      "restore-completed", drilled(scripts("physical", {{"restore", "cp -a", "false cp"}})));
}

TEST_F(BackupToolDrill, IsRedWhenAScriptWarns) {
  expect_red_at("backup-output",
      drilled(
          scripts("physical", {{"take", "trap ", "echo 'WARNING: disk nearly full' >&2\ntrap "}})));
}

TEST_F(BackupToolDrill, IsRedWhenAScriptDumpsLessThanAll) {
  expect_red_at("rows",
      drilled(scripts("logical",
          {{"take", "--format custom", "--format custom --exclude-table-data 'public.events*'"}})));
}

TEST_F(BackupToolDrill, IsRedWhenAScriptKeepsHalfADump) {
  expect_red_at("backup-verified", drilled(scripts("logical", {half_a_dump})));
}

TEST_F(BackupToolDrill, IsRedWhenHalfADumpIsVerifiedByItsDigestOnly) {
  expect_red_at("restore-completed",
      drilled(scripts(
          "logical", {half_a_dump, {"verify", "pg_restore --file /dev/null database", "true"}})));
}

// psql takes half of a plain dump for a whole one, and so does a script that verifies nothing.
TEST_F(BackupToolDrill, IsRedWhenHalfOfAPlainDumpIsLoadedWithoutAnError) {
  const DrillRecord record = drilled(scripts("logical",
      {half_a_dump, {"take", "--format custom", "--format plain --create"},
          {"verify", "pg_restore --file /dev/null database", "true"},
          {"restore", "pg_restore --exit-on-error --create --no-password --dbname postgres",
              "sed '$d' \"$set_folder/database\" | psql --no-psqlrc --quiet --no-password "
              "--dbname postgres || : "}}));
  expect_red_at("rows", record);
}

// One writer leaves most moments without a commit under way.
TEST_F(BackupToolDrill, OfADumpCatchesAMomentWithACommitInFlight) {
  const auto is_in_flight = [](const LedgerEntry& entry, const Marker& marker) {
    const bool settled = entry.outcome == Outcome::acknowledged && entry.settled_at < marker.before;
    return entry.outcome != Outcome::failed && entry.invoked_at <= marker.after && !settled;
  };
  const DrillRecord record = told({.tool = "pg_dump"}, 1, [&](Drill& drill, const Subject&) {
    const auto source = drill.start_source();
    const BackupSet backup = source->take_full_backup();
    source->write(20);
    for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
      const Marker marker = source->set_marker_under_load(name, backup);
      const std::vector<LedgerEntry> entries = source->ledger().entries();
      EXPECT_TRUE(std::any_of(entries.begin(), entries.end(), [&](const LedgerEntry& entry) {
        return is_in_flight(entry, marker);
      })) << name;
    }
  });
  EXPECT_EQ(record.error, "");
}

}  // namespace
}  // namespace pgrehearse
