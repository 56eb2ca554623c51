// Output of a real PostgreSQL 15, kept in tests/unit/pg/data.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "harness/base/files.hpp"
#include "harness/process/program.hpp"

namespace pgrehearse {

inline std::string captured(std::string_view name) {
  return read_file(std::string{PGREHEARSE_SOURCE_DIR} + "/tests/unit/pg/data/" + std::string{name});
}

/// How a pg_waldump run ended.
inline Completed ended(int status, std::string out = {}, std::string err = {}) {
  Completed completed;
  completed.status = status;
  completed.out = std::move(out);
  completed.err = std::move(err);
  return completed;
}
inline Completed dump_of(std::string out) {
  return ended(0, std::move(out));
}
/// One that stopped early, with its last words.
inline Completed broken_dump(const std::string& message) {
  return ended(1, {}, "pg_waldump: error: " + message + "\n");
}

}  // namespace pgrehearse
