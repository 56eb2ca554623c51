#include "harness/cli/tool_trials.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/cli/exit_status.hpp"
#include "harness/cli/side_by_side.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/report/kill_score.hpp"

namespace pgrehearse {
namespace {

int worse(int left, int right) {
  constexpr std::array order{
      exit_met, exit_not_proven, exit_missed, exit_refused, exit_usage, exit_leftovers};
  const auto rank = [&](int status) {
    return std::find(order.begin(), order.end(), status) - order.begin();  // signals come last
  };
  return rank(left) < rank(right) ? right : left;
}

}  // namespace

int prove_tools(const std::vector<RunRequest>& requests) {
  start_googletest(requests.front());
  KillScore all;
  std::string table;
  int status = exit_met;
  for (const RunRequest& request : requests) {
    fmt::print("== {}\n", request.tool);
    const RunRecord record = run_cases(request);
    const KillScore score = kill_score_of(record);
    table += fmt::format("  {:<14} {} killed, {} survived, {} unknown, {} not applicable\n",
        request.tool, score.killed, score.survived, score.unknown, score.not_applicable);
    all += score;
    status = worse(status, record.exit_status);
    if (interrupted_by()) {
      break;
    }
  }
  fmt::print("\n== all tools\n{}{}", table, text_of(all));
  return status;
}

}  // namespace pgrehearse
