#include "tests/contract/retention_calendar.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/backup/base_backup_tool.hpp"
#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/sweep.hpp"
#include "harness/process/wait.hpp"
#include "tests/contract/retention_source.hpp"

namespace pgrehearse {
namespace {

// The first of each month, the leap day, the ends of two months, some between, and all the last
// days.
std::vector<std::string> days_with_a_backup() {
  std::vector<std::string> days{"2027-12-01", "2028-01-31", "2028-02-29", "2028-06-15",
      "2028-11-21", "2028-12-11", "2028-12-18"};
  for (int month = 1; month <= 12; ++month) {
    days.push_back(fmt::format("2028-{:02}-01", month));
  }
  for (int day = 24; day <= 31; ++day) {
    days.push_back(fmt::format("2028-12-{}", day));
  }
  std::sort(days.begin(), days.end());
  return days;
}

Timestamp at(const std::string& day, const char* time) {
  return Timestamp::parse(day + " " + time + "+00");
}

std::set<std::string> names_in(Instance& instance, const std::string& folder) {
  const std::vector<std::string> names =
      lines_of(exec_or_throw(instance, {.argv = {"ls", folder}}).out);
  return {names.begin(), names.end()};
}

std::set<std::string> without(const std::set<std::string>& all, const std::set<std::string>& less) {
  std::set<std::string> rest;
  std::set_difference(
      all.begin(), all.end(), less.begin(), less.end(), std::inserter(rest, rest.end()));
  return rest;
}

bool is_segment(const std::string& name) {
  return name.size() == 24;
}

Finding finding_of(const std::string& check, const std::string& question,
    const std::set<std::string>& wrong, const char* what) {
  return {.check = check,
      .question = question,
      .expected = fmt::format("none {}", what),
      .observed = fmt::format("{} {}", wrong.size(), what),
      .verdict = wrong.empty() ? Verdict::met : Verdict::missed,
      .details = {wrong.begin(), wrong.end()}};
}

std::set<std::string> segments_of(const BackupSet& set) {
  const std::vector<std::string> names = segments_between(set.timeline, set.start, set.end);
  return {names.begin(), names.end()};
}

}  // namespace

RetentionCalendar::RetentionCalendar() : journal_(std::make_unique<RunJournal>(new_run_id())) {
  engine_ = make_engine(
      {.engine = "local", .cluster = {.settings = std::string{settings_include}}}, *journal_)
                .engine;
  engine_->create_volume("archive");
  engine_->create_volume("backups");
  instance_ = engine_->create({.name = "source", .volumes = {{"archive"}, {"backups"}}});
  source_ = std::make_unique<Cluster>(*instance_, engine_->superuser_password());
  source_->write_settings(without_fsync(archive_.source_settings(*instance_)));
  source_->start();
  drop_templates(*source_);
  source_->connect().exec("CREATE TABLE lived (number bigint PRIMARY KEY, what text NOT NULL)");
  for (const std::string& day : days_with_a_backup()) {
    live(day);
    if (day != last_day) {
      expire_at_noon(day);
    }
  }
}

RetentionCalendar::~RetentionCalendar() {
  try {
    keepers_.clear();
    source_.reset();
    instance_.reset();
    engine_->remove_run();
    engine_.reset();
    static_cast<void>(sweep({.only_run = journal_->run_id()}));
  } catch (const std::exception&) {
    // The host's own look for leftovers tells.
  }
}

void RetentionCalendar::write(const std::string& what) {
  source_->connect().exec(fmt::format("INSERT INTO lived VALUES ({}, {})", ++rows_, literal(what)));
}

void RetentionCalendar::live(const std::string& day) {
  LivedDay lived{.day = day};
  write("morning of " + day);
  lived.rows_in_set = rows_;
  lived.set = take_base_backup(*source_, "backups", day, "fast");
  lived.catalogued = {
      .id = day, .taken = at(day, "02:00:00"), .start = lived.set.start, .end = lived.set.end};
  write("evening of " + day);
  lived.rows_in_the_evening = rows_;
  Session session = source_->connect();
  session.exec(fmt::format("SELECT pg_create_restore_point('evening-{}')", day));
  write("night after " + day);
  const std::string segment =
      wal_file_name(TimelineId{1}, Lsn::parse(session.value("SELECT pg_current_wal_insert_lsn()")));
  session.exec("SELECT pg_switch_wal()");
  archive_.wait_until_archived(*source_, segment, Seconds{60});
  catalogue_.push_back(lived.catalogued);
  days_.emplace(day, std::move(lived));
}

void RetentionCalendar::expire_at_noon(const std::string& day) {
  const Retention retention = keep(policy, catalogue_, at(day, "12:00:00"));
  expire(
      retention, *instance_, "archive",
      [&](const std::string& id) { remove_base_backup(*instance_, "backups", id); },
      [](const Removal&) {});
  std::erase_if(catalogue_, [&](const CataloguedSet& set) { return !retention.keeps(set.id); });
}

Retention RetentionCalendar::last_retention() const {
  return keep(policy, catalogue_, at(last_day, "12:00:00"));
}

Expired RetentionCalendar::expire_copies(const Retention& retention, const std::string& unlogged) {
  const int number = ++names_given_;
  Expired expired{
      .backups = fmt::format("backups-{}", number), .archive = fmt::format("archive-{}", number)};
  engine_->create_volume(expired.backups);
  engine_->create_volume(expired.archive);
  keepers_.push_back(engine_->create({.name = fmt::format("keeper-{}", number),
      .initialised = false,
      .volumes = {{"backups"}, {"archive"}, {expired.backups}, {expired.archive}}}));
  Instance& keeper = *keepers_.back();
  expired.keeper = &keeper;
  for (const auto& [from, to] : {std::pair{std::string{"backups"}, expired.backups},
           {std::string{"archive"}, expired.archive}}) {
    exec_or_throw(keeper, {.argv = {"cp", "-a", "-l", keeper.path_of_volume(from) + "/.",
                               keeper.path_of_volume(to)}});
  }
  expired.sets_before = sets_of(expired);
  expired.files_before = files_of(expired);
  expire(
      retention, keeper, expired.archive,
      [&](const std::string& id) { remove_base_backup(keeper, expired.backups, id); },
      [&](const Removal& removal) {
        if (removal.name != unlogged) {
          expired.log.push_back(removal);
        }
      });
  return expired;
}

std::set<std::string> RetentionCalendar::sets_of(const Expired& expired) const {
  BaseBackupTool tool{Archive{expired.archive}, expired.backups, "fast"};
  const std::vector<std::string> ids = tool.list(*expired.keeper);
  return {ids.begin(), ids.end()};
}

std::set<std::string> RetentionCalendar::files_of(const Expired& expired) const {
  return names_in(*expired.keeper, expired.keeper->path_of_volume(expired.archive));
}

RestoredRows RetentionCalendar::restored_from(
    const Expired& expired, const std::string& day, const RecoveryTarget& target) {
  const std::unique_ptr<Instance> instance =
      engine_->create({.name = fmt::format("restored-{}", ++names_given_),
          .initialised = false,
          .volumes = {{expired.backups, true}, {expired.archive, true}}});
  BaseBackupTool tool{Archive{expired.archive}, expired.backups, "fast"};
  BackupSet set = days_.at(day).set;
  set.volume = expired.backups;
  try {
    const RestoredFiles files = tool.restore(*instance, set, target);
    Cluster cluster{*instance, engine_->superuser_password()};
    cluster.write_settings(without_fsync(files.settings));
    cluster.start();
    wait_until("recovery to end", Seconds{60}, [&]() -> std::optional<std::string> {
      try {
        return cluster.connect().value("SELECT pg_is_in_recovery()") == "f"
                   ? std::nullopt
                   : std::optional<std::string>{"still replaying"};
      } catch (const Error& error) {
        if (!cluster.is_running()) {
          throw Error{ErrorCode::recovery_failed, "the server died in recovery"};
        }
        return error.message();
      }
    });
    const std::string rows = cluster.connect().value(
        "SELECT CASE WHEN count(*) = max(number) THEN count(*) ELSE -2 END FROM lived");
    cluster.stop();
    return {.rows = std::stoi(rows)};
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) {
      throw;
    }
    return {.trouble = error.what()};
  }
}

const std::vector<std::string>& promised_days() {
  static const std::vector<std::string> days{"2028-01-01", "2028-02-01", "2028-03-01", "2028-04-01",
      "2028-05-01", "2028-06-01", "2028-07-01", "2028-08-01", "2028-09-01", "2028-10-01",
      "2028-11-01", "2028-12-01", "2028-12-11", "2028-12-18", "2028-12-25", "2028-12-26",
      "2028-12-27", "2028-12-28", "2028-12-29", "2028-12-30", "2028-12-31"};
  return days;
}

std::vector<Finding> audit(const RetentionCalendar& calendar, const Expired& expired) {
  const std::set<std::string> promised{promised_days().begin(), promised_days().end()};
  const std::set<std::string> sets = calendar.sets_of(expired);
  const std::set<std::string> files = calendar.files_of(expired);
  std::set<std::string> needed;
  for (const std::string& day : promised_days()) {
    needed.merge(segments_of(calendar.on(day).set));
  }
  const std::string window =
      wal_file_name(TimelineId{1}, Lsn{calendar.on(first_day_of_window).set.start.bytes() + 1});
  std::set<std::string> old;
  for (const std::string& file : expired.files_before) {
    if (is_segment(file) && file >= window) {
      needed.insert(file);
    }
  }
  for (const std::string& file : files) {
    if (is_segment(file) && !needed.contains(file)) {
      old.insert(file);
    }
  }
  old.merge(without(sets, promised));
  std::set<std::string> removed = without(expired.sets_before, sets);
  removed.merge(without(expired.files_before, files));
  std::set<std::string> logged;
  for (const Removal& removal : expired.log) {
    logged.insert(removal.name);
  }
  std::set<std::string> unlike = without(removed, logged);
  unlike.merge(without(logged, removed));
  return {finding_of(
              "promised-kept", "is every promised set there?", without(promised, sets), "missing"),
      finding_of(
          "wal-kept", "is all WAL there that a promise needs?", without(needed, files), "missing"),
      finding_of("expired-gone", "is all gone that nobody needs?", old, "left"),
      finding_of("removals-logged", "is each removal logged, and no other?", unlike, "differ")};
}

}  // namespace pgrehearse
