#include "harness/pg/cluster.hpp"

#include <optional>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {

std::string settings_text(const ServerSettings& settings) {
  std::string text;
  for (const auto& [name, value] : settings) {
    text += name + " = '";
    for (const char letter : value) {
      text += letter == '\'' ? std::string{"''"} : letter == '\\' ? "\\\\" : std::string{letter};
    }
    text += "'\n";
  }
  return text;
}

namespace {

// Nothing where there is no log yet.
std::size_t size_of_log(const Cluster& cluster) {
  try {
    return cluster.log().size();
  } catch (const Error&) {
    return 0;
  }
}

}  // namespace

Cluster::Cluster(Instance& instance, Secret superuser_password, std::string superuser)
    : instance_(&instance),
      password_(std::move(superuser_password)),
      superuser_(std::move(superuser)) {}

std::string Cluster::log_path() const {
  return instance_->path_of(Place::scratch) + "/server.log";
}

void Cluster::write_settings(const ServerSettings& settings) {
  put_file(*instance_, data_path() + "/" + std::string{settings_file}, settings_text(settings));
}

std::string Cluster::start_options() const {
  const Endpoint inside = instance_->listen_inside();
  return fmt::format("-c listen_addresses='{}' -c port={} -c unix_socket_directories='{}'",
      inside.host, inside.port, instance_->path_of(Place::sockets));
}

void Cluster::launch() {
  said_before_ = size_of_log(*this);
  was_seen_ = false;
  const std::string options = start_options();
  exec_or_throw(*instance_,
      {.argv = {"pg_ctl", "start", "-W", "-s", "-D", data_path(), "-l", log_path(), "-o", options}},
      "Look at the server log of this instance in the artifacts.");
}

void Cluster::start(Milliseconds deadline) {
  launch();
  int answered = 0;
  SteadyTime next_look = SteadyTime::now() + Milliseconds{500};
  wait_until(
      "the server to answer two authenticated queries", deadline,
      [&]() -> std::optional<std::string> {
        try {
          Session session = connect();
          answered += session.value("SELECT 1") == "1" ? 1 : 0;
          return answered >= 2 ? std::nullopt : std::optional<std::string>{"one answer so far"};
        } catch (const Error& error) {
          if (SteadyTime::now() >= next_look) {
            next_look = SteadyTime::now() + Milliseconds{500};
            if (has_died()) {
              throw Error{ErrorCode::instance_failed, "the server died while starting",
                  "Read the server log of this instance in the artifacts."};
            }
          }
          return error.message();
        }
      },
      Milliseconds{10});
}

// One that was begun after the postmaster had read them: it reads settings first, then the key.
void Cluster::reload() const {
  constexpr std::string_view loaded = "SELECT pg_catalog.pg_conf_load_time()";
  const std::string before = connect().value(loaded);
  connect().exec("SELECT pg_catalog.pg_reload_conf()");
  wait_until(
      "the server to read its settings anew", Seconds{60},
      [&]() -> std::optional<std::string> {
        return connect().value(loaded) != before ? std::nullopt
                                                 : std::optional<std::string>{"it has not"};
      },
      Milliseconds{5});
}

void Cluster::stop() {
  exec_or_throw(*instance_, {.argv = {"pg_ctl", "stop", "-s", "-m", "fast", "-D", data_path()}});
}

bool Cluster::is_running() {
  // pg_ctl status: 0 running, 3 not running, 4 no data directory.
  return instance_->exec({.argv = {"pg_ctl", "status", "-D", data_path()}}).ok();
}

// A server writes the file by which it is known to run before its first line of the log. So the log
// is asked first: whoever has spoken has had that file.
bool Cluster::has_died() {
  const bool has_been_up = was_seen_ || size_of_log(*this) > said_before_;
  const bool runs = is_running();
  was_seen_ = was_seen_ || runs;
  return has_been_up && !runs;
}

ConnectionSpec Cluster::connection(const std::string& database) const {
  ConnectionSpec spec;
  spec.endpoint = instance_->endpoint();
  spec.database = database;
  spec.user = superuser_;
  spec.password = password_;
  return spec;
}

Session Cluster::connect(const std::string& database) const {
  return Session{connection(database)};
}

std::string Cluster::log() const {
  return get_file(*instance_, log_path());
}

std::string Cluster::control_data_text() {
  return exec_or_throw(
      *instance_, {.argv = {"pg_controldata", "-D", data_path()}, .env = {{"LC_ALL", Secret{"C"}}}})
      .out;
}

}  // namespace pgrehearse
