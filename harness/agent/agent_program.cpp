// pgrehearse-agent: the one program of ours that runs inside instances. Statically linked, because
// an instance may be any distribution. Everything it knows how to do is in the functions it calls.
#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "harness/agent/archive_get.hpp"
#include "harness/agent/archive_push.hpp"
#include "harness/agent/archive_survey.hpp"
#include "harness/agent/beside.hpp"
#include "harness/agent/copy_entries.hpp"
#include "harness/agent/copy_set.hpp"
#include "harness/agent/descriptor.hpp"
#include "harness/agent/digest_list.hpp"
#include "harness/agent/flip.hpp"
#include "harness/agent/kill_all.hpp"
#include "harness/agent/look.hpp"
#include "harness/agent/put.hpp"
#include "harness/agent/served_certificate.hpp"
#include "harness/agent/supervise.hpp"
#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/crypto/sha256.hpp"

namespace pgrehearse {
namespace {

using Arguments = std::span<const std::string>;

constexpr int failed = 1;
constexpr int not_proven = 2;
constexpr int refused_by_guard = 4;
constexpr int wrong_usage = 64;
constexpr int time_to_live_over = 124;
constexpr int stop_recovery = static_cast<int>(GetOutcome::trouble);

struct Subcommand {
  std::string_view name;
  std::string_view arguments;
  std::size_t fewest;
  std::size_t most;
  int when_misused;  ///< exit status for wrong arguments
  int when_failed;   ///< exit status for an exception
  int (*run)(Arguments arguments);
};

void say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fputc('\n', stderr);
}

// Postgres gives %p relative to its data directory, where it also runs the command; hence the
// sources of a push and the destination of a get may be relative, and nothing else.
std::string absolute(const std::string& path) {
  if (!path.starts_with('/')) {
    throw Error{ErrorCode::bad_config, "'" + path + "' is not an absolute path"};
  }
  return path;
}

int run_archive_push(Arguments arguments) {
  ignore_crypto_configuration();
  archive_push({.source = arguments[0], .archive = absolute(arguments[1]), .name = arguments[2]});
  return 0;
}

int run_archive_get(Arguments arguments) {
  ignore_crypto_configuration();
  const GetAnswer answer = archive_get({.archive = absolute(arguments[0]),
      .name = arguments[1],
      .destination = arguments[2],
      .record = absolute(arguments[3])});
  if (answer.outcome == GetOutcome::trouble) {
    say("pgrehearse-agent archive-get: " + arguments[1] + ": " + answer.reason);
  }
  return static_cast<int>(answer.outcome);
}

int run_digest(Arguments arguments) {
  ignore_crypto_configuration();
  write_whole(Descriptor{dup(STDOUT_FILENO)}, text_of(digest_of_tree(absolute(arguments[0]))),
      "standard output");
  return 0;
}

int run_digest_archive(Arguments arguments) {
  ignore_crypto_configuration();
  write_whole(Descriptor{dup(STDOUT_FILENO)}, text_of(digest_of_archive(absolute(arguments[0]))),
      "standard output");
  return 0;
}

int run_survey_archive(Arguments arguments) {
  ignore_crypto_configuration();
  write_whole(Descriptor{dup(STDOUT_FILENO)}, text_of(survey_of_archive(absolute(arguments[0]))),
      "standard output");
  return 0;
}

int run_copy_set(Arguments arguments) {
  ignore_crypto_configuration();
  const std::vector<SetDifference> differences = copy_set(absolute(arguments[0]),
      absolute(arguments[1]), parse_digest_list(read_file(absolute(arguments[2]))));
  if (differences.empty()) {
    return 0;
  }
  say("the backup set is not the one that was taken; nothing was restored");
  say(trimmed(text_of(differences)));
  return not_proven;
}

int run_copy_tree(Arguments arguments) {
  copy_tree(absolute(arguments[0]), absolute(arguments[1]));
  return 0;
}

// One call for all files of a folder, where fsync would be one for each.
int run_sync(Arguments arguments) {
  const std::string folder = absolute(arguments[0]);
  if (syncfs(open_directory(folder).fd()) != 0) {
    throw_io("sync the file system of", folder);
  }
  return 0;
}

template <typename Number>
Number number_in(const std::string& text, const std::string& what) {
  Number number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) {
    throw Error{ErrorCode::bad_value, what + " is not a number"};
  }
  return number;
}

int run_flip(Arguments arguments) {
  flip_a_bit(absolute(arguments[0]), number_in<std::uint64_t>(arguments[1], "the offset"));
  return 0;
}

int run_beside(Arguments arguments) {
  enter_namespaces_of(number_in<pid_t>(arguments[0], "the process id"));
  become(arguments.subspan(1));
}

int run_served_certificate(Arguments arguments) {
  ignore_crypto_configuration();
  std::signal(SIGPIPE, SIG_IGN);  // a server that hangs up is an answer
  write_whole(Descriptor{dup(STDOUT_FILENO)},
      served_certificate(number_in<std::uint16_t>(arguments[0], "the port")), "standard output");
  return 0;
}

int run_look(Arguments arguments) {
  ignore_crypto_configuration();
  write_whole(Descriptor{dup(STDOUT_FILENO)},
      text_of(look(absolute(arguments[0]), absolute(arguments[1]))), "standard output");
  return 0;
}

int run_supervise(Arguments arguments) {
  std::optional<Seconds> time_to_live;
  if (!arguments.empty()) {
    if (arguments.size() != 2 || arguments[0] != "--ttl") {
      throw Error{
          ErrorCode::bad_config, "supervise takes --ttl and a number of seconds, or nothing"};
    }
    time_to_live = std::chrono::duration_cast<Seconds>(parse_duration(arguments[1] + "s"));
  }
  return supervise(time_to_live) == SupervisionEnd::asked ? 0 : time_to_live_over;
}

int run_kill_all(Arguments) {
  const std::vector<int> left = kill_all();
  for (const int pid : left) {
    say("still there: process " + std::to_string(pid));
  }
  return left.empty() ? 0 : failed;
}

int run_put(Arguments arguments) {
  put(STDIN_FILENO, absolute(arguments[0]));
  return 0;
}

// Wrong arguments of archive-get must not look like "no such segment" either: see archive_get.hpp.
constexpr std::array<Subcommand, 15> subcommands{{
    {"archive-push", "SOURCE ARCHIVE_DIR NAME", 3, 3, wrong_usage, failed, run_archive_push},
    {"archive-get", "ARCHIVE_DIR NAME DESTINATION RECORD_FILE", 4, 4, stop_recovery, stop_recovery,
        run_archive_get},
    {"digest", "DIR", 1, 1, wrong_usage, not_proven, run_digest},
    {"digest-archive", "ARCHIVE_DIR", 1, 1, wrong_usage, not_proven, run_digest_archive},
    {"survey-archive", "ARCHIVE_DIR", 1, 1, wrong_usage, not_proven, run_survey_archive},
    {"copy-set", "FROM TO LIST_FILE", 3, 3, wrong_usage, failed, run_copy_set},
    {"copy-tree", "FROM TO", 2, 2, wrong_usage, failed, run_copy_tree},
    {"sync", "DIR", 1, 1, wrong_usage, failed, run_sync},
    {"flip", "FILE OFFSET", 2, 2, wrong_usage, failed, run_flip},
    {"look", "DATA_DIR HOME_DIR", 2, 2, wrong_usage, not_proven, run_look},
    {"beside", "PID PROGRAM [ARGUMENT...]", 2, 4096, wrong_usage, not_proven, run_beside},
    {"served-certificate", "PORT", 1, 1, wrong_usage, not_proven, run_served_certificate},
    {"supervise", "[--ttl SECONDS]", 0, 2, wrong_usage, not_proven, run_supervise},
    {"kill-all", "", 0, 0, wrong_usage, not_proven, run_kill_all},
    {"put", "PATH", 1, 1, wrong_usage, not_proven, run_put},
}};

void say_usage() {
  for (const Subcommand& subcommand : subcommands) {
    say("usage: pgrehearse-agent " + std::string{subcommand.name} + " " +
        std::string{subcommand.arguments});
  }
}

int status_of(const Subcommand& subcommand, const Error& problem) {
  switch (problem.code()) {
    case ErrorCode::bad_config:
    case ErrorCode::bad_value:
      return subcommand.when_misused;
    case ErrorCode::refused:
      return subcommand.run == run_kill_all ? refused_by_guard : subcommand.when_failed;
    default:
      return subcommand.when_failed;
  }
}

int run(Arguments words) {
  const auto* const subcommand = std::find_if(subcommands.begin(), subcommands.end(),
      [&](const Subcommand& known) { return !words.empty() && known.name == words.front(); });
  if (subcommand == subcommands.end()) {
    say_usage();
    return wrong_usage;
  }
  const Arguments arguments = words.subspan(1);
  if (arguments.size() < subcommand->fewest || arguments.size() > subcommand->most) {
    say_usage();
    return subcommand->when_misused;
  }
  const std::string prefix = "pgrehearse-agent " + std::string{subcommand->name} + ": ";
  try {
    return subcommand->run(arguments);
  } catch (const Error& problem) {
    say(prefix + problem.what());
    return status_of(*subcommand, problem);
  } catch (const std::exception& problem) {
    say(prefix + problem.what());
    return subcommand->when_failed;
  }
}

}  // namespace
}  // namespace pgrehearse

int main(int count, char** words) {
  const std::vector<std::string> given{words + std::min(count, 1), words + count};
  return pgrehearse::run(given);
}
