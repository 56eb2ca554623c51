// How clients reach a source, and how they are kept from it once another server has taken over.
#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/drill/source.hpp"
#include "harness/engine/local_account.hpp"

namespace pgrehearse {

// The workload's own command connects as the superuser.
std::vector<std::string> Source::roles_of_clients() const {
  const std::string superuser = cluster_.connection().user;
  const std::string& role = run_.subject.workload.role;
  std::vector<std::string> roles{role.empty() ? superuser : role};
  if (run_.subject.workload.command && roles.front() != superuser) {
    roles.push_back(superuser);
  }
  return roles;
}

void Source::start_pooler() {
  if (!run_.subject.traffic.pooled) {
    record_.facts["pooler"] = "none";
    return;
  }
  const std::filesystem::path folder = run_.journal.folder() / run_.next_name("pooler");
  run_.journal.intend("directory", folder.string());
  pooler_ = std::make_unique<Pooler>(
      PoolerSpec{
          .folder = folder, .account = local_account(), .mode = run_.subject.traffic.pool_mode},
      upstream_of(cluster_, run_.subject.database, roles_of_clients()));
  record_.facts["pooler"] =
      fmt::format("{}, pool mode {}", pooler_->version(), name_of(run_.subject.traffic.pool_mode));
}

ConnectionSpec Source::application_past_the_pooler(const Cluster& cluster) const {
  ConnectionSpec spec = cluster.connection(run_.subject.database);
  if (!run_.subject.workload.role.empty()) {
    spec.user = run_.subject.workload.role;
    spec.password = application_password_;
  }
  return spec;
}

ConnectionSpec Source::application(const Cluster& cluster) const {
  ConnectionSpec spec = application_past_the_pooler(cluster);
  if (pooler_ != nullptr) {
    spec.endpoint = pooler_->endpoint();
  }
  return spec;
}

void Source::fence() {
  try {
    ConnectionSpec way = application_past_the_pooler(cluster_);
    way.connect_timeout = Seconds{2};  // a server that is cut off does not even refuse
    const Session open{way};
    answered_ = true;
  } catch (const Error&) {
    answered_ = false;
  }
  try {
    if (cluster_.is_running()) {
      cluster_.stop();
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) {
      throw;
    }
    cluster_.instance().kill_processes();
  }
}

void Source::send_traffic_to(const Cluster& cluster) {
  if (pooler_ != nullptr) {
    pooler_->point_at(upstream_of(cluster, run_.subject.database, roles_of_clients()));
  }
}

}  // namespace pgrehearse
