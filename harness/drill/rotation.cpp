#include "harness/drill/rotation.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/crypto/scram.hpp"
#include "harness/pg/tls.hpp"

namespace pgrehearse {
namespace {

// Settings of a database or a role that came with the backup must not bend these statements.
constexpr std::string_view plain = "SET ROLE NONE; SET search_path = pg_catalog, pg_temp";

Rotation give_new_passwords(Cluster& cluster) {
  Rotation rotation;
  Session session = cluster.connect();
  session.exec(plain);
  session.exec("BEGIN");
  for (const Row& row :
      session.exec("SELECT rolname FROM pg_authid WHERE rolcanlogin OR rolpassword IS NOT NULL")) {
    const Secret password = Secret::random();
    session.exec(fmt::format("ALTER ROLE {} PASSWORD {}", identifier(row[0].value()),
        literal(scram_sha_256_verifier(password))));
    rotation.credentials.emplace(row[0].value(), password);
  }
  session.exec("COMMIT");
  rotation.done = Timestamp::parse(session.value("SELECT clock_timestamp()"));
  return rotation;
}

}  // namespace

std::string sessions_before(Timestamp instant) {
  return fmt::format(
      "pg_catalog.pg_stat_get_activity(NULL) WHERE backend_start <= {} AND pid <> "
      "pg_catalog.pg_backend_pid() AND backend_type IN ('client backend', 'walsender', 'parallel "
      "worker', 'logical replication worker')",
      literal(instant.text()));
}

Rotation rotate_credentials(Cluster& cluster) {
  Rotation rotation = give_new_passwords(cluster);
  cluster = Cluster{cluster.instance(), rotation.credentials.at(cluster.connection().user)};
  Session session = cluster.connect();
  session.exec(plain);
  // One that has gone by itself meanwhile answers "f" too; what counts is who is left.
  rotation.sessions_ended =
      session.exec("SELECT pg_terminate_backend(pid, 30000) FROM " + sessions_before(rotation.done))
          .size();
  if (session.value("SELECT count(*) FROM " + sessions_before(rotation.done)) != "0") {
    throw Error{ErrorCode::timed_out, "a session from before the rotation does not end",
        "Look for it in pg_stat_activity by its backend_start."};
  }
  return rotation;
}

TlsKey rotate_tls_key(Cluster& cluster, ServerSettings& settings) {
  TlsKey fresh = make_tls_key();
  serve_tls(cluster, settings, fresh.private_key, fresh.certificate);
  return fresh;
}

}  // namespace pgrehearse
