#include "harness/cli/explain_defaults.hpp"

#include <fmt/format.h>

#include "harness/base/time.hpp"
#include "harness/drill/subject.hpp"

namespace pgrehearse {
namespace {

constexpr const char* none = "none";

// Each beside the key of its command.
void add_deadlines(std::vector<DefaultValue>& values) {
  const std::string usual = text_of(Command{}.deadline);
  values.insert(values.end(),
      {{"migrate.deadline", usual, "migrate.command"}, {"seed.deadline", usual, "seed.command"},
          {"workload.deadline", usual, "workload.command"},
          {"erasure.deadline", usual, "erasure.command"},
          {"uploads.deadline", usual, "uploads.command"},
          {"stores.vault.deadline", usual, "stores.vault.rotate"},
          {"artifact.deadline", usual, "artifact.decrypt"},
          {"backup.deadline", usual, "backup.take"},
          {"application.deadline", "30s", "application"}});
}

void add_stores(std::vector<DefaultValue>& values) {
  const S3Spec plain;
  values.insert(values.end(), {{"stores.vault", "a folder of the drill's own", ""},
                                  {"stores.vault.s3.prefix", plain.prefix, "stores.vault.s3"},
                                  {"stores.vault.s3.region", plain.region, "stores.vault.s3"},
                                  {"stores.vault.s3.versioned", "false", "stores.vault.s3"},
                                  {"stores.region_a", "a folder of the drill's own", ""},
                                  {"stores.region_a.s3.prefix", plain.prefix, "stores.region_a.s3"},
                                  {"stores.region_a.s3.region", plain.region, "stores.region_a.s3"},
                                  {"stores.region_a.s3.versioned", "false", "stores.region_a.s3"},
                                  {"stores.region_b", "a folder of the drill's own", ""},
                                  {"stores.region_b.s3.prefix", plain.prefix, "stores.region_b.s3"},
                                  {"stores.region_b.s3.region", plain.region, "stores.region_b.s3"},
                                  {"stores.region_b.s3.versioned", "false", "stores.region_b.s3"}});
}

void add_alerts(std::vector<DefaultValue>& values) {
  const AlertThresholds plain;
  values.insert(
      values.end(), {{"alerts.backup_age", text_of(plain.backup_age), ""},
                        {"alerts.base_backup_age", text_of(plain.base_backup_age), ""},
                        {"alerts.wal_age", text_of(plain.wal_age), ""},
                        {"alerts.storage_warning", fmt::to_string(plain.storage_warning), ""},
                        {"alerts.storage_critical", fmt::to_string(plain.storage_critical), ""}});
}

void add_artifact(std::vector<DefaultValue>& values) {
  const ArtifactSpec plain;
  values.insert(values.end(),
      {{"artifact", none, ""}, {"artifact.tool", "by the layout", "artifact"},
          {"artifact.match", plain.match, "artifact"},
          {"artifact.choose", plain.choose, "artifact"}, {"artifact.decrypt", none, "artifact"},
          {"artifact.globals", none, "artifact"}, {"artifact.owners", "keep", "artifact"},
          {"artifact.wal", none, "artifact"},
          {"artifact.target", "latest with WAL, else immediate", "artifact"},
          {"artifact.superuser", plain.superuser, "artifact"},
          {"artifact.baseline", none, "artifact"},
          {"artifact.drift", fmt::to_string(plain.drift), "artifact"}});
}

}  // namespace

std::vector<DefaultValue> default_values() {
  const Subject plain;
  std::vector<DefaultValue> values{{"database", plain.database, ""},
      {"scale", fmt::to_string(plain.scale), ""},
      {"seed_number", fmt::to_string(plain.seed_number), ""},
      {"postgres.version", fmt::to_string(plain.postgres.version), ""},
      {"postgres.image", "the engine's choice", ""}, {"postgres.settings", none, ""},
      {"migrate", none, ""}, {"migrate.format", "dbmate", "migrate.directory"},
      {"migrate.rollback", "the down part of each file", "migrate.directory"}, {"seed", none, ""},
      {"workload.writers", fmt::to_string(plain.workload.writers), ""},
      {"workload.role", "the superuser", ""}, {"workload.sql", none, ""},
      {"workload.command", none, ""}, {"traffic.pooler", none, ""},
      {"traffic.pool_mode", "session", "traffic.pooler"}, {"application", none, ""},
      {"accidental_delete", none, ""}, {"security_breach.table", none, ""}, {"erasure", none, ""},
      {"uploads", none, ""}, {"caches", none, ""}, {"checks", none, ""}, {"leave_out", none, ""}};
  add_stores(values);
  add_alerts(values);
  add_artifact(values);
  values.insert(values.end(),
      {{"runbook", none, ""}, {"runbook.backup", "base-backup", "runbook"}, {"golden", none, ""},
          {"backup.tool", plain.backup.tool, ""}, {"backup.settings", none, ""}});
  add_deadlines(values);
  return values;
}

}  // namespace pgrehearse
