// What people are told when a run has ended.
#pragma once

#include <string>

#include "harness/drill/record.hpp"

namespace pgrehearse {

/// JSON with the verdict, its sentence and the red drills by name, of a fixed form:
/// {"tool", "run_id", "verdict", "exit_status", "sentence", "drills": {"met", "missed", "unknown"},
///  "red": [{"case", "verdict", "checks"}]}. Names only: nothing that a server said is in it.
[[nodiscard]] std::string notification_of(const RunRecord& record);

/// The same as one message for a webhook that takes Slack's: {"text", "blocks"}.
[[nodiscard]] std::string slack_message_of(const RunRecord& record);

}  // namespace pgrehearse
