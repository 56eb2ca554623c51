#include "harness/pg/tls.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view key_file = "server.key";
constexpr std::string_view certificate_file = "server.crt";

}  // namespace

void add_tls_settings(ServerSettings& settings) {
  const ServerSettings wanted{{"ssl", "on"}, {"ssl_key_file", std::string{key_file}},
      {"ssl_cert_file", std::string{certificate_file}}};
  for (const auto& setting : wanted) {
    if (std::find(settings.begin(), settings.end(), setting) == settings.end()) {
      settings.push_back(setting);
    }
  }
}

void serve_tls(Cluster& cluster, ServerSettings& settings, const Secret& private_key,
    const std::string& certificate) {
  const std::string folder = cluster.data_path() + "/";
  put_file(cluster.instance(), folder + std::string{key_file}, private_key.reveal());
  put_file(cluster.instance(), folder + std::string{certificate_file}, certificate);
  add_tls_settings(settings);
  cluster.write_settings(settings);
  cluster.reload();
}

std::string served_certificate(const Cluster& cluster) {
  Instance& instance = cluster.instance();
  return exec_or_throw(instance,
      {.argv = {instance.path_of(Place::agent), "served-certificate",
           fmt::format("{}", instance.listen_inside().port)}},
      "Does the server listen on the loopback of its instance?")
      .out;
}

bool client_accepts(const Cluster& cluster, const std::string& certificate) {
  Instance& instance = cluster.instance();
  const std::string trusted = instance.path_of(Place::scratch) + "/trusted.crt";
  put_file(instance, trusted, certificate);
  const ConnectionSpec spec = cluster.connection();
  const std::string target = fmt::format(
      "host=127.0.0.1 hostaddr=127.0.0.1 port={} dbname={} user={} sslmode=verify-full "
      "sslrootcert='{}' gssencmode=disable connect_timeout=5",
      instance.listen_inside().port, spec.database, spec.user, trusted);
  const Completed asked = instance.exec(
      {.argv = {"psql", "--no-psqlrc", "--no-password", "--tuples-only", "--no-align", "--dbname",
           target, "--command",
           "SELECT ssl FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid())"},
          .env = {{"PGPASSWORD", spec.password}, {"LC_ALL", Secret{"C"}}}});
  if (asked.ok() && trimmed(asked.out) == "t") {
    return true;
  }
  // The driver's words are not shown: they name hosts and roles.
  if (asked.err.find("certificate verify failed") == std::string::npos) {
    throw Error{ErrorCode::connection_lost,
        "a client that verifies the server's certificate got no answer",
        "Does the server serve TLS, and is the certificate good for 127.0.0.1 and for now?"};
  }
  return false;
}

}  // namespace pgrehearse
