// What a report may say about where it was made: sizes and versions, no names.
#pragma once

#include <string>

namespace pgrehearse {

[[nodiscard]] std::string tool_version();
/// "2 cores, 24 GiB, Linux 6.18.44"
[[nodiscard]] std::string host_description();
/// $PGREHEARSE_OPERATOR: who signs for this drill. Empty when not set.
[[nodiscard]] std::string operator_name();
/// "SIGINT" for 2.
[[nodiscard]] std::string signal_name(int number);

}  // namespace pgrehearse
