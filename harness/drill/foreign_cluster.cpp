#include "harness/drill/foreign_cluster.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/drill/reaching_out.hpp"

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

}  // namespace

std::vector<std::string> adopt_foreign_cluster(Restored& restored) {
  Instance& instance = restored.cluster.instance();
  const std::string data = restored.cluster.data_path() + "/";
  std::vector<std::string> left_out;
  for (const char* conf : {"postgresql.conf", "postgresql.auto.conf"}) {  // none: nothing to read
    for (std::string& name : settings_in(instance.exec({.argv = {"cat", data + conf}}).out)) {
      left_out.push_back(std::move(name));
    }
  }
  std::sort(left_out.begin(), left_out.end());
  left_out.erase(std::unique(left_out.begin(), left_out.end()), left_out.end());
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
