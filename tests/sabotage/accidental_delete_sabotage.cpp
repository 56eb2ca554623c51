// The drill itself on trial: a healthy accidental-delete drill broken in one known way must go red
// at the named check. A drill that stays green, or goes red elsewhere only, has let the sabotage
// survive.
#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "harness/gtest/scenario.hpp"
#include "harness/incident/accident.hpp"

namespace pgrehearse {
namespace {

/// One way to break the drill. Each hook is the one thing changed against the healthy drill.
struct Sabotage {
  std::string killed_by;  ///< the check that must be missed
  std::function<void(Subject&)> change_subject = [](Subject&) {};
  std::function<void(Source&)> before_marker = [](Source&) {};
  bool marker_after_incident = false;
  bool under_load = false;
  std::function<Incident(const Subject&)> incident = [](const Subject& given) {
    return delete_without_where(given.accidental_delete.delete_from);
  };
  std::function<void(Source&, const Marker&)> before_restore = [](Source&, const Marker&) {};
  std::function<RecoveryTarget(const Marker&, const Injury&)> target =
      [](const Marker& marker, const Injury&) { return to(marker); };
  std::function<void(Session&)> restored = [](Session&) {};
};

class AccidentalDeleteSabotage : public Scenario {
 protected:
  /// Runs the sabotaged drill and expects it to be red at the named check.
  void must_be_killed(const Sabotage& sabotage) {
    const DrillRecord drilled = rehearsed(sabotage);
    const std::string red = missed_checks(drilled);
    const bool killed =
        (", " + red + ",").find(" " + sabotage.killed_by + ",") != std::string::npos;
    conclude("sabotage", drilled, killed,
        fmt::format("does the sabotage turn the drill red at '{}'?", sabotage.killed_by),
        "missed: " + sabotage.killed_by);
  }

  void must_be_green(const Sabotage& nothing) {
    const DrillRecord drilled = rehearsed(nothing);
    const bool green = drilled.error.empty() && !drilled.findings.empty() &&
                       std::all_of(drilled.findings.begin(), drilled.findings.end(),
                           [](const Finding& finding) { return finding.verdict == Verdict::met; });
    conclude("healthy-twin", drilled, green, "is the same drill green with nothing broken?",
        "every check met");
  }

 private:
  DrillRecord rehearsed(const Sabotage& sabotage) {
    const Subject healthy = run().subject;
    sabotage.change_subject(run().subject);
    DrillRecord drilled;
    try {
      rehearse(sabotage, drilled);
    } catch (const Error& error) {
      drilled.error = error.message();
    }
    run().subject = healthy;
    return drilled;
  }

  void rehearse(const Sabotage& sabotage, DrillRecord& drilled) {
    Drill drill = begin_unjudged("accidental-delete", drilled);
    auto source = drill.step(
        "Start the database and load the baseline", [&] { return drill.start_source(); });
    auto backup =
        drill.step("Take a full backup and verify it", [&] { return source->take_full_backup(); });
    const auto set_marker = [&] {
      return drill.step("Set the marker", [&] {
        sabotage.before_marker(*source);
        source->keep_writing(run().options.commits);
        return sabotage.under_load ? source->set_marker_under_load("before-mistake", backup)
                                   : source->set_marker("before-mistake", backup);
      });
    };
    const auto have_incident = [&] {
      return drill.step("INCIDENT", [&] {
        source->write(20);
        return drill.inject(*source, sabotage.incident(subject()));
      });
    };
    Marker marker;
    Injury injury;
    if (sabotage.marker_after_incident) {
      injury = have_incident();
      marker = set_marker();
    } else {
      marker = set_marker();
      injury = have_incident();
    }
    auto restored = drill.step("Restore", [&] {
      source->attempt(20);
      drill.raise_alarm();
      source->archive_everything();
      sabotage.before_restore(*source, marker);
      return drill.restore(*source, backup, sabotage.target(marker, injury));
    });
    if (restored.serving) {
      Session session = restored.cluster.connect(subject().database);
      sabotage.restored(session);
    }
    drill.expect(restored, stopped_at(marker));
    drill.expect(restored, holds_exactly_the_commits_before(marker, *source));
    drill.expect(restored, has_every_fact_of(marker, subject().database));
    drill.expect(restored, shows_nothing_of(injury, marker, subject().database));
    drill.expect(restored, has_current_migrations(run(), *source));
    drill.expect(restored, answers_the_subjects_checks(subject(), marker));
    drill.expect(restored, is_serving(*source));
    drill.expect_objectives_met(restored, *source, marker, injury);
  }

  static std::string missed_checks(const DrillRecord& drilled) {
    std::string red;
    for (const Finding& finding : drilled.findings) {
      if (finding.verdict == Verdict::missed) {
        red += (red.empty() ? "" : ", ") + finding.check;
      }
    }
    return red;
  }

  static void conclude(const std::string& check, const DrillRecord& drilled, bool as_it_must,
      const std::string& question, const std::string& expected) {
    record().scenario = drilled.scenario;
    record().subject = drilled.subject;
    const std::string red = missed_checks(drilled);
    record().findings.push_back({.check = check,
        .question = question,
        .expected = expected,
        .observed = fmt::format("missed: {}{}{}", red.empty() ? "nothing" : red,
            drilled.error.empty() ? "" : "; the drill ended with ", drilled.error),
        .verdict = as_it_must ? Verdict::met : Verdict::missed});
    record().finding_lines.push_back(0);
    EXPECT_TRUE(as_it_must) << record().findings.back().observed;
  }
};

// The healthy twin: the same drill with nothing broken must be green, else a red below proves
// nothing.
TEST_F(AccidentalDeleteSabotage, TheHealthyTwinIsGreen) {
  must_be_green({});
}

TEST_F(AccidentalDeleteSabotage, MarkerSetAfterTheDelete) {
  must_be_killed({.killed_by = "incident-undone", .marker_after_incident = true});
}

TEST_F(AccidentalDeleteSabotage, TargetAMicrosecondTooLate) {
  must_be_killed({.killed_by = "exact-set", .target = [](const Marker&, const Injury& injury) {
                    return AtTime{injury.when + Microseconds{1}, true};
                  }});
}

TEST_F(AccidentalDeleteSabotage, SegmentMissingAndNoTarget) {
  must_be_killed({.killed_by = "recovery-ending",
      .before_restore =
          [](Source& source, const Marker& marker) {
            Instance& instance = source.cluster().instance();
            exec_or_throw(
                instance, {.argv = {"rm", instance.path_of_volume(source.archive().volume()) + "/" +
                                              marker.last_segment}});
          },
      .target = [](const Marker&, const Injury&) { return Latest{}; }});
}

TEST_F(AccidentalDeleteSabotage, ArchiveCommandThatLies) {
  must_be_killed({.killed_by = "archive-complete", .change_subject = [](Subject& given) {
                    given.postgres.settings["archive_command"] = "/bin/true";
                  }});
}

TEST_F(AccidentalDeleteSabotage, BackupChangedAfterItWasTaken) {
  must_be_killed(
      {.killed_by = "backup-verified", .before_restore = [](Source& source, const Marker&) {
         Instance& instance = source.cluster().instance();
         exec_or_throw(instance,
             {.argv = {"truncate", "--size=+1",
                  instance.path_of_volume(source.volumes().backups) + "/full-1/PG_VERSION"}});
       }});
}

TEST_F(AccidentalDeleteSabotage, OneRowChangedWithTheCountKept) {
  must_be_killed({.killed_by = "content", .restored = [](Session& session) {
                    session.exec(
                        "UPDATE pgrehearse.commits SET xid = (xid::text::bigint + 1)::text::xid8 "
                        "WHERE (writer, sequence) = (1, 1)");
                  }});
}

TEST_F(AccidentalDeleteSabotage, OneRowMissingOfAMarkerUnderLoad) {
  must_be_killed({.killed_by = "rows", .under_load = true, .restored = [](Session& session) {
                    session.exec(
                        "DELETE FROM pgrehearse.commits WHERE (writer, sequence) = (1, 1)");
                  }});
}

TEST_F(AccidentalDeleteSabotage, OneRowChangedOfAMarkerUnderLoad) {
  must_be_killed(
      {.killed_by = "content", .under_load = true, .restored = [](Session& session) {
         session.exec("UPDATE pgrehearse.commits SET xid = '3' WHERE (writer, sequence) = (1, 1)");
       }});
}

TEST_F(AccidentalDeleteSabotage, SequenceBehind) {
  must_be_killed(
      {.killed_by = "sequences", .restored = [](Session& session) {
         const Row sequence = session
                                  .exec(
                                      "SELECT schemaname, sequencename, last_value - 1 FROM "
                                      "pg_sequences WHERE last_value > 1 LIMIT 1")
                                  .at(0);
         session.exec(fmt::format("SELECT setval({}, {})",
             literal(identifier(*sequence[0]) + "." + identifier(*sequence[1])), *sequence[2]));
       }});
}

TEST_F(AccidentalDeleteSabotage, TriggerMissing) {
  must_be_killed(
      {.killed_by = "schema", .restored = [](Session& session) {
         const Row trigger = session
                                 .exec(
                                     "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE "
                                     "NOT tgisinternal AND tgparentid = 0 LIMIT 1")
                                 .at(0);
         session.exec(fmt::format("DROP TRIGGER {} ON {}", identifier(*trigger[0]), *trigger[1]));
       }});
}

TEST_F(AccidentalDeleteSabotage, SecondMigrationRunIsNotANoOp) {
  must_be_killed({.killed_by = "migrations-current", .restored = [](Session& session) {
                    // An idempotent migration forgotten by the ledger: running it again succeeds,
                    // and that is the finding.
                    session.exec(
                        "DELETE FROM public.schema_migrations WHERE version = (SELECT max(version) "
                        "FROM public.schema_migrations)");
                  }});
}

TEST_F(AccidentalDeleteSabotage, RestorePointNameUsedTwice) {
  must_be_killed({.killed_by = "recovery-ending", .before_marker = [](Source& source) {
                    Session session = source.cluster().connect();
                    session.exec("SELECT pg_create_restore_point(" +
                                 literal(source.restore_point("before-mistake")) + ")");
                  }});
}

TEST_F(AccidentalDeleteSabotage, IncidentThatNeverHappened) {
  must_be_killed({.killed_by = "incident-happened", .incident = [](const Subject& given) {
                    Incident none = delete_without_where(given.accidental_delete.delete_from);
                    none.sql += " WHERE false";
                    return none;
                  }});
}

}  // namespace
}  // namespace pgrehearse
