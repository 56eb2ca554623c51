// Output of a real PostgreSQL 15, kept in tests/unit/pg/data.
#pragma once

#include <string>
#include <string_view>

#include "harness/base/files.hpp"
#include "harness/process/program.hpp"

namespace pgrehearse {

inline std::string captured(std::string_view name) {
  return read_file(std::string{PGREHEARSE_SOURCE_DIR} + "/tests/unit/pg/data/" + std::string{name});
}

/// A pg_waldump run that ended well.
inline Completed dump_of(std::string out) {
  return Completed{.status = 0, .out = std::move(out)};
}
/// One that stopped early, with its last words.
inline Completed broken_dump(std::string message, std::string out = {}) {
  return Completed{
      .status = 1, .out = std::move(out), .err = "pg_waldump: error: " + std::move(message) + "\n"};
}

}  // namespace pgrehearse
