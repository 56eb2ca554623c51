// The server behind a pooler, and who may pass through to it.
#pragma once

#include <string>
#include <vector>

#include "harness/base/secret.hpp"
#include "harness/pg/cluster.hpp"

namespace pgrehearse {

/// A role and the SCRAM verifier that its server keeps. The pooler logs in to the server with what
/// it learns while a client proves that it knows the password; that works only with the server's
/// own verifier, salt and all, and needs no password here.
struct RoleVerifier {
  std::string role;
  Secret verifier;
};

struct Upstream {
  Endpoint endpoint;
  std::string database;
  std::vector<RoleVerifier> roles;
};

/// Reads the verifiers from the server itself, as its superuser: a restored copy has those of its
/// source, a server with rotated passwords its own. Throws Error{bad_config} for a role that has
/// none.
[[nodiscard]] Upstream upstream_of(
    const Cluster& cluster, const std::string& database, const std::vector<std::string>& roles);

}  // namespace pgrehearse
