// Waiting is a question with a deadline and a description, and gives up at once when the thing has
// died.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/time.hpp"

namespace pgrehearse {

/// Asks `what_is_missing` every `interval` until it answers nothing. It answers what is still
/// missing
/// ("last archived ...06, 2 failures"), or throws when waiting has become pointless.
/// At the deadline throws Error{timed_out}: "gave up after 30 s waiting for <description>:
/// <missing>". Throws Error{interrupted} when a signal asks the run to end.
void wait_until(std::string_view description, Milliseconds deadline,
    const std::function<std::optional<std::string>()>& what_is_missing,
    Milliseconds interval = Milliseconds{20});

}  // namespace pgrehearse
