#include "tests/sabotage/accidental_delete_trial.hpp"

#include "harness/drill/questions_set.hpp"

namespace pgrehearse {

std::function<void(Restored&, Source&)> sql(std::function<void(Session&)> statements) {
  return [statements = std::move(statements)](Restored& restored, Source& source) {
    Session session = restored.cluster.connect(source.subject().database);
    statements(session);
  };
}

std::function<void(Restored&, const Marker&)> settings(const std::string& lines) {
  return [lines](Restored& restored, const Marker&) {
    Instance& instance = restored.cluster.instance();
    const std::string file = restored.cluster.data_path() + "/postgresql.auto.conf";
    put_file(instance, file, get_file(instance, file) + lines + "\n");
  };
}

std::function<void(Restored&, const Marker&)> without(const std::string& file) {
  return [file](Restored& restored, const Marker&) {
    exec_or_throw(
        restored.cluster.instance(), {.argv = {"rm", restored.cluster.data_path() + "/" + file}});
  };
}

void AccidentalDeleteSabotage::must_be_killed(const Sabotage& sabotage) {
  Trial::must_be_killed(
      "accidental-delete", sabotage.killed_by, [&](Drill& drill) { tell(drill, sabotage); });
}

void AccidentalDeleteSabotage::must_be_killed_first_at(const Red& first, const Sabotage& sabotage) {
  Trial::must_be_killed_first_at(
      "accidental-delete", first, sabotage.killed_by, [&](Drill& drill) { tell(drill, sabotage); });
}

void AccidentalDeleteSabotage::must_be_unknown_at(const Doubt& doubt, const Sabotage& sabotage) {
  Trial::must_be_unknown(
      "accidental-delete", {doubt}, [&](Drill& drill) { tell(drill, sabotage); });
}

void AccidentalDeleteSabotage::must_be_green(const Sabotage& nothing) {
  Trial::must_be_green("accidental-delete", [&](Drill& drill) { tell(drill, nothing); });
}

void AccidentalDeleteSabotage::must_be_unknown(const Sabotage& sabotage) {
  std::vector<std::string> asked{"recovery-ending", "exact-set", "facts", "incident-undone",
      "migrations-current", "serving", "own-server"};
  if (subject().application) {
    asked.emplace_back("application-ready");
  }
  for (const CheckSpec& check : subject().checks) {
    asked.push_back("subject:" + check.id);
  }
  std::vector<Doubt> doubts{{"traffic-switched", "no token that only the restored server has"}};
  for (const std::string& check : asked) {
    doubts.emplace_back(check, "could not connect");
  }
  Trial::must_be_unknown("accidental-delete", doubts, [&](Drill& drill) { tell(drill, sabotage); });
}

void AccidentalDeleteSabotage::tell(Drill& drill, const Sabotage& sabotage) {
  if (sabotage.needs_application && !subject().application) {
    throw NotApplicable{"the subject names no application"};
  }
  sabotage.change_subject(run().subject);
  auto source =
      drill.step("Start the database and load the baseline", [&] { return drill.start_source(); });
  if (sabotage.unpacked && !source->tool().properties().physical) {
    throw NotApplicable{source->tool().properties().name + " restores no data directory"};
  }
  run().options.recovery_deadline = sabotage.patience.value_or(run().options.recovery_deadline);
  sabotage.before_backup(*source);
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
    if (sabotage.unpacked) {
      drill.once_unpacked([&](Restored& fresh) { sabotage.unpacked(fresh, marker); });
    }
    return drill.restore(*source, backup, sabotage.target(marker, injury));
  });
  if (restored.serving) {
    sabotage.restored(restored, *source);
  }
  drill.expect(restored, stopped_at(marker));
  std::vector<LedgerEntry> ledger = source->ledger().entries();
  sabotage.ledger(ledger);
  drill.expect(
      restored, holds_exactly_the_commits_before(marker, std::move(ledger), subject().database));
  drill.expect(restored, has_every_fact_of(marker, subject().database));
  drill.expect(restored, shows_nothing_of(injury, marker, subject().database));
  drill.expect(restored, has_current_migrations(run(), *source));
  drill.expect(restored, answers_the_subjects_checks(subject(), marker));
  drill.expect(restored, is_sound());
  drill.expect(restored, is_a_server_of_its_own(*source));
  drill.step("Switch", [&] { sabotage.switch_traffic(drill, *source, restored); });
  drill.expect(restored, has_the_traffic(*source));
  drill.expect(restored, is_serving(*source));
  drill.expect_ready_application(restored, *source);
  drill.expect(restored, keeps_clients_off_the_old_server(*source));
  drill.expect(restored, left_the_archive_alone(*source, drill.archive_before_restore()));
  drill.expect(restored, has_a_clean_log());
  drill.expect_objectives_met(restored, *source, marker, injury);
}

void AccidentalDeleteSabotage::must_be_killed(const SurgerySabotage& sabotage) {
  Trial::must_be_killed(
      "accidental-delete", sabotage.killed_by, [&](Drill& drill) { tell(drill, sabotage); });
}

void AccidentalDeleteSabotage::must_be_green(const SurgerySabotage& nothing) {
  Trial::must_be_green("accidental-delete", [&](Drill& drill) { tell(drill, nothing); });
}

void AccidentalDeleteSabotage::tell(Drill& drill, const SurgerySabotage& sabotage) {
  auto source = drill.step("Start the database", [&] { return drill.start_source(); });
  auto backup = drill.step("Take a full backup", [&] { return source->take_full_backup(); });
  auto marker = drill.step("Set the marker", [&] {
    source->write(run().options.commits);
    return source->set_marker("before-mistake", backup);
  });
  auto injury = drill.step("INCIDENT", [&] {
    return drill.inject(*source, delete_without_where(subject().accidental_delete.copy_back));
  });
  auto beside = drill.step("Recover beside", [&] {
    source->write(20);
    drill.raise_alarm();
    source->archive_everything();
    return drill.restore(*source, backup, AtXid{injury.xid, sabotage.stop_after_the_accident});
  });
  drill.expect(beside, stopped_just_before(injury));
  {
    Session session = beside.cluster.connect(subject().database);
    sabotage.before_copy(session, subject().accidental_delete.copy_back);
  }
  auto surgery =
      drill.step("Copy back", [&] { return drill.copy_back(beside, *source, backup, injury); });
  auto live = drill.live(*source);
  {
    Session session = live.cluster.connect(subject().database);
    sabotage.after_copy(session, subject().accidental_delete.copy_back);
  }
  drill.expect(live, has_the_lost_rows_and_nothing_else(surgery, subject().database));
  drill.expect(live, holds_every_acknowledged_commit(*source));
  drill.expect(live, is_serving(*source));
  drill.expect_ready_application(live, *source);
  drill.expect_objectives_met(live, *source, until_now(marker), injury);
}

}  // namespace pgrehearse
