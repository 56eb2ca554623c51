// Whether a server lets somebody in: one attempt, and the server's answer as a SQLSTATE.
//
// A Session that cannot be opened tells why in words, and words are no proof: a credential counts
// as refused only when the server says 28P01 or 28000, not when it was down or had no room.
#pragma once

#include <string>

#include "harness/pg/session.hpp"

namespace pgrehearse {

struct LoginAnswer {
  bool accepted = false;
  std::string sqlstate = {};  ///< why not, as the server said it: "28P01"

  /// The credential was no good: class 28, invalid authorization specification.
  [[nodiscard]] bool refused() const { return sqlstate.starts_with("28"); }
  /// It was good, whatever came after: no CONNECT right, no such database, one that is closed.
  [[nodiscard]] bool authenticated() const {
    return accepted || sqlstate == "42501" || sqlstate == "3D000" || sqlstate == "55000";
  }
};

/// Connects and leaves again. Throws Error{connection_lost} when there is no server, or none that
/// answers within the connect timeout; Error{bad_value} without a password, for which the driver
/// would look elsewhere.
[[nodiscard]] LoginAnswer try_login(const ConnectionSpec& spec);

}  // namespace pgrehearse
