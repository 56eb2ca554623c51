#include "harness/engine/container_program.hpp"

#include <array>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/text.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

struct KnownComplaint {
  std::string_view sign;
  std::string_view hint;  // {} is the program's name
};

constexpr std::array<KnownComplaint, 8> known_complaints{{
    {"permission denied while trying to connect",
        "Your account may not use {}: join its group (then log in again), or use podman without "
        "root."},
    {"Cannot connect to the Docker daemon",
        "The docker daemon is not running, or DOCKER_HOST points elsewhere: try 'docker info'."},
    {"Is the docker daemon running",
        "The docker daemon is not running, or DOCKER_HOST points elsewhere: try 'docker info'."},
    {"no space left on device",
        "The disk that holds {}'s images is full: see '{} system df', then 'pgrehearse sweep'."},
    {"rlimit",
        "This host does not let {} raise its limits: lower default-ulimits in containers.conf."},
    {"cgroup",
        "{} cannot limit memory or processes here: are the cgroup controllers delegated to you?"},
    {"no such host",
        "The registry's name cannot be resolved from here: load an image by hand, or build one "
        "with "
        "ci/images/build {}."},
    {"permission denied", "May your account use {}? Try '{} info' by hand."},
}};

}  // namespace

std::string ContainerProgram::version() const {
  if (!is_installed(name_)) {
    throw Error{ErrorCode::engine_missing, fmt::format("{} is not installed", name_)};
  }
  const std::string field = is_podman() ? "{{.Client.Version}}" : "{{.Server.Version}}";
  const Completed answer = call_or_throw({"version", "--format", field}, ErrorCode::engine_missing,
      fmt::format("{} does not answer", name_), {.deadline = Seconds{20}});
  return std::string{trimmed(answer.out)};
}

Completed ContainerProgram::call(
    const std::vector<std::string>& arguments, const ContainerCall& call) const {
  Program program{.argv = {name_},
      .env = call.env,
      .input = call.input,
      .input_file = call.input_file,
      .output_file = call.output_file,
      .deadline = call.deadline};
  program.argv.insert(program.argv.end(), flags_.global.begin(), flags_.global.end());
  program.argv.insert(program.argv.end(), arguments.begin(), arguments.end());
  return run(program);
}

Completed ContainerProgram::call_or_throw(const std::vector<std::string>& arguments, ErrorCode code,
    std::string_view what, const ContainerCall& options) const {
  Completed completed = call(arguments, options);
  if (completed.timed_out) {
    throw Error{code,
        fmt::format("{}: no answer from {} within {}", what, name_, readable(options.deadline)),
        hint_for(*this, completed.err)};
  }
  if (!completed.ok()) {
    throw Error{code, fmt::format("{}: {}", what, last_line(completed.err)),
        hint_for(*this, completed.err)};
  }
  return completed;
}

std::vector<std::string> container_removal(const ContainerProgram& program) {
  // podman would first wait 10 s for the effect of the image's own stop signal.
  return program.is_podman() ? std::vector<std::string>{"rm", "-f", "-v", "--time", "0"}
                             : std::vector<std::string>{"rm", "-f", "-v"};
}

bool is_installed(std::string_view name) {
  const char* path = std::getenv("PATH");
  for (const std::string& folder : split(path == nullptr ? "" : path, ':')) {
    if (!folder.empty() && access(fmt::format("{}/{}", folder, name).c_str(), X_OK) == 0) {
      return true;
    }
  }
  return false;
}

std::string hint_for(const ContainerProgram& program, std::string_view complaint) {
  for (const KnownComplaint& known : known_complaints) {
    if (complaint.find(known.sign) != std::string_view::npos) {
      std::string hint{known.hint};
      for (std::size_t at = hint.find("{}"); at != std::string::npos; at = hint.find("{}", at)) {
        hint.replace(at, 2, program.name());
      }
      return hint;
    }
  }
  return {};
}

std::string last_line(std::string_view complaint) {
  std::string last = "it gave no reason";
  for (const std::string& line : lines_of(complaint)) {
    // What comes after the reason: advice, and docker start's own summary.
    const bool is_reason = !line.starts_with("See '") && !line.starts_with("Run '") &&
                           !line.starts_with("Error: failed to start containers");
    if (!trimmed(line).empty() && is_reason) {
      last = trimmed(line);
    }
  }
  return last;
}

}  // namespace pgrehearse
