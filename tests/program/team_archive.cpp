#include "tests/program/team_archive.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/pg/session.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {

namespace fs = std::filesystem;

fs::path TeamArchive::home() const {
  return fs::path{server_.data_path()}.parent_path();
}

void TeamArchive::by_owner(std::vector<std::string> argv) const {
  const Completed done = server_.run_as_owner({.argv = argv,
      .env = {{"PGPASSWORD", server_.connection().password}, {"LC_ALL", Secret{"C.UTF-8"}}}});
  ASSERT_TRUE(done.ok()) << joined(argv, " ") << "\n" << done.out << done.err;
}

void TeamArchive::archive_by(const std::string& command) const {
  Session session{server_.connection()};
  session.exec("ALTER SYSTEM SET archive_command = '" + command + "'");
  by_owner({PrivateServer::path_of("pg_ctl"), "restart", "-w", "-s", "-D", server_.data_path(),
      "-l", home() / "log", "-o",
      fmt::format("-c listen_addresses=127.0.0.1 -c archive_mode=on -c fsync=off -c "
                  "unix_socket_directories={} -c port={}",
          home().string(), server_.connection().endpoint.port)});
}

void TeamArchive::await() const {
  Session session{server_.connection()};
  const std::string segment = session.value("SELECT pg_walfile_name(pg_switch_wal())");
  // A failed archive_command is tried again after a minute at the latest.
  wait_until("the archive to have " + segment, Seconds{120}, [&]() -> std::optional<std::string> {
    const bool there = session.value("SELECT coalesce(last_archived_wal >= '" + segment +
                                     "', false) FROM pg_stat_archiver") == "t";
    return there ? std::nullopt : std::optional<std::string>{"it is not there"};
  });
}

void TeamArchive::make_pgbackrest(const std::string& repository, const Secret& passphrase) const {
  const std::string folder = home().string();
  write_file(home() / "pgbackrest.conf",
      fmt::format("[global]\n{1}repo1-cipher-type=aes-256-cbc\nrepo1-cipher-pass={2}\n"
                  "log-path={0}\nlock-path={0}\nspool-path={0}\nlog-level-console=error\n"
                  "log-level-file=off\nstart-fast=y\nrepo1-retention-full=9\n[shop]\n"
                  "pg1-path={3}\npg1-socket-path={0}\npg1-port={4}\npg1-user=postgres\n",
          folder, repository, passphrase.reveal(), server_.data_path(),
          server_.connection().endpoint.port));
  archive_by("pgbackrest --config=" + folder + "/pgbackrest.conf --stanza=shop archive-push %p");
  pgbackrest({"stanza-create"});
}

void TeamArchive::pgbackrest(std::vector<std::string> words) const {
  words.insert(words.begin(),
      {"pgbackrest", "--config=" + (home() / "pgbackrest.conf").string(), "--stanza=shop"});
  by_owner(words);
}

}  // namespace pgrehearse
