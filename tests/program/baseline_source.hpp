// Where `pgrehearse baseline` is led in tests.
#pragma once

#include <string>

#include "tests/program/program_run.hpp"
#include "tests/unit/pg/private_server.hpp"

namespace pgrehearse {

/// The variable that names this server and the password to it.
[[nodiscard]] inline Variable source_at(const PrivateServer& server, const std::string& database) {
  const ConnectionSpec spec = server.connection();
  std::string password;
  for (const char letter : spec.password.reveal()) {
    password += letter == '\'' || letter == '\\' ? std::string{'\\', letter} : std::string{letter};
  }
  return {"PGREHEARSE_SOURCE", "host=127.0.0.1 user=postgres dbname=" + database +
                                   " port=" + std::to_string(spec.endpoint.port) + " password='" +
                                   password + "'"};
}

}  // namespace pgrehearse
