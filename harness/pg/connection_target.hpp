// Where a connection string would lead, before anybody follows it: with everything that libpq would
// add to it by itself.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/pg/session.hpp"

namespace pgrehearse {

/// A word of the target, and where it stands: {"host", "db1.example.org"}. Passwords are none.
struct TargetWord {
  std::string keyword;
  std::string value;
};

struct ConnectionTarget {
  std::vector<TargetWord> words = {};   ///< all that is set and no secret
  std::vector<std::string> hosts = {};  ///< names and addresses, also two of one server
  /// That libpq would try in turn: the elements of hostaddr, where it is set, else of host. A host
  /// beside a hostaddr is only a name.
  /// https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS
  std::size_t servers = 1;
  ConnectionSpec connection = {};  ///< to the first host
  bool password_in_text = false;   ///< and not from the environment or a password file
};

/// Reads a connection string or URI as libpq does, and fills in PGHOST, PGSERVICE and the like, and
/// what the service file says. Nothing is sent anywhere. Throws Error{bad_value} without the text,
/// which may hold a password.
[[nodiscard]] ConnectionTarget connection_target(const std::string& conninfo);

}  // namespace pgrehearse
