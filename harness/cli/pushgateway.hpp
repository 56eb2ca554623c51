// The numbers of a run for a Pushgateway of Prometheus, which keeps them until they are scraped.
#pragma once

#include <string>

#include "harness/cli/run_request.hpp"
#include "harness/drill/record.hpp"

namespace pgrehearse {

/// Where the numbers of such a run go below the gateway's address: a group for each subject and
/// each of `run` and `prove`, so that neither takes the other's place. An address that names its
/// own group ("http://gateway:9091/metrics/job/nightly") stays as it is.
/// https://github.com/prometheus/pushgateway, "API".
[[nodiscard]] std::string push_address(
    const std::string& gateway, const RunRecord& record, bool sabotages);

/// In place of what the run before left in that group. Throws Error{connection_lost} without the
/// address, which may hold a password.
void push_metrics(const std::string& gateway, const RunRecord& record, const RunRequest& request);

}  // namespace pgrehearse
