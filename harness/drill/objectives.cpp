#include "harness/drill/objectives.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>

namespace pgrehearse {
namespace {

template <typename Number>
Number number_in(const std::string& text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

ObjectiveRecord& objective_named(DrillRecord& record, const std::string& name) {
  const auto found = std::find_if(record.objectives.begin(), record.objectives.end(),
      [&](const ObjectiveRecord& objective) { return objective.name == name; });
  return found != record.objectives.end()
             ? *found
             : record.objectives.emplace_back(ObjectiveRecord{.name = name});
}

Finding judged(DrillRecord& record, const std::string& name, Milliseconds bound,
    const std::string& not_measured) {
  ObjectiveRecord& objective = objective_named(record, name);
  objective.bound_seconds = seconds_of(bound);
  Finding finding{.check = name,
      .question =
          fmt::format("is the realized {} within its objective?", name == "rpo" ? "RPO" : "RTO"),
      .expected = "at most " + text_of(bound),
      .observed = not_measured};
  if (objective.realized.value) {
    finding.observed = fmt::format("{:.3f} s", *objective.realized.value);
    finding.verdict =
        *objective.realized.value <= seconds_of(bound) ? Verdict::met : Verdict::missed;
  }
  objective.verdict = finding.verdict;
  return finding;
}

}  // namespace

std::vector<RestoredCommit> restored_commits(Restored& restored, const std::string& database) {
  Session session = restored.cluster.connect(database);
  std::vector<RestoredCommit> commits;
  // A server that was loaded numbers its own transactions: when the rows were committed it cannot
  // know.
  const char* when = restored.loaded ? "NULL" : "pg_xact_commit_timestamp(xid::xid)";
  for (const Row& row : session.exec(fmt::format(
           "SELECT writer, sequence, xid, {} FROM pgrehearse.commits ORDER BY 1, 2", when))) {
    RestoredCommit commit{number_in<int>(*row[0]), number_in<std::int64_t>(*row[1]),
        Xid{number_in<std::uint64_t>(*row[2])}};
    if (row[3]) {
      commit.committed = Timestamp::parse(*row[3]);
    }
    commits.push_back(commit);
  }
  return commits;
}

void measure_loss(DrillRecord& record, Restored& restored, const Source& source,
    const Marker& marker, const Injury& injury, const std::string& database) {
  if (!restored.serving) {
    return;
  }
  std::map<std::pair<int, std::int64_t>, RestoredCommit> present;
  for (const RestoredCommit& commit : restored_commits(restored, database)) {
    present.emplace(std::pair{commit.writer, commit.sequence}, commit);
  }
  LedgerRecord counts;
  std::optional<SteadyTime> first_hole;
  const std::vector<LedgerEntry> entries = source.ledger().entries();
  for (const LedgerEntry& entry : entries) {
    const bool here = present.contains({entry.writer, entry.sequence});
    ++counts.invoked;
    if (entry.outcome == Outcome::acknowledged) {
      ++counts.acknowledged;
      counts.acknowledged_before_marker += entry.settled_at < marker.before ? 1 : 0;
      const bool before_incident = entry.settled_at < injury.at;
      counts.lost += !here && before_incident ? 1 : 0;
      counts.discarded += !here && !before_incident ? 1 : 0;
      if (!here && before_incident && (!first_hole || entry.settled_at < *first_hole)) {
        first_hole = entry.settled_at;
      }
    } else if (entry.outcome == Outcome::failed) {
      ++counts.failed;
      counts.phantom += here ? 1 : 0;
    } else {
      ++counts.in_doubt;
    }
    counts.phantom +=
        here && entry.outcome != Outcome::failed && entry.invoked_at > marker.after ? 1 : 0;
  }
  record.ledger = counts;
  Measure& realized = objective_named(record, "rpo").realized;
  realized.unit = "s";
  realized.source = "ledger against restored rows, by commit timestamp";
  if (counts.lost == 0) {
    realized.value = 0.0;
    return;
  }
  if (restored.loaded) {
    // Just before COMMIT was sent, where the commit's own time is not known: never too favourable.
    realized.source = "ledger against loaded rows, by the clients' clock";
    for (const LedgerEntry& entry : entries) {
      if (entry.outcome == Outcome::acknowledged && entry.settled_at < *first_hole &&
          present.contains({entry.writer, entry.sequence})) {
        const double age = seconds_of(injury.at - entry.invoked_at);
        realized.value = std::min(realized.value.value_or(age), age);
      }
    }
    return;
  }
  std::optional<Timestamp> newest;
  for (const LedgerEntry& entry : entries) {
    const auto found = present.find({entry.writer, entry.sequence});
    if (entry.outcome == Outcome::acknowledged && found != present.end() &&
        entry.settled_at < *first_hole && found->second.committed) {
      newest = std::max(newest.value_or(*found->second.committed), *found->second.committed);
    }
  }
  if (newest) {
    realized.value = seconds_of(injury.when - *newest);
  }
}

std::vector<Finding> judge_objectives(DrillRecord& record, const Subject& subject,
    const Restored& restored, std::chrono::nanoseconds recovery_time) {
  const bool wrong = std::any_of(record.findings.begin(), record.findings.end(),
      [](const Finding& finding) { return finding.verdict == Verdict::missed; });
  Measure& realized = objective_named(record, "rto").realized;
  realized.unit = "s";
  realized.source = fmt::format(
      "steady clock, incident to the first write through the application's way (pooler: {}), every "
      "check answered",
      record.facts.contains("pooler") ? record.facts.at("pooler") : "none");
  if (restored.service_back && !wrong) {
    realized.value = seconds_of(recovery_time);
  }
  std::vector<Finding> findings;
  const auto bounds = subject.objectives.find(record.scenario);
  if (bounds == subject.objectives.end()) {
    return findings;
  }
  if (bounds->second.rpo) {
    findings.push_back(judged(record, "rpo", *bounds->second.rpo, "NOT MEASURED"));
  }
  if (bounds->second.rto) {
    findings.push_back(judged(record, "rto", *bounds->second.rto, "not achieved"));
  }
  return findings;
}

}  // namespace pgrehearse
