// The one exception of the house: the harness could not do its work.
//
// A restore that turned out wrong is not an Error but a Finding (harness/check/finding.hpp). Errors
// are caught at three places only: a drill's step, the check runner, and main.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace pgrehearse {

/// What kind of thing went wrong. Every code has a section of its name in docs/errors.md.
enum class ErrorCode {
  bad_config,         ///< drill.yaml, a flag or an environment variable is wrong
  bad_value,          ///< a text that should be an LSN, a duration, a timestamp ... is not one
  engine_missing,     ///< no engine of the asked kind works here
  instance_failed,    ///< an instance could not be created, or died
  program_failed,     ///< a program we ran did not do what it had to
  timed_out,          ///< a wait reached its deadline
  query_failed,       ///< the server answered a statement with an error
  connection_lost,    ///< the connection broke, or could not be made
  archive_gap,        ///< a WAL segment is not in the archive, or is not whole
  backup_unusable,    ///< a backup set failed its verification
  store_unreachable,  ///< an object store gave no answer, or broke off
  store_refused,      ///< an object store said no: credentials, a lock, an ability it lacks
  object_missing,     ///< the object store answers, and has no such object
  object_damaged,     ///< what the object store gave is not what was put
  key_refused,        ///< the key that sealed a thing is revoked, unknown or another
  recovery_failed,    ///< recovery ended before its target, or the server died
  io,                 ///< a file could not be read or written
  interrupted,        ///< a signal asked the run to end
  refused,            ///< a guard said no
  leftovers,          ///< something of the run could not be removed
  internal,           ///< a rule of the harness itself was broken: please report
};

/// The kebab-case name under which docs, logs and reports know a code.
[[nodiscard]] std::string_view name_of(ErrorCode code);

/// Message style: lower case, no final period. The hint tells a tired person what to look at next,
/// in full sentences. The place is a file:line, a key path, or the caller's own line. Never put a
/// secret, a DSN or a row value into any of them.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, std::string message, std::string hint = {}, std::string place = {});

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }
  [[nodiscard]] const std::string& place() const noexcept { return place_; }

 private:
  ErrorCode code_;
  std::string message_;
  std::string hint_;
  std::string place_;
};

}  // namespace pgrehearse
