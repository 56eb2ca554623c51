#include "harness/drill/standby.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/drill/archived_wal.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds copying_takes_at_most = std::chrono::hours{4};

Link join_both(Run& run, Instance& primary, Instance& standby) {
  if (!run.engine.properties().separates_networks) {
    return {.primary = primary.neighbours_endpoint(), .successor = standby.neighbours_endpoint()};
  }
  Link link{.name = run.next_name("link")};
  run.engine.create_link(link.name);
  link.primary = primary.join(link.name);
  link.successor = standby.join(link.name);
  return link;
}

}  // namespace

std::string name_as_standby(std::string instance) {
  std::replace(instance.begin(), instance.end(), '-', '_');
  return instance;
}

std::string write_password_file(Instance& instance, const Secret& password) {
  std::string path = instance.path_of(Place::scratch) + "/replication.pgpass";
  put_file(instance, path, fmt::format("*:*:*:postgres:{}\n", password.reveal()));
  return path;
}

// WAL is kept for who comes back: a standby that takes over has no slot for its old primary.
void make_standby(Cluster& cluster, const Subject& subject, const Endpoint& primary,
    const Secret& password, const std::string& name) {
  ServerSettings settings = server_settings(subject);
  settings.emplace_back("archive_mode", "off");
  settings.emplace_back("wal_keep_size", "1GB");
  settings.emplace_back("primary_slot_name", name);
  settings.emplace_back("primary_conninfo",
      fmt::format("host={} port={} user=postgres application_name={} passfile={}", primary.host,
          primary.port, name, write_password_file(cluster.instance(), password)));
  cluster.write_settings(settings);
  put_file(cluster.instance(), cluster.data_path() + "/standby.signal", "");
}

Standby::Standby(Run& run, Source& source, Instance& instance, Replication replication)
    : name_(name_as_standby(instance.name())),
      link_(join_both(run, source.cluster().instance(), instance)),
      server_{.cluster = Cluster{instance, run.engine.superuser_password()},
          .target = Latest{},
          .trouble = "it is a standby"} {
  copy(source.cluster());
  const ControlData control = control_data_of(server_.cluster.control_data_text());
  copied_from_ = control.redo;
  received_.set.timeline = control.timeline;
  system_identifier_ = control.system_identifier;
  make_standby(server_.cluster, run.subject, link_.primary, run.engine.superuser_password(), name_);
  server_.cluster.start();
  if (replication == Replication::synchronous) {
    be_waited_for(source);
  }
}

// The server itself flushes a copied data directory when it first starts.
void Standby::copy(const Cluster& primary) {
  exec_or_throw(server_.cluster.instance(),
      {.argv = {"pg_basebackup", "--pgdata", server_.cluster.data_path(), "--host",
           link_.primary.host, "--port", fmt::format("{}", link_.primary.port), "--username",
           "postgres", "--no-password", "--checkpoint", "fast", "--wal-method", "stream",
           "--create-slot", "--slot", name_, "--no-sync"},
          .env = {{"PGPASSWORD", primary.connection().password}, {"LC_ALL", Secret{"C"}}},
          .deadline = copying_takes_at_most},
      "Does pg_hba.conf let replication in from the other region?");
}

void Standby::be_waited_for(Source& source) const {
  Session session = source.cluster().connect();
  session.exec("ALTER SYSTEM SET synchronous_standby_names = " + literal(identifier(name_)));
  session.exec("SELECT pg_reload_conf()");
  wait_until(
      "the primary to wait for its standby", Seconds{60}, [&]() -> std::optional<std::string> {
        const Rows rows =
            session.exec("SELECT sync_state FROM pg_stat_replication WHERE application_name = " +
                         literal(name_));
        if (!rows.empty() && rows.front().front() == "sync") {
          return std::nullopt;
        }
        return rows.empty() ? "it is not connected" : "it is " + rows.front().front().value_or("");
      });
}

void Standby::wait_for_replay(Milliseconds patience) {
  Session session = server_.cluster.connect();
  const auto what_is_missing = [&]() -> std::optional<std::string> {
    const Row row = session
                        .exec(
                            "SELECT pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn(), "
                            "(SELECT count(*) FROM pg_stat_wal_receiver WHERE status = "
                            "'streaming')")
                        .front();
    takeover_.received = Lsn::parse(row[0].value_or("0/0"));
    takeover_.replayed = Lsn::parse(row[1].value_or("0/0"));
    if (row[2] != "0") {
      return "it still receives";
    }
    takeover_.nothing_whole_left =
        takeover_.replayed >= takeover_.received || !holds_a_whole_record_at(takeover_.replayed);
    return takeover_.nothing_whole_left
               ? std::nullopt
               : std::optional{fmt::format("{} received, {} replayed", takeover_.received.text(),
                     takeover_.replayed.text())};
  };
  try {
    wait_until(
        "the standby to replay all that it received", patience, what_is_missing, Milliseconds{50});
  } catch (const Error& error) {
    if (error.code() != ErrorCode::timed_out) {
      throw;
    }
    // A runbook that does not look promotes now; the question asked afterwards is red.
  }
}

bool Standby::holds_a_whole_record_at(Lsn lsn) const {
  const WalOracle rest = wal_oracle_of(
      server_.cluster.instance().exec(
          waldump_program({.directory = server_.cluster.data_path() + "/pg_wal",
              .first_segment = wal_file_name(received_.set.timeline, Lsn{lsn.bytes() + 1}),
              .last_segment = wal_file_name(received_.set.timeline, takeover_.received),
              .start = lsn})),
      Xid{});
  return rest.reading.last_record.bytes() != 0 || rest.reading.stop == WalStop::unreadable;
}

// A promotion ends a replay that is paused, and removes what was received and not replayed: both
// are looked at before.
void Standby::promote(Milliseconds patience) {
  wait_for_replay(patience);
  if (!takeover_.nothing_whole_left) {
    read_received(takeover_.received);
  }
  Session session = server_.cluster.connect();
  takeover_.promoted = session.value("SELECT pg_promote(true, 60)") == "t" &&
                       session.value("SELECT pg_is_in_recovery()") == "f";
  server_.serving = takeover_.promoted;
  server_.trouble = takeover_.promoted ? "" : "it did not end its recovery within 60 s";
  server_.ending = recovery_ending_of(server_.cluster.log());
  server_.control = control_data_of(server_.cluster.control_data_text());
  if (takeover_.promoted) {
    read_fork();
  }
  if (takeover_.nothing_whole_left) {
    read_received(takeover_.replayed);
  }
}

void Standby::read_fork() {
  const auto timeline = static_cast<std::uint32_t>(received_.set.timeline) + 1;
  std::istringstream history{get_file(server_.cluster.instance(),
      fmt::format("{}/pg_wal/{:08X}.history", server_.cluster.data_path(), timeline))};
  std::string parent;
  std::string lsn;
  while (history >> parent >> lsn) {
    takeover_.fork = Lsn::parse(lsn);
    std::getline(history, parent);
  }
}

void Standby::read_received(Lsn end) {
  received_.last_segment = wal_file_name(received_.set.timeline, end);
  const WalOracle oracle = wal_oracle_of(
      server_.cluster.instance().exec(
          waldump_program({.directory = server_.cluster.data_path() + "/pg_wal",
              .first_segment = wal_file_name(received_.set.timeline, Lsn{copied_from_.bytes() + 1}),
              .last_segment = received_.last_segment,
              .start = copied_from_,
              .end = end})),
      control_data_of(server_.cluster.control_data_text()).next_xid);
  if (takeover_.nothing_whole_left) {
    demand_whole(oracle.reading, oracle.strange_lines);  // else its end may lie inside of a record
  }
  for (const WalCommit& commit : oracle.commits) {
    received_.commits.push_back(commit.xid);
    received_.last_commit = commit.lsn;
  }
}

}  // namespace pgrehearse
