#include "tests/unit/pg/private_server.hpp"

#include <filesystem>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

constexpr const char* programs = "/usr/lib/postgresql/15/bin";
constexpr int most_ports = 5;

// Postgres refuses to run as root.
std::optional<Account> owner() {
  if (geteuid() != 0) {
    return std::nullopt;
  }
  const passwd* const entry = getpwnam("postgres");
  return entry == nullptr ? std::nullopt
                          : std::optional{Account{entry->pw_name, entry->pw_uid, entry->pw_gid}};
}

std::uint16_t free_port() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  const bool bound = bind(listener, plain, size) == 0 && getsockname(listener, plain, &size) == 0;
  close(listener);
  if (!bound) {
    throw Error{ErrorCode::io, "no free port on the loopback", ""};
  }
  return ntohs(address.sin_port);
}

void need(const Completed& completed, const char* what) {
  if (!completed.ok()) {
    throw Error{ErrorCode::program_failed, fmt::format("{} failed: {}", what, completed.err), ""};
  }
}

}  // namespace

std::optional<std::string> PrivateServer::missing() {
  if (!std::filesystem::exists(path_of("initdb")) ||
      !std::filesystem::exists(path_of("pg_waldump"))) {
    return "no PostgreSQL 15 server programs on this host";
  }
  if (geteuid() == 0 && !owner()) {
    return "running as root, and there is no account postgres";
  }
  return std::nullopt;
}

std::string PrivateServer::path_of(const std::string& program) {
  return fmt::format("{}/{}", programs, program);
}

PrivateServer::PrivateServer(Empty /*without data*/) {
  if (const std::optional<Account> account = owner();
      account && chown(folder_.path().c_str(), account->uid, account->gid) != 0) {
    throw Error{ErrorCode::io, "could not hand the private folder to its owner", ""};
  }
}

PrivateServer::PrivateServer() : PrivateServer(Empty{}) {
  initialise();
  start();
}

std::unique_ptr<PrivateServer> PrivateServer::standby_of(const PrivateServer& primary) {
  std::unique_ptr<PrivateServer> standby{new PrivateServer{Empty{}}};
  const ConnectionSpec from = primary.connection();
  need(standby->run_as_owner(
           {.argv = {path_of("pg_basebackup"), "--pgdata", standby->data_path(),
                "--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--host=127.0.0.1",
                "--username=" + from.user, fmt::format("--port={}", from.endpoint.port)},
               .env = {{"PGPASSWORD", from.password}}}),
      "pg_basebackup");
  standby->start();
  return standby;
}

void PrivateServer::initialise() const {
  const std::filesystem::path password_file = folder_.path() / "password";
  write_file(password_file, password_.reveal() + "\n", 0600);
  if (const std::optional<Account> account = owner();
      account && chown(password_file.c_str(), account->uid, account->gid) != 0) {
    throw Error{ErrorCode::io, "could not hand the password to its owner", ""};
  }
  need(run_as_owner(
           {.argv = {path_of("initdb"), "-D", data_path(), "-U", "postgres", "-A", "scram-sha-256",
                "--pwfile", password_file, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"}}),
      "initdb");
}

void PrivateServer::start() {
  Completed started;
  bool taken = true;
  for (int attempt = 0; taken && attempt < most_ports; ++attempt) {
    port_ = free_port();
    started = run_as_owner({.argv = {path_of("pg_ctl"), "start", "-w", "-s", "-D", data_path(),
                                "-l", log_path(), "-o", options()}});
    // Somebody else may have got the port meanwhile: then there is another one.
    taken = !started.ok() && std::filesystem::exists(log_path()) &&
            read_file(log_path()).find("Address already in use") != std::string::npos;
  }
  need(started, "pg_ctl start");
}

std::string PrivateServer::options() const {
  return fmt::format(
      "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories= -c "
      "max_prepared_transactions=2 -c wal_level=replica -c autovacuum=off -c shared_buffers=16MB",
      port_);
}

PrivateServer::~PrivateServer() {
  try {
    static_cast<void>(run_as_owner(
        {.argv = {path_of("pg_ctl"), "stop", "-m", "immediate", "-s", "-D", data_path()}}));
  } catch (const std::exception&) {
    // The folder goes; a server without its folder ends by itself.
  }
}

ConnectionSpec PrivateServer::connection() const {
  ConnectionSpec spec;
  spec.endpoint.port = port_;
  spec.password = password_;
  return spec;
}

Completed PrivateServer::run_as_owner(Program program) const {
  program.account = owner();
  program.cwd = folder_.path();
  return run(program);
}

}  // namespace pgrehearse
