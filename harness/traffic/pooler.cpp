#include "harness/traffic/pooler.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/crypto/scram.hpp"
#include "harness/engine/local_account.hpp"
#include "harness/process/free_port.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr int most_ports = 5;
constexpr Milliseconds start_deadline{60'000};

std::uint16_t port_in(const std::string& digits) {
  std::uint16_t port = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return port;
}

}  // namespace

Pooler::Pooler(PoolerSpec spec, const Upstream& upstream)
    : spec_(std::move(spec)),
      database_(upstream.database),
      verifier_(scram_sha_256_verifier(password_)) {
  static_cast<void>(pgbouncer_program());
  make_folder_for(spec_.folder, spec_.account);
  try {
    for (int attempt = 1; program_ == nullptr; ++attempt) {
      port_ = port_from_the_system();
      write_files(upstream);
      if (!start() && attempt == most_ports) {
        throw Error{ErrorCode::instance_failed, "pgbouncer found every port taken",
            "Does something on this host take ports as quickly as they are given?"};
      }
    }
    version_ = console().tell("SHOW VERSION").at(0).at(0);
  } catch (const std::exception&) {
    program_.reset();
    std::error_code ignored;
    fs::remove_all(spec_.folder, ignored);
    throw;
  }
}

Pooler::~Pooler() {
  program_.reset();
  std::error_code
      ignored;  // the folder lies in the run's own, which is looked at when the run ends
  fs::remove_all(spec_.folder, ignored);
}

void Pooler::write_files(const Upstream& upstream) const {
  const fs::path users = spec_.folder / "users.txt";
  write_file_for(users, pgbouncer_users(upstream, verifier_).reveal(), spec_.account);
  write_file_for(spec_.folder / "pgbouncer.ini",
      pgbouncer_ini({.port = port_, .mode = spec_.mode, .users = users}, upstream), spec_.account);
}

bool Pooler::start() {
  program_ = std::make_unique<Background>(
      Program{.argv = {pgbouncer_program().string(), (spec_.folder / "pgbouncer.ini").string()},
          .cwd = spec_.folder,
          .account = spec_.account},
      spec_.folder / "log");
  try {
    wait_until("pgbouncer to answer", start_deadline, [&]() -> std::optional<std::string> {
      if (program_->ended().has_value()) {
        throw Error{ErrorCode::instance_failed,
            fmt::format("pgbouncer ended while it started: {}", last_words()),
            "May the account that it runs as read its folder?"};
      }
      try {
        console().tell("SHOW VERSION");
        return std::nullopt;
      } catch (const Error& error) {
        return error.message();
      }
    });
  } catch (const Error& error) {
    const bool taken = error.message().find("Address already in use") != std::string::npos ||
                       error.message().find("cannot listen") != std::string::npos;
    program_.reset();
    if (!taken) {
      throw;
    }
    return false;
  }
  return true;
}

// Its own words: names of settings and addresses, no secret.
std::string Pooler::last_words() const {
  const std::vector<std::string> lines = lines_of(read_file(spec_.folder / "log"));
  return lines.empty() ? "it said nothing" : lines.back();
}

void Pooler::point_at(const Upstream& upstream) {
  if (upstream.database != database_) {
    throw Error{ErrorCode::internal, "a pooler stays with one database"};
  }
  write_files(upstream);
  Console commands = console();
  commands.tell("KILL " + database_);
  commands.tell("RELOAD");
  if (const Endpoint now = leads_to();
      now.port != upstream.endpoint.port || now.host != upstream.endpoint.host) {
    throw Error{ErrorCode::instance_failed, "pgbouncer did not take its new place",
        fmt::format("The end of its log: {}", last_words())};
  }
  commands.tell("RESUME " + database_);
}

// SHOW DATABASES: name, host, port, ...
Endpoint Pooler::leads_to() {
  for (const ConsoleRow& row : console().tell("SHOW DATABASES")) {
    if (row.at(0) == database_) {
      return {.host = row.at(1), .port = port_in(row.at(2))};
    }
  }
  throw Error{ErrorCode::instance_failed, "pgbouncer does not know its database",
      fmt::format("The end of its log: {}", last_words())};
}

// SHOW SERVERS: type, user, database, state, addr, port, ...
std::vector<Endpoint> Pooler::open_connections() {
  std::vector<Endpoint> found;
  for (const ConsoleRow& row : console().tell("SHOW SERVERS")) {
    found.push_back({.host = row.at(4), .port = port_in(row.at(5))});
  }
  return found;
}

}  // namespace pgrehearse
