#include "harness/cli/pushgateway.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/report/metrics.hpp"
#include "harness/traffic/http.hpp"

namespace pgrehearse {
namespace {

constexpr Seconds at_most{10};

}  // namespace

std::string push_address(const std::string& gateway, const RunRecord& record, bool sabotages) {
  if (gateway.find("/metrics/job") != std::string::npos) {
    return gateway;
  }
  std::string address = gateway;
  while (address.ends_with('/')) {
    address.pop_back();
  }
  address += fmt::format("/metrics/job/pgrehearse/verb/{}", sabotages ? "prove" : "run");
  for (const DrillRecord& drill : record.drills) {
    if (!drill.subject.empty()) {
      return address + "/subject/" + drill.subject;
    }
  }
  return address;  // it could not even begin
}

void push_metrics(const std::string& gateway, const RunRecord& record, const RunRequest& request) {
  HttpAnswer answer;
  try {
    answer = ask({.url = push_address(gateway, record, request.sabotages),
        .body = render_prometheus(record),
        .put = true,
        .deadline = at_most,
        .outside = true});
  } catch (const Error&) {
    // Its own words may hold the address.
    throw Error{ErrorCode::connection_lost, "the Pushgateway gave no answer"};
  }
  if (answer.status < 200 || answer.status > 299) {
    throw Error{
        ErrorCode::connection_lost, fmt::format("the Pushgateway answered {}", answer.status)};
  }
}

}  // namespace pgrehearse
