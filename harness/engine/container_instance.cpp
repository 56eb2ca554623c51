#include "harness/engine/container_instance.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <fmt/format.h>

#include "harness/base/files.hpp"
#include "harness/base/random.hpp"
#include "harness/base/text.hpp"
#include "harness/process/interrupt.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view mark_name = "PGREHEARSE_EXEC";

// `exec` cannot end what it started; the mark in the environment says which processes those are.
constexpr std::string_view kill_marked_script = R"sh(
for folder in /proc/[0-9]*; do
  if grep -q "$1" "$folder/environ" 2>/dev/null; then
    kill -9 "${folder#/proc/}" 2>/dev/null
  fi
done
exit 0
)sh";

bool is_read_by_the_program(const std::string& variable) {
  constexpr std::array<std::string_view, 3> names{"PATH", "HOME", "TMPDIR"};
  constexpr std::array<std::string_view, 6> prefixes{
      "DOCKER_", "CONTAINER", "PODMAN_", "XDG_", "LD_", "STORAGE_"};
  return std::find(names.begin(), names.end(), variable) != names.end() ||
         std::any_of(prefixes.begin(), prefixes.end(),
             [&](std::string_view prefix) { return variable.starts_with(prefix); });
}

// Statuses with which docker and podman say that the container is not there or not running, or with
// which a program ends when its container does.
bool may_be_the_program_itself(int status) {
  return status == 1 || status == 125 || status == 137 || status == 255;
}

// docker says it on standard output.
bool says_no_such_program(const Completed& completed) {
  const std::string& said = completed.out.empty() ? completed.err : completed.out;
  return (completed.status == 126 || completed.status == 127) &&
         said.find("OCI runtime") != std::string::npos &&
         said.find("executable file not found") != std::string::npos;
}

// "127.0.0.1:49153" on the first line.
Endpoint endpoint_in(const std::string& answer) {
  const std::string line = lines_of(answer).front();
  const std::string number{trimmed(line).substr(trimmed(line).rfind(':') + 1)};
  Endpoint endpoint;
  const auto [end, code] =
      std::from_chars(number.data(), number.data() + number.size(), endpoint.port);
  if (code != std::errc{} || endpoint.port == 0) {
    throw Error{ErrorCode::instance_failed, fmt::format("'{}' names no published port", line)};
  }
  return endpoint;
}

void append(std::vector<std::string>& arguments, const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
}

}  // namespace

std::string ContainerRun::full_name(const std::string& name) const {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
  if (name.empty() || name.find_first_not_of(allowed) != std::string::npos) {
    throw Error{ErrorCode::bad_value,
        fmt::format("'{}' is not a name for an instance or volume", name),
        "Use lower-case letters, digits and '-' only."};
  }
  return fmt::format("pgr-{}-{}", journal->run_id(), name);
}

void ContainerRun::note_removal(const std::string& name, const Completed& answer) {
  std::string said = answer.err;
  std::transform(said.begin(), said.end(), said.begin(),
      [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  if (!answer.ok() && said.find("no such") == std::string::npos) {
    const std::lock_guard lock{mutex};
    failures.push_back(fmt::format("{}: {}", name, last_line(answer.err)));
  }
}

ContainerInstance::ContainerInstance(std::shared_ptr<ContainerRun> run, const InstanceSpec& spec)
    : run_(std::move(run)), spec_(spec), container_(run_->full_name(spec.name)) {
  {
    const std::lock_guard lock{run_->mutex};
    for (const VolumeMount& mount : spec_.volumes) {
      if (!run_->volumes.contains(mount.volume)) {
        throw Error{
            ErrorCode::bad_value, fmt::format("there is no volume '{}' in this run", mount.volume)};
      }
    }
    if (!spec_.network.empty() && !run_->networks.contains(spec_.network)) {
      throw Error{
          ErrorCode::bad_value, fmt::format("there is no network '{}' in this run", spec_.network)};
    }
    if (!run_->instances.insert(spec_.name).second) {
      throw Error{ErrorCode::instance_failed,
          fmt::format("there is an instance '{}' in this run already", spec_.name)};
    }
  }
  if (!spec_.initialised) {
    run_->journal->intend("volume", data_volume());
  }
  run_->journal->intend("container", container_);
  try {
    start();
  } catch (...) {
    remove();
    throw;
  }
}

ContainerInstance::~ContainerInstance() {
  const bool kept = [this] {
    const std::lock_guard lock{run_->mutex};
    return run_->kept;
  }();
  if (!kept) {
    remove();
  }
}

std::vector<std::string> ContainerInstance::run_arguments() const {
  const ContainerTemplate& from = run_->made_from;
  const std::string data = path_of(Place::data);
  std::vector<std::string> arguments{"run", "-d", "--name", container_, "--hostname", spec_.name,
      "--user", "postgres", "--restart", "no", "--no-healthcheck", "--stop-signal", "SIGTERM"};
  append(arguments, network_arguments());
  append(arguments, run_->program.flags().run);
  append(arguments, confinement_flags());
  append(arguments, label_flags(run_->journal->run_id()));
  append(arguments, {"-e", "PATH=" + from.inside.path, "-e", "PGDATA=" + data});
  if (!spec_.initialised) {
    append(arguments, {"-v", fmt::format("{}:{}", data_volume(), data)});
  }
  for (const VolumeMount& mount : spec_.volumes) {
    append(arguments, {"-v", fmt::format("{}:{}{}", run_->full_name(mount.volume),
                                 path_of_volume(mount.volume), mount.read_only ? ":ro" : "")});
  }
  // A volume that the image declares would become one without a name or label.
  for (const std::string& declared : from.base.volumes) {
    append(arguments, {"--tmpfs", declared});
  }
  append(arguments, {"--entrypoint", std::string{container_paths::agent}, from.image, "supervise",
                        "--ttl", "21600"});
  return arguments;
}

std::filesystem::path ContainerInstance::socket_folder() const {
  return run_->journal->folder() / (spec_.name + "-sockets");
}

std::vector<std::string> ContainerInstance::network_arguments() const {
  if (spec_.quarantined) {
    return {"--network", "none", "-v",
        fmt::format("{}:{}", socket_folder().string(), container_paths::sockets)};
  }
  std::vector<std::string> arguments{"-p", "127.0.0.1::5432"};
  if (!spec_.network.empty()) {
    append(arguments, {"--network", run_->full_name(spec_.network)});
  }
  return arguments;
}

// The account inside has another number than ours, and the socket itself asks for a password.
void ContainerInstance::start_quarantined(const std::string& what) {
  const std::filesystem::path folder = socket_folder();
  run_->journal->intend("directory", folder.string());
  make_private_directory(folder);
  std::filesystem::permissions(folder, std::filesystem::perms{0777});
  run_->program.call_or_throw(run_arguments(), ErrorCode::instance_failed, what);
  endpoint_ = {.host = folder.string(), .port = 5432};
}

void ContainerInstance::start() {
  const std::string what = fmt::format("cannot create instance '{}'", spec_.name);
  if (!spec_.initialised) {
    std::vector<std::string> volume{"volume", "create"};
    append(volume, label_flags(run_->journal->run_id()));
    append(volume, {data_volume()});
    run_->program.call_or_throw(volume, ErrorCode::instance_failed, what);
  }
  if (spec_.quarantined) {
    start_quarantined(what);
    return;
  }
  run_->program.call_or_throw(run_arguments(), ErrorCode::instance_failed, what);
  read_endpoint();
}

void ContainerInstance::read_endpoint() {
  endpoint_ =
      endpoint_in(run_->program
                      .call_or_throw({"port", container_, "5432/tcp"}, ErrorCode::instance_failed,
                          fmt::format("cannot find the port of '{}'", spec_.name))
                      .out);
}

std::string ContainerInstance::path_of(Place place) const {
  switch (place) {
    case Place::data:
      return std::string{spec_.initialised ? container_paths::data : container_paths::fresh};
    case Place::sockets:
      return std::string{container_paths::sockets};
    case Place::scratch:
      return std::string{container_paths::scratch};
    case Place::agent:
      return std::string{container_paths::agent};
  }
  return {};
}

std::string ContainerInstance::path_of_volume(std::string_view volume) const {
  for (const VolumeMount& mount : spec_.volumes) {
    if (mount.volume == volume) {
      return fmt::format("{}/{}", container_paths::volumes, volume);
    }
  }
  throw Error{ErrorCode::bad_value,
      fmt::format("instance '{}' was made without volume '{}'", spec_.name, volume)};
}

Completed ContainerInstance::exec(const Program& program) {
  if (program.account.has_value() || !program.cwd.empty() || program.argv.empty()) {
    throw Error{
        ErrorCode::internal, "a program inside an instance has no account or folder of its own"};
  }
  const std::string mark = random_hex(8);
  std::vector<std::string> arguments{"exec"};
  if (program.input.has_value() || !program.input_file.empty()) {
    arguments.emplace_back("-i");
  }
  append(arguments, {"-u", "postgres", "-e", fmt::format("{}={}", mark_name, mark)});
  ContainerCall call{.input = program.input,
      .input_file = program.input_file,
      .output_file = program.output_file,
      .deadline = program.deadline};
  for (const EnvVar& variable : program.env) {
    if (is_read_by_the_program(variable.name)) {
      append(arguments, {"-e", fmt::format("{}={}", variable.name, variable.value.reveal())});
    } else {
      append(arguments, {"-e", variable.name});
      call.env.push_back(variable);
    }
  }
  append(arguments, {container_});
  append(arguments, program.argv);
  Completed completed = run_->program.call(arguments, call);
  if (completed.timed_out) {
    kill_marked(mark);
  }
  if (says_no_such_program(completed)) {
    completed.status = 127;  // as a shell says "not found"; docker gives 126
    completed.err = fmt::format("{}: not found\n", program.argv.front());
    completed.out.clear();
  }
  if (may_be_the_program_itself(completed.status) && !is_running()) {
    throw Error{ErrorCode::instance_failed, fmt::format("instance '{}' is gone", spec_.name),
        "Was it removed from outside, or did the run last longer than six hours?"};
  }
  return completed;
}

void ContainerInstance::kill_marked(const std::string& mark) const {
  run_->program.call({"exec", "-u", "postgres", container_, "/bin/sh", "-c",
      std::string{kill_marked_script}, "sh", fmt::format("{}={}", mark_name, mark)});
}

bool ContainerInstance::is_running() const {
  const Completed answer =
      run_->program.call({"container", "inspect", "--format", "{{.State.Running}}", container_});
  return answer.ok() && trimmed(answer.out) == "true";
}

void ContainerInstance::kill_processes() {
  run_->program.call_or_throw(
      {"exec", "-u", "postgres", container_, std::string{container_paths::agent}, "kill-all"},
      ErrorCode::instance_failed, fmt::format("cannot kill the processes of '{}'", spec_.name));
}

std::string ContainerInstance::removal_command() const {
  std::string text =
      fmt::format("{0} exec -it {1} sh; {0} rm -f -v {1}", run_->program.name(), container_);
  if (!spec_.initialised) {
    text += fmt::format("; {} volume rm {}", run_->program.name(), data_volume());
  }
  return text;
}

void ContainerInstance::remove() noexcept {
  try {
    const RemovalScope removal;
    std::vector<std::string> container = container_removal(run_->program);
    container.push_back(container_);
    run_->note_removal(container_, run_->program.call(container));
    if (!spec_.initialised) {
      run_->note_removal(data_volume(), run_->program.call({"volume", "rm", "-f", data_volume()}));
    }
    if (spec_.quarantined) {
      std::filesystem::remove_all(socket_folder());
    }
    const std::lock_guard lock{run_->mutex};
    run_->instances.erase(spec_.name);
  } catch (const std::exception& error) {
    const std::lock_guard lock{run_->mutex};
    run_->failures.emplace_back(error.what());
  }
}

}  // namespace pgrehearse
