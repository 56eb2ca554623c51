#include "harness/drill/foreign_cluster.hpp"

#include <array>

#include <fmt/format.h>

#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

// Recovery ends when one of these is lower than on the server that wrote the WAL.
// https://www.postgresql.org/docs/15/hot-standby.html#HOT-STANDBY-ADMIN
constexpr std::array limits{"max_connections", "max_worker_processes", "max_wal_senders",
    "max_prepared_xacts", "max_locks_per_xact"};

// pg_controldata's words, and the parameter's own name where that is another.
std::string parameter_of(const std::string& limit) {
  return limit == "max_prepared_xacts"   ? "max_prepared_transactions"
         : limit == "max_locks_per_xact" ? "max_locks_per_transaction"
                                         : limit;
}

std::vector<std::string> names_set_in(const std::string& auto_conf) {
  std::vector<std::string> names;
  for (const std::string& line : lines_of(auto_conf)) {
    const std::size_t end = line.find_first_of(" =");
    if (!line.starts_with('#') && end != std::string::npos) {
      names.push_back(line.substr(0, end));
    }
  }
  return names;
}

}  // namespace

std::vector<std::string> adopt_foreign_cluster(Restored& restored) {
  Instance& instance = restored.cluster.instance();
  const std::string data = restored.cluster.data_path() + "/";
  const std::vector<std::string> left_out =
      names_set_in(instance.exec({.argv = {"cat", data + "postgresql.auto.conf"}}).out);
  put_file(instance, data + "postgresql.auto.conf", "");
  put_file(instance, data + "postgresql.conf", settings_include);
  put_file(instance, data + "pg_hba.conf", "local all all trust\nlocal replication all trust\n");
  put_file(instance, data + "pg_ident.conf", "");
  exec_or_throw(instance, {.argv = {"rm", "-f", data + "standby.signal", data + "postmaster.pid"}});

  for (const std::string& line : lines_of(restored.cluster.control_data_text())) {
    for (const char* limit : limits) {
      const std::string label = std::string{limit} + " setting:";
      if (line.starts_with(label)) {
        restored.settings.emplace_back(
            parameter_of(limit), std::string{trimmed(line.substr(label.size()))});
      }
    }
  }
  restored.cluster.write_settings(restored.settings);
  return left_out;
}

}  // namespace pgrehearse
