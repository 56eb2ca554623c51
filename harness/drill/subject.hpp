// What is drilled: one database with its migrations, seed, workload, checks and objectives, as one
// drill.yaml describes it. Scenarios know no table names; they ask the subject.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/drill/alerts.hpp"
#include "harness/pg/recovery_target.hpp"
#include "harness/store/s3_location.hpp"
#include "harness/traffic/pgbouncer.hpp"

namespace pgrehearse {

/// A team's own program. argv form, or a text run by `/bin/sh -c`. Runs on this host in the folder
/// of drill.yaml, in a process group of its own, with the environment of docs/drill-yaml.md.
struct Command {
  std::vector<std::string> argv;
  Milliseconds deadline = Milliseconds{600'000};
};

/// SQL statements or a command: exactly one of the two is given.
struct SqlOrCommand {
  std::vector<std::string> sql = {};              ///< texts, in order
  std::vector<std::filesystem::path> files = {};  ///< SQL files, in order, after `sql`
  std::optional<Command> command = {};
};

/// How a folder of SQL migrations is laid out (see migration_files.hpp).
enum class MigrationFormat { dbmate, plain, flyway, prisma, diesel };

struct MigrateSpec {
  std::filesystem::path directory = {};  ///< or one SQL file with the whole schema
  MigrationFormat format = MigrationFormat::dbmate;
  std::optional<Command> command = {};  ///< instead of a directory; must be a no-op the second time
  /// Of a gate: takes the new migrations back. Without it, what the folder's format has for that.
  std::optional<Command> rollback = {};
};

struct WorkloadSpec {
  int writers = 4;
  std::string role = {};  ///< the application's role; empty: the superuser
  std::vector<std::string> sql =
      {};  ///< statements of one transaction; $writer$ and $seq$ are replaced
  std::optional<Command> command = {};  ///< runs beside the writers
};

/// What the application does when somebody's data must go, and what shows that it has gone.
struct ErasureSpec {
  SqlOrCommand erase = {};
  std::string remaining = {};  ///< SQL: counts what is not erased; 0 afterwards
};

/// Files that the application keeps beside its database.
struct UploadsSpec {
  std::string listed = {};   ///< SQL: name and SHA-256 (hexadecimal) of every file there must be
  std::string content = {};  ///< SQL: name and text of every file that the seed brings
  std::optional<Command> command = {};  ///< instead of `content`: brings them into a folder
};

/// A place of the team's in an object store that speaks S3. The drill works below a prefix of its
/// own there. Credentials are in variables of the environment, never here.
struct S3Spec {
  std::string endpoint;
  std::string bucket;
  std::string prefix = "pgrehearse";
  std::string region = "us-east-1";
  std::filesystem::path ca_file = {};  ///< empty: the certificates this host trusts
  std::string key_id_env;
  std::string secret_env;
  bool versioned = false;  ///< the bucket keeps versions: they are removed as well
};

/// Where a drill keeps backups: a folder of its own, unless a store is named.
struct StoreSpec {
  std::optional<S3Spec> s3 = {};
  /// Prints key id and secret of a new pair, and revokes the one it is told.
  std::optional<Command> rotate = {};
};

struct StoresSpec {
  StoreSpec vault = {};     ///< of a security breach
  StoreSpec region_a = {};  ///< of a regional outage: lost with its region
  StoreSpec region_b = {};
};

/// A cache beside the database. It is ephemeral: no backup of it is ever restored.
struct CacheSpec {
  std::string name;                    ///< kebab-case
  std::optional<Command> server = {};  ///< listens on $PORT; empty: the cache is up already
  Command rebuild = {};                ///< fills it with what the given database holds
  Command check = {};                  ///< 0: it agrees with the given database; 1: it does not
};

/// What an intruder touches.
struct BreachSpec {
  std::string table = {};  ///< protected: the workload never changes it
};

/// What stands between the clients and the server. A recovery ends when traffic has been switched.
struct TrafficSpec {
  bool pooled = false;  ///< through a PgBouncer; else clients connect to the server itself
  PoolMode pool_mode = PoolMode::session;
};

/// The team's own application, started on the restored database once traffic leads there. Pages are
/// paths on 127.0.0.1; an empty one is not asked.
struct ApplicationSpec {
  Command command;          ///< listens on $PORT; the deadline is for its getting ready
  std::string ready;        ///< 200 when it can serve
  std::string health = {};  ///< 200 when it lives
  std::string backup = {};  ///< 200 when no backup is too old
  std::string write = {};   ///< takes `body`, and answers 2xx when that has been committed
  std::string read = {};    ///< shows what was written
  std::string body = {};    ///< of the write; $token$ is replaced, here and in the two paths
  /// Where the ready page's JSON says that migrations are current ("database.migrations_current").
  std::string migrations_current = {};
};

/// What the five ways of losing data by accident hit.
struct AccidentSpec {
  std::string delete_from = {};  ///< table: DELETE without WHERE
  std::string copy_back = {};    ///< table whose deleted rows are copied back beside later commits
  std::string drop_table = {};   ///< table: DROP TABLE ... CASCADE
  std::string truncate = {};     ///< table: TRUNCATE ... CASCADE
  std::vector<std::string> bad_migration =
      {};                                ///< SQL that drops a column and back-fills it wrongly
  std::string bad_migration_table = {};  ///< the table it damages
  std::string drop_schema = {};          ///< schema: DROP SCHEMA ... CASCADE
};

struct CheckSpec {
  std::string id;      ///< kebab-case
  std::string sql;     ///< one statement that gives one value
  std::string expect;  ///< "true", "= 3", "> 0", ">= baseline", "= baseline"
};

struct Objectives {
  std::optional<Milliseconds> rpo = {};
  std::optional<Milliseconds> rto = {};
};

struct BackupSpec {
  std::string tool = "pg_basebackup";
  std::map<std::string, std::string> settings = {};  ///< tool's own: "checkpoint": "fast"
  bool physical = true;                              ///< of the tool command, as all that follows
  std::optional<Command> take = {};
  std::optional<Command> restore = {};
  std::optional<Command> list = {};
  std::optional<Command> verify = {};
  std::string archive = {};  ///< archive_command; empty: segments are pushed into a folder
};

/// A backup that the team already has, of a database that the drill never sees.
struct ArtifactSpec {
  /// A file or folder, or a folder of them. This, globals and wal may be "s3://bucket/key".
  std::filesystem::path path = {};
  S3Access access = {};                 ///< of what is in a bucket
  std::string tool = {};                ///< a repository: "pgbackrest", "barman"; empty: see there
  std::string section = {};             ///< of a repository: pgBackRest's stanza, Barman's server
  std::string passphrase_env = {};      ///< of a repository: the variable with its passphrase
  std::string match = "*";              ///< the names that count in such a folder
  std::string choose = "latest";        ///< as chosen_of() reads it
  std::optional<Command> decrypt = {};  ///< from standard input to standard output
  std::filesystem::path globals = {};   ///< of pg_dumpall --globals-only
  bool owners = true;                   ///< dumps: with owners and grants
  std::filesystem::path wal = {};       ///< base backups: the archive
  RecoveryTarget target = Immediate{};
  std::string superuser = "postgres";   ///< base backups: the cluster's own
  std::filesystem::path baseline = {};  ///< empty: what should be there nobody knows
  int drift = 0;                        ///< percent of rows
};

/// The team's own runbook, whose marked blocks a drill runs.
struct RunbookSpec {
  std::filesystem::path path = {};  ///< a Markdown file
  bool loads_a_dump = false;        ///< into a server that runs; else it recovers a base backup
};

/// Backups of released versions, which later versions must still bring back.
struct GoldenSpec {
  std::filesystem::path path = {};  ///< a folder with one for each release
};

struct PostgresSpec {
  int version = 15;
  std::string image = {};                            ///< container engines; empty: the default
  std::map<std::string, std::string> settings = {};  ///< postgresql.conf parameters of the source
};

struct Subject {
  std::string name;                   ///< [a-z0-9-]+
  std::filesystem::path folder = {};  ///< where drill.yaml lies; relative paths start here
  std::string database = "app";
  PostgresSpec postgres = {};
  MigrateSpec migrate = {};
  SqlOrCommand seed = {};
  int scale = 1;                 ///< given to the seed as :scale / PGREHEARSE_SCALE
  std::int64_t seed_number = 1;  ///< given to the seed as :seed / PGREHEARSE_SEED
  WorkloadSpec workload = {};
  TrafficSpec traffic = {};
  std::optional<ApplicationSpec> application = {};
  AccidentSpec accidental_delete = {};
  BreachSpec security_breach = {};
  std::optional<ErasureSpec> erasure = {};
  std::optional<UploadsSpec> uploads = {};
  StoresSpec stores = {};
  std::vector<CacheSpec> caches = {};
  std::vector<CheckSpec> checks = {};
  std::map<std::string, Objectives> objectives = {};  ///< by scenario name
  AlertThresholds alerts = {};
  BackupSpec backup = {};
  std::optional<ArtifactSpec> artifact = {};
  std::optional<RunbookSpec> runbook = {};
  std::optional<GoldenSpec> golden = {};
  /// Cases ("AccidentalDelete.ADroppedSchemaComesBack", "SecurityBreach.*") that do not apply to
  /// this database, with the reason. Known only to the program that has the cases.
  std::map<std::string, std::string> leave_out = {};
  std::set<std::string> stated =
      {};  ///< keys the file gives: "scale", "workload.writers"; the rest are defaults
};

/// Reads and validates drill.yaml against the shipped JSON Schema. Throws Error{bad_config} whose
/// place is file:line and whose hint names the nearest known key. Secrets are never written in the
/// file: a value that looks like one (a DSN with a password, a key `password`) is refused.
[[nodiscard]] Subject load_subject(const std::filesystem::path& drill_yaml);
/// The JSON Schema of drill.yaml, as shipped (reports/schema/drill.schema.json).
[[nodiscard]] std::string drill_schema();

}  // namespace pgrehearse
