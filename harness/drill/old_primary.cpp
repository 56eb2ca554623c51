#include "harness/drill/old_primary.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds rewinding_takes_at_most = std::chrono::hours{4};

constexpr std::string_view fence_rules =
    "# fenced: another server has taken over\n"
    "local  all  postgres  scram-sha-256\n"
    "local  all  all       reject\n"
    "host   all  all  all  reject\n"
    "host   replication  all  all  reject\n";

}  // namespace

OldPrimary::OldPrimary(Run& run, Source& source, Standby& successor, std::string network)
    : run_(&run),
      source_(&source),
      successor_(&successor),
      network_(std::move(network)),
      name_(name_as_standby(source.cluster().instance().name())) {}

void OldPrimary::fence() {
  put_file(cluster().instance(), cluster().data_path() + "/pg_hba.conf", fence_rules);
}

void OldPrimary::come_back() {
  Instance& instance = cluster().instance();
  if (successor_->link().name.empty()) {
    address_ = instance.neighbours_endpoint();
  } else {
    instance.join(network_);
    address_ = instance.join(successor_->link().name);
  }
  cluster().launch();
  wait_until("the old primary to answer", run_->options.recovery_deadline,
      [&]() -> std::optional<std::string> {
        return answers_inside() ? std::nullopt : std::optional<std::string>{"it does not yet"};
      });
}

bool OldPrimary::answers_inside() const {
  Instance& instance = cluster().instance();
  return instance
      .exec({.argv = {"pg_isready", "-q", "-h", instance.path_of(Place::sockets), "-p",
                 fmt::format("{}", instance.listen_inside().port)}})
      .ok();
}

// The shutdown that stopped it wrote the last record of its WAL.
void OldPrimary::look_back() {
  const Lsn fork = successor_->takeover().fork;
  const TimelineId timeline = successor_->received().set.timeline;
  const ControlData control = control_data_of(cluster().control_data_text());
  const WalOracle oracle = wal_oracle_of(
      cluster().instance().exec(waldump_program({.directory = cluster().data_path() + "/pg_wal",
          .first_segment = wal_file_name(timeline, Lsn{fork.bytes() + 1}),
          .last_segment = wal_file_name(timeline, Lsn{control.checkpoint.bytes() + 1})})),
      control.next_xid);
  if (oracle.reading.last_record < control.checkpoint || oracle.strange_lines > 0) {
    throw Error{ErrorCode::archive_gap,
        fmt::format("the old primary's WAL behind the fork cannot be read to its end: {} {}",
            name_of(oracle.reading.stop), oracle.reading.segment),
        "Without it nobody can say which commits its rewind gives up."};
  }
  for (const WalCommit& commit : oracle.commits) {
    if (commit.lsn >= fork) {
      diverged_.push_back(commit);
    }
  }
  looked_back_ = true;
}

// pg_rewind believes the successor's control file, which names the new timeline only after the
// first checkpoint there (mended in Postgres 16).
void OldPrimary::rewind() {
  cluster().stop();
  look_back();
  Cluster& successor = successor_->server().cluster;
  successor.connect().exec("CHECKPOINT");
  const Endpoint& there = successor_->link().successor;
  exec_or_throw(cluster().instance(),
      {.argv = {"pg_rewind", "--target-pgdata", cluster().data_path(), "--source-server",
           fmt::format("host={} port={} user=postgres dbname=postgres", there.host, there.port)},
          .env = {{"PGPASSWORD", run_->engine.superuser_password()}, {"LC_ALL", Secret{"C"}}},
          .deadline = rewinding_takes_at_most},
      "It needs data checksums or wal_log_hints, and all WAL since the fork on both servers.");
}

void OldPrimary::follow() {
  if (cluster().is_running()) {
    cluster().stop();
  }
  Session there = successor_->server().cluster.connect();
  there.exec(fmt::format("SELECT pg_create_physical_replication_slot({}, true)", literal(name_)));
  make_standby(cluster(), run_->subject, successor_->link().successor,
      run_->engine.superuser_password(), name_);
  try {
    cluster().start(Seconds{20});
    trouble_.clear();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) {
      throw;
    }
    trouble_ = error.message();
  }
}

}  // namespace pgrehearse
