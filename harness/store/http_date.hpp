// "Sat, 21 Nov 2026 03:09:28 GMT", the form of dates in HTTP headers (RFC 9110, 5.6.7).
#pragma once

#include <string>

#include "harness/base/time.hpp"

namespace pgrehearse {

/// The epoch for a text that is not such a date: a header of a foreign server proves nothing, so it
/// is no reason to fail either.
[[nodiscard]] Timestamp instant_of_http(const std::string& text);

}  // namespace pgrehearse
