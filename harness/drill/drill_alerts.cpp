// The verbs of a drill that are about backups in trouble: time passes, archiving stalls, somebody
// looks and is alarmed.
#include <algorithm>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/drill/backup_watch.hpp"
#include "harness/drill/drill.hpp"
#include "harness/incident/stalled_archive.hpp"

namespace pgrehearse {
namespace {

std::string names_of(std::vector<AlertSign> signs) {
  std::sort(signs.begin(), signs.end());
  std::vector<std::string> names;
  names.reserve(signs.size());
  for (const AlertSign& sign : signs) {
    names.push_back(text_of(sign));
  }
  return names.empty() ? "none" : joined(names, ", ");
}

// How full the disk of a rented machine is says nothing about backups, unless somebody has said
// how full it may be.
bool is_judged(const Alert& alert, const Subject& subject) {
  return alert.sign.kind != AlertKind::storage_use ||
         subject.stated.contains("alerts.storage_warning") ||
         subject.stated.contains("alerts.storage_critical");
}

}  // namespace

void Drill::let_time_pass(const Source& source, Milliseconds time) {
  pgrehearse::let_time_pass(source, time, record_);
}

void Drill::stall_archive(Source& source, Here here) {
  Finding finding{.check = "incident-happened",
      .question = "does archiving fail?",
      .expected = "pg_stat_archiver counts a failure"};
  try {
    pgrehearse::stall_archive(source.cluster(), source.volumes().archive);
    finding.observed = "it does";
    finding.verdict = Verdict::met;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::timed_out) {
      throw;
    }
    finding.observed = error.message();
    finding.verdict = Verdict::missed;
  }
  chronicle_.note_now("incident");
  file(finding, here);
}

void Drill::mend_archive(Source& source) {
  pgrehearse::mend_archive(source.cluster(), source.volumes().archive);
}

void Drill::note_alerts(const std::vector<Alert>& now) {
  const std::string time = Timestamp::now().text();
  for (const AlertChange& change : changes_between(alerts_, now)) {
    const Alert& alert = change.alert;
    const std::string level{change.over ? "over" : name_of(alert.sign.level)};
    record_.alerts.push_back({.name = std::string{name_of(alert.sign.kind)},
        .level = level,
        .time = time,
        .observed = change.over ? "it is as it should be" : alert.observed,
        .limit = alert.limit});
    run_.progress.note(fmt::format(
        "ALERT {} {}: {}", name_of(alert.sign.kind), level, record_.alerts.back().observed));
  }
  alerts_ = now;
}

void Drill::note_restore(RestoreOutcome outcome) {
  last_restore_ = outcome;
  std::vector<Alert> now = alerts_;
  std::erase_if(now, [](const Alert& alert) { return alert.sign.kind == AlertKind::restore; });
  AlertObservations seen;
  seen.last_restore = outcome;
  for (Alert& alert : evaluate(run_.subject.alerts, seen, Timestamp::now())) {
    if (alert.sign.kind == AlertKind::restore) {
      now.push_back(std::move(alert));
    }
  }
  note_alerts(now);
}

void Drill::note_failed_restore(const Error& error) {
  if (error.code() == ErrorCode::program_failed || error.code() == ErrorCode::timed_out ||
      error.code() == ErrorCode::backup_unusable) {
    note_restore(RestoreOutcome::failed);
  }
}

bool Drill::rehearse_restore(
    const Source& source, const BackupSet& set, const RecoveryTarget& target) {
  last_restore_ = RestoreOutcome::not_tried;
  try {
    return restore_unjudged(source, set, target).serving;
  } catch (const Error& error) {
    if (last_restore_ != RestoreOutcome::failed) {
      throw;
    }
    run_.progress.note(error.message());
    return false;
  }
}

void Drill::expect_alerts(Source& source, const std::vector<AlertSign>& expected, Here here) {
  AlertObservations seen = observe_backups(source);
  seen.last_restore = last_restore_;
  note_alerts(evaluate(run_.subject.alerts, seen, Timestamp::now()));
  std::vector<AlertSign> raised;
  Finding finding{.check = "alerts",
      .question = "is everybody told what is wrong with the backups, and nothing else?",
      .expected = names_of(expected)};
  for (const Alert& alert : alerts_) {
    finding.details.push_back(fmt::format("{}: {}{}", text_of(alert.sign), alert.observed,
        alert.limit.empty() ? "" : ", bound " + alert.limit));
    if (is_judged(alert, run_.subject)) {
      raised.push_back(alert.sign);
    }
  }
  std::vector<AlertSign> wanted = expected;
  std::sort(wanted.begin(), wanted.end());
  std::sort(raised.begin(), raised.end());
  std::vector<AlertSign> differing;
  std::set_symmetric_difference(
      wanted.begin(), wanted.end(), raised.begin(), raised.end(), std::back_inserter(differing));
  const bool only_unknown = std::all_of(differing.begin(), differing.end(),
      [](const AlertSign& sign) { return sign.level == AlertLevel::unknown; });
  finding.observed = names_of(raised);
  finding.verdict = differing.empty() ? Verdict::met
                    : only_unknown    ? Verdict::unknown
                                      : Verdict::missed;
  if (!expected.empty() && finding.verdict == Verdict::met) {
    chronicle_.note_now("detected");
  }
  file(finding, here);
}

}  // namespace pgrehearse
