#include "tests/bench/bare_commands.hpp"

#include <functional>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/random.hpp"
#include "harness/base/text.hpp"
#include "harness/check/capture.hpp"
#include "harness/drill/source.hpp"
#include "harness/engine/local_account.hpp"
#include "harness/engine/run_scope.hpp"
#include "harness/pg/recovery_target.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/run.hpp"
#include "harness/process/wait.hpp"
#include "tests/bench/measurement.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr Milliseconds long_work = std::chrono::hours{1};
constexpr std::uintmax_t segment_bytes = 16ULL * 1024 * 1024;
// Of the Unix sockets only, each in a folder of its own: nobody else's port can clash.
constexpr std::string_view port = "5432";
constexpr const char* restore_point = "before-mistake";
constexpr const char* tables[] = {
    "pgbench_accounts", "pgbench_branches", "pgbench_history", "pgbench_tellers"};

}  // namespace

BareCommands::BareCommands(Subject subject)
    : subject_(std::move(subject)),
      programs_(local_programs()),
      account_(local_account()),
      folder_(state_dir().parent_path() / ("pgrehearse-bench-" + random_hex(4))) {
  make_folder_for(folder_, account_);
}

BareCommands::~BareCommands() {
  try {
    const RemovalScope uninterrupted;
    remove();
  } catch (const std::exception&) {
    return;  // the figures are worth more than the exception; the folder's name says whose it is
  }
}

std::vector<BareStep> BareCommands::whole_drill() {
  const std::pair<const char*, std::function<void()>> steps[] = {
      {"initdb, start, createdb, pgbench -i", [this] { start_and_load(); }},
      {"pg_basebackup, pg_verifybackup", [this] { take_backup(); }},
      {"pgbench, digests, restore point, switch", [this] { write_and_mark(); }},
      {"DELETE", [this] { delete_rows(); }},
      {"cp -a, start, replay, promote", [this] { restore(); }},
      {"digests of the restored", [this] { digest_restored(); }},
      {"stop, rm", [this] { remove(); }},
  };
  std::vector<BareStep> taken;
  for (const auto& [title, step] : steps) {
    const SteadyTime begin = SteadyTime::now();
    step();
    taken.push_back({title, seconds_since(begin)});
  }
  return taken;
}

double BareCommands::first_query() {
  const SteadyTime begin = SteadyTime::now();
  initialise("only");
  configure("only", {});
  start("only");
  query("SELECT 1", "postgres");
  return seconds_since(begin);
}

void BareCommands::start_and_load() {
  make_folder_for(path_of("archive"), account_);
  initialise("source");
  ServerSettings settings = server_settings(subject_);
  const std::string archived = (path_of("archive") / "%f").string();
  settings.emplace_back("archive_mode", "on");
  settings.emplace_back("archive_command", fmt::format("test ! -f {0} && cp %p {0}", archived));
  configure("source", settings);
  start("source");
  command({"createdb", subject_.database});
  command(subject_.seed.command.value().argv, long_work);
}

void BareCommands::take_backup() {
  const std::string backup = path_of("backup").string();
  command({"pg_basebackup", "--pgdata", backup, "--checkpoint", "fast", "--wal-method", "stream",
              "--manifest-checksums", "CRC32C"},
      long_work);
  command({"pg_verifybackup", "--quiet", backup}, long_work);
}

void BareCommands::write_and_mark() {
  command(subject_.workload.command.value().argv, long_work);
  digests_at_marker_ = digests();
  query(fmt::format("SELECT pg_create_restore_point('{}')", restore_point), subject_.database);
  query("CREATE TABLE sentinel AS SELECT 1", subject_.database);
  const std::string segment = query("SELECT pg_walfile_name(pg_switch_wal())", subject_.database);
  const fs::path archived = path_of("archive") / segment;
  wait_until("the archived segment", Seconds{60}, [&]() -> std::optional<std::string> {
    std::error_code not_yet;
    return fs::file_size(archived, not_yet) == segment_bytes ? std::nullopt
                                                             : std::optional{segment};
  });
}

void BareCommands::delete_rows() {
  const std::string& table = subject_.accidental_delete.delete_from;
  query("DELETE FROM " + table, subject_.database);
  if (query("SELECT count(*) FROM " + table, subject_.database) != "0") {
    throw Error{ErrorCode::internal, "the DELETE deleted nothing"};
  }
}

void BareCommands::restore() {
  const std::string data = path_of("restored").string();
  command({"cp", "-a", path_of("backup").string(), data}, long_work);
  ServerSettings settings = server_settings(subject_);
  settings.emplace_back("archive_mode", "off");
  settings.emplace_back(
      "restore_command", fmt::format("cp {} %p", (path_of("archive") / "%f").string()));
  for (const auto& setting : recovery_settings(AtName{restore_point}, TimelineId{1})) {
    settings.push_back(setting);
  }
  configure("restored", settings);
  command({"touch", data + "/recovery.signal"});
  start("restored");
  wait_until("the promotion", long_work, [&]() -> std::optional<std::string> {
    return query("SELECT pg_is_in_recovery()", "postgres") == "f" ? std::nullopt
                                                                  : std::optional{"replaying"};
  });
}

void BareCommands::digest_restored() {
  if (digests() != digests_at_marker_) {
    throw Error{ErrorCode::recovery_failed, "the tables did not come back as they were"};
  }
}

void BareCommands::remove() {
  for (const std::string& name : std::exchange(started_, {})) {
    command({"pg_ctl", "stop", "--silent", "--mode=immediate", "--pgdata", path_of(name).string()});
  }
  fs::remove_all(folder_);
}

// A count and a hash of every row, taken twice with two seeds, by one psql a table: what a person
// would write who wants to be as sure as the drill is.
std::string BareCommands::digests() {
  std::string all;
  for (const char* table : tables) {
    all += query(
        fmt::format(
            "{}; SELECT count(*), coalesce(sum(hashtextextended(t::text COLLATE \"C\", 0)), 0), "
            "coalesce(sum(hashtextextended(t::text COLLATE \"C\", 1)), 0) FROM ONLY public.{} t",
            fixed_reading_settings(), table),
        subject_.database);
    all += '\n';
  }
  return all;
}

Completed BareCommands::command(std::vector<std::string> argv, Milliseconds deadline) {
  const std::string path = programs_.folder.string() + ":/usr/local/bin:/usr/bin:/bin";
  return run_or_throw({.argv = std::move(argv),
      .env = {{"PATH", Secret{path}}, {"LC_ALL", Secret{"C"}}, {"PGHOST", Secret{sockets_}},
          {"PGPORT", Secret{std::string{port}}}, {"PGUSER", Secret{"postgres"}},
          {"PGDATABASE", Secret{subject_.database}},
          {"PGREHEARSE_SCALE", Secret{fmt::format("{}", subject_.scale)}}},
      .cwd = folder_,
      .account = account_,
      .deadline = deadline});
}

std::string BareCommands::query(const std::string& sql, const std::string& database) {
  const Completed answer =
      command({"psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql},
          long_work);
  return std::string{trimmed(answer.out)};
}

// Trust is enough: the socket lies in a folder that only the account can enter, and there is no
// port.
void BareCommands::initialise(const std::string& name) {
  command({"initdb", "--pgdata", path_of(name).string(), "--username=postgres", "--auth=trust",
      "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"});
}

void BareCommands::configure(const std::string& name, const ServerSettings& settings) {
  const fs::path sockets = path_of(name + "-sockets");
  make_folder_for(sockets, account_);
  sockets_ = sockets.string();
  ServerSettings all{{"listen_addresses", ""}, {"port", std::string{port}},
      {"unix_socket_directories", sockets_}, {"dynamic_shared_memory_type", "mmap"}};
  all.insert(all.end(), settings.begin(), settings.end());
  write_file(path_of(name) / "postgresql.auto.conf", settings_text(all));
}

void BareCommands::start(const std::string& name) {
  started_.push_back(name);
  command({"pg_ctl", "start", "--silent", "--wait", "--timeout=3600", "--pgdata",
              path_of(name).string(), "--log", path_of(name + ".log").string()},
      long_work);
}

}  // namespace pgrehearse
