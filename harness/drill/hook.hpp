// Runs a team's own program: what it is told, and what of its answer may be repeated.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/drill/subject.hpp"
#include "harness/pg/session.hpp"
#include "harness/process/program.hpp"

namespace pgrehearse {

struct HookContext {
  std::string run_id;
  std::string phase;                      ///< "migrate", "seed", "write" ...
  std::string marker = {};                ///< name of the marker; empty before there is one
  ConnectionSpec connection = {};         ///< the database the hook works on
  std::filesystem::path artifacts = {};   ///< a folder for whatever the hook wants to leave behind
  std::filesystem::path heartbeats = {};  ///< empty, but for the application
  int scale = 1;
  std::int64_t seed_number = 1;
  std::string scenario = {};
  std::vector<EnvVar> more = {};  ///< of this kind of hook alone
};

/// Runs the command in the subject's folder with the environment of docs/drill-yaml.md. Throws
/// Error{program_failed} unless it exits 0, Error{timed_out} at its deadline; the message names the
/// phase, the status and how much was written to standard error, never what: it may hold values.
Completed run_hook(const Command& command, const Subject& subject, const HookContext& context);

/// The same, but how it ended is for the caller to judge: nothing is thrown for its status or its
/// deadline.
[[nodiscard]] Completed hook_outcome(
    const Command& command, const Subject& subject, const HookContext& context);

/// What a command finds in its environment: the variables of docs/drill-yaml.md.
[[nodiscard]] std::vector<EnvVar> hook_environment(const HookContext& context);

/// postgres://user:password@host:port/database, percent-encoded. A secret.
[[nodiscard]] Secret database_url(const ConnectionSpec& connection);

/// The text with the connection's password and URL put as "[redacted]": plain, percent-encoded and
/// in base64, also where base64 holds more than the password.
[[nodiscard]] std::string scrubbed(std::string text, const ConnectionSpec& connection);

}  // namespace pgrehearse
