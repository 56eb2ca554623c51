#include "harness/backup/dump_client.hpp"

#include <utility>

#include <fmt/format.h>

#include "harness/backup/load_failure.hpp"
#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds hours_at_most = std::chrono::hours{4};

}  // namespace

Program dump_client(const Cluster& cluster, std::vector<std::string> argv) {
  Instance& instance = cluster.instance();
  argv.insert(argv.end(), {"--host", instance.path_of(Place::sockets), "--port",
                              fmt::format("{}", instance.listen_inside().port), "--username",
                              cluster.connection().user, "--no-password"});
  return {.argv = std::move(argv),
      .env = {{"PGPASSWORD", cluster.connection().password}, {"LC_ALL", Secret{"C"}}},
      .deadline = hours_at_most};
}

void demand_success(const Completed& completed, const std::string& program) {
  if (!completed.ok()) {
    const std::string cause = load_failure_in(completed.err);
    throw Error{completed.timed_out ? ErrorCode::timed_out : ErrorCode::program_failed,
        fmt::format("{} ended with status {}{}; it wrote {} lines to standard error", program,
            completed.status, cause.empty() ? "" : ": " + cause, lines_of(completed.err).size()),
        "Its words are not repeated, because they may hold values. What does the server log say?"};
  }
}

}  // namespace pgrehearse
