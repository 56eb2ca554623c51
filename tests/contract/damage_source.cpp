#include "tests/contract/damage_source.hpp"

#include "harness/engine/make_engine.hpp"
#include "harness/engine/sweep.hpp"

namespace pgrehearse {
namespace {

constexpr const char* contents = R"sql(
  CREATE ROLE clerk LOGIN;
  CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text NOT NULL);
  CREATE INDEX ON visit (note);
  CREATE TABLE picture (id int PRIMARY KEY, bytes bytea);
  CREATE FUNCTION visits() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM visit';
  INSERT INTO visit (note) SELECT 'visitor ' || i FROM generate_series(1, 5000) i;
  INSERT INTO picture SELECT i, decode(repeat(md5(i::text), 40), 'hex') FROM generate_series(1, 300) i;
  SELECT lo_from_bytea(0, decode(repeat('00ff10', 2000), 'hex')))sql";

}  // namespace

DamageSource::DamageSource(const BackupToolConfig& config, bool data_checksums)
    : engine_(make_engine({.engine = "local",
                              .cluster = {.data_checksums = data_checksums,
                                  .settings = std::string{settings_include}}},
          journal_)
                  .engine),
      tool_(make_backup_tool(config, {.archive = "archive", .backups = "backups"})) {
  engine_->create_volume("archive");
  engine_->create_volume("backups");
  instance_ = engine_->create({.name = "source", .volumes = {{"archive"}, {"backups"}}});
  cluster_ = std::make_unique<Cluster>(*instance_, engine_->superuser_password());
  cluster_->write_settings(archive_settings(archive_, *tool_, *instance_));
  cluster_->start();
  cluster_->connect().exec("ALTER SYSTEM SET work_mem = '5MB'");
  cluster_->connect().exec("CREATE DATABASE app");
  cluster_->connect("app").exec(contents);
}

DamageSource::~DamageSource() {
  try {
    cluster_.reset();
    instance_.reset();
    engine_->remove_run();
    engine_.reset();
    static_cast<void>(sweep({.only_run = journal_.run_id()}));
  } catch (const std::exception&) {
    // The host's own look for leftovers tells.
  }
}

std::filesystem::path DamageSource::path_of(const BackupSet& set) const {
  return std::filesystem::path{instance_->path_of_volume("backups")} / set.folder;
}

std::filesystem::path DamageSource::archive_path() const {
  return instance_->path_of_volume("archive");
}

BackupSet DamageSource::take() {
  return tool_->take(*cluster_, {.id = "full-1", .database = "app"});
}

std::string DamageSource::write_a_segment() {
  Session session = cluster_->connect("app");
  session.exec("INSERT INTO visit (note) SELECT 'later ' || i FROM generate_series(1, 2000) i");
  const std::string segment = session.value("SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
  session.exec("SELECT pg_switch_wal()");
  archive_.wait_until_archived(*cluster_, segment, Seconds{60});
  return segment;
}

std::unique_ptr<Instance> DamageSource::new_instance(const std::string& name, bool initialised) {
  return engine_->create({.name = name,
      .initialised = initialised,
      .volumes = {{"archive", true}, {"backups", true}}});
}

Cluster DamageSource::cluster_in(Instance& instance) const {
  return {instance, engine_->superuser_password()};
}

}  // namespace pgrehearse
