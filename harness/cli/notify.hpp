// Tells others that a run has ended. Nobody hearing it never changes what the run says.
#pragma once

#include "harness/cli/run_request.hpp"
#include "harness/drill/record.hpp"

namespace pgrehearse {

/// Writes the metrics file, keeps the record in the history, pushes the same to the Pushgateway of
/// PGREHEARSE_PUSHGATEWAY_URL, and tells the webhook of PGREHEARSE_WEBHOOK_URL (in the form
/// PGREHEARSE_WEBHOOK_FORM: "generic", or "slack") and the command of PGREHEARSE_NOTIFY_COMMAND
/// (run by sh, the generic message on its standard input), as far as they are set and the request
/// wants it. What fails is warned about on standard error, without the address: it is a secret.
void tell_others(const RunRecord& record, const RunRequest& request) noexcept;

}  // namespace pgrehearse
