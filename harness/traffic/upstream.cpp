#include "harness/traffic/upstream.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"

namespace pgrehearse {

Upstream upstream_of(
    const Cluster& cluster, const std::string& database, const std::vector<std::string>& roles) {
  Upstream upstream{.endpoint = cluster.instance().endpoint(), .database = database, .roles = {}};
  Session session = cluster.connect(database);
  for (const std::string& role : roles) {
    const Rows found = session.exec(
        "SELECT rolpassword FROM pg_catalog.pg_authid WHERE rolname = " + literal(role) +
        " AND rolpassword LIKE 'SCRAM-SHA-256$%'");
    if (found.empty()) {
      throw Error{ErrorCode::bad_config,
          fmt::format("role '{}' has no SCRAM verifier, so no pooler can let it through", role),
          "Does the role exist, and is password_encryption scram-sha-256?"};
    }
    upstream.roles.push_back({role, Secret{*found.front().front()}});
  }
  return upstream;
}

}  // namespace pgrehearse
