#include "harness/drill/source.hpp"

#include <future>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/crypto/scram.hpp"
#include "harness/drill/sql_or_command.hpp"
#include "harness/pg/tls.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds write_deadline = std::chrono::minutes{10};

std::filesystem::path heartbeats_of(Run& run) {
  std::filesystem::path folder = run.journal.folder() / run.next_name("heartbeats");
  run.journal.intend("directory", folder.string());
  return folder;
}

// A command that goes to another database than it is told ends well and leaves this one empty.
void demand_something_made(Session session) {
  const std::string made = session.value(
      "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.oid >= 16384 AND n.nspname !~ '^(pgrehearse$|pg_toast)'");
  if (made == "0") {
    throw Error{ErrorCode::bad_config,
        "the migrations' command ended well and made nothing in the drill's database",
        "Does it go to another one? It is told by DATABASE_URL and by PGHOST, PGPORT, PGUSER, "
        "PGPASSWORD and PGDATABASE.",
        "migrate.command"};
  }
}

}  // namespace

// Row values must not reach the server log: no DETAIL, no STATEMENT, no parameters.
ServerSettings server_settings(const Subject& subject) {
  ServerSettings settings{{"track_commit_timestamp", "on"}, {"wal_level", "replica"},
      {"lc_messages", "C"}, {"log_timezone", "UTC"}, {"log_line_prefix", "%m [%p] "},
      {"log_error_verbosity", "terse"}, {"log_min_error_statement", "panic"},
      {"log_statement", "none"}, {"log_parameter_max_length_on_error", "0"}};
  for (const auto& [name, value] : subject.postgres.settings) {
    settings.emplace_back(name, value);
  }
  return settings;
}

ServerSettings restored_settings(const Subject& subject) {
  ServerSettings settings = server_settings(subject);
  settings.emplace_back("max_logical_replication_workers", "0");
  return settings;
}

void give_checksums(const Cluster& cluster, DataChecksums checksums) {
  if (checksums == DataChecksums::off) {
    exec_or_throw(cluster.instance(),
        {.argv = {"pg_checksums", "--disable", "--pgdata", cluster.data_path()}});
  }
}

Source::Source(Run& run, DrillRecord& record, Instance& instance, DrillVolumes volumes,
    DataChecksums checksums, const SourcePlace& place, std::function<void(const Finding&)> file)
    : run_(run),
      record_(record),
      volumes_(std::move(volumes)),
      at_base_(place.at_base),
      checksums_(checksums),
      file_(std::move(file)),
      archive_(volumes_.archive),
      tool_(make_backup_tool(
          backup_tool_of(run.subject, {{"PGREHEARSE_RUN_ID", Secret{run.journal.run_id()}},
                                          {"PGREHEARSE_SCENARIO", Secret{record.scenario}}}),
          {.archive = volumes_.archive,
              .backups = volumes_.backups,
              .artifacts = run.journal.folder() / ("backups-of-" + instance.name())})),
      cluster_(instance, run.engine.superuser_password()),
      heartbeats_(heartbeats_of(run)),
      ledger_(std::make_unique<Ledger>(
          run.artifacts / fmt::format("{}.ledger.jsonl", instance.name()))) {
  settings_ = archive_settings(archive_, *tool_, instance);
  for (const ServerSettings& others : {server_settings(run.subject), place.settings}) {
    settings_.insert(settings_.end(), others.begin(), others.end());
  }
  cluster_.write_settings(settings_);
  give_checksums(cluster_, checksums);
  cluster_.start();
  Session session = cluster_.connect();
  refuse_void_durability(session);
  tool_->prepare(cluster_);
  session.exec("CREATE DATABASE " + identifier(run.subject.database));
  load_baseline();
  if (!at_base_) {
    start_pooler();
  }
  workload_ = std::make_unique<Workload>(
      WorkloadPlan{at_base_ ? 0 : run.subject.workload.writers, run.subject.workload.sql},
      application(cluster_), *ledger_);
}

void Source::refuse_void_durability(Session& session) const {
  for (const char* setting : {"fsync", "full_page_writes", "synchronous_commit"}) {
    const std::string value = session.value(fmt::format("SELECT current_setting('{}')", setting));
    record_.facts[setting] = value;
    if (value == "off") {
      throw Error{ErrorCode::refused, fmt::format("{} is off on the source", setting),
          "With it an acknowledged commit may be lost in a crash, so no RPO can be claimed. Remove "
          "it from "
          "postgres.settings in drill.yaml."};
    }
  }
}

void Source::migrate_again(const Subject& state) {
  constexpr const char* rule =
      "Migrations must be idempotent: a run on an up-to-date database does nothing.";
  MigrationOutcome second;
  try {
    second = migrate(state, hook(cluster_, "migrate"));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::program_failed && error.code() != ErrorCode::query_failed) {
      throw;
    }
    throw Error{error.code(), "run a second time, " + error.message(), rule, error.place()};
  }
  if (second.applied != 0) {
    throw Error{ErrorCode::bad_config,
        fmt::format("the second migration run applied {} again", second.applied), rule};
  }
}

MigrationOutcome Source::migrate_to(const Subject& state) {
  MigrationOutcome first = migrate(state, hook(cluster_, "migrate"));
  migrate_again(state);
  return first;
}

void Source::load_baseline() {
  const Subject& initial = run_.base ? *run_.base : run_.subject;
  const MigrationOutcome first = migrate_to(initial);
  record_.facts["migrations"] = first.by_command ? "by command" : fmt::format("{}", first.applied);
  apply(initial.seed, initial, hook(cluster_, "seed"));
  if (first.by_command) {
    demand_something_made(cluster_.connect(run_.subject.database));
  }
  if (run_.base && !at_base_) {
    const MigrationOutcome change = migrate_to(run_.subject);
    record_.facts["new migrations"] =
        change.by_command ? "by command" : fmt::format("{}", change.applied);
  }
  Session session = cluster_.connect(run_.subject.database);
  // The application is that of after the change: before it, it may have no role to log in with.
  if (at_base_) {
    create_commit_table(session, {});
  } else {
    bring_the_application_in(session);
  }
  record_.facts["database bytes"] = session.value("SELECT pg_database_size(current_database())");
}

void Source::bring_the_application_in(Session& session) {
  const std::string& role = run_.subject.workload.role;
  create_commit_table(session, role);
  if (!role.empty()) {
    session.exec(fmt::format("ALTER ROLE {} PASSWORD {}", identifier(role),
        literal(scram_sha_256_verifier(application_password_))));
  }
}

void Source::write(std::int64_t commits) {
  keep_writing(commits);
  workload_->hold();
}

void Source::keep_writing(std::int64_t commits) {
  std::future<void> command;
  if (run_.subject.workload.command && !command_ran_) {
    command_ran_ = true;
    command = std::async(std::launch::async, [this] {
      HookContext context = hook(cluster_, "write");
      context.connection.endpoint = application(cluster_).endpoint;
      run_hook(*run_.subject.workload.command, run_.subject, context);
    });
  }
  workload_->run_until_acknowledged(commits, write_deadline);
  if (command.valid()) {
    command.get();
  }
}

void Source::attempt(std::int64_t transactions) {
  workload_->run_until_settled(transactions, write_deadline);
  workload_->hold();
}

Credentials Source::credentials() const {
  Credentials known{{"postgres", run_.engine.superuser_password()}};
  if (!run_.subject.workload.role.empty()) {
    known.emplace(run_.subject.workload.role, application_password_);
  }
  return known;
}

void Source::tell_application(const Credentials& credentials) {
  const auto own = credentials.find(run_.subject.workload.role);
  if (own != credentials.end()) {
    application_password_ = own->second;
  }
}

void Source::serve_tls() {
  tls_key_ = make_tls_key();
  pgrehearse::serve_tls(cluster_, settings_, tls_key_->private_key, tls_key_->certificate);
}

const TlsKey& Source::tls_key() const {
  if (!tls_key_) {
    throw Error{ErrorCode::internal, "this source serves no TLS"};
  }
  return *tls_key_;
}

std::string Source::restore_point(const std::string& label) const {
  return fmt::format("{}/{}/{}", run_.journal.run_id(), cluster_.instance().name(), label);
}

HookContext Source::hook(Cluster& cluster, const std::string& phase) const {
  return run_.hook(record_.scenario, phase, cluster.connection(run_.subject.database));
}

}  // namespace pgrehearse
