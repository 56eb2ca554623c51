// docker and podman are driven through their command lines: both then look the same, the user's own
// settings (contexts, rootless sockets) hold, and no client library is linked.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/process/program.hpp"

namespace pgrehearse {

/// What one host needs on top so that a container starts at all, found by trying
/// (container_image.hpp).
struct ContainerFlags {
  std::vector<std::string> global = {};  ///< before the subcommand, always
  std::vector<std::string> run = {};     ///< after `run` and `create`
};

/// What goes with one call besides its arguments.
struct ContainerCall {
  std::optional<std::string> input = {};
  std::filesystem::path input_file = {};  ///< as those of Program
  std::filesystem::path output_file = {};
  std::vector<EnvVar> env =
      {};  ///< of the program itself; `-e NAME` hands a value on without showing it
  Milliseconds deadline = Milliseconds{60'000};
};

class ContainerProgram {
 public:
  /// "docker" or "podman"; looked up in PATH at each call.
  explicit ContainerProgram(std::string name) : name_(std::move(name)) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool is_podman() const { return name_ == "podman"; }
  [[nodiscard]] const ContainerFlags& flags() const { return flags_; }
  void set_flags(ContainerFlags flags) { flags_ = std::move(flags); }

  /// The version of what runs the containers (docker's daemon, podman itself). Throws
  /// Error{engine_missing} when it is not installed or does not answer within 5 s, with a hint.
  [[nodiscard]] std::string version() const;
  /// Runs it; what it says is a value. Throws as run() does.
  Completed call(const std::vector<std::string>& arguments, const ContainerCall& call = {}) const;
  /// Runs it and throws Error{code} "<what>: <its last line>" unless it exits 0.
  Completed call_or_throw(const std::vector<std::string>& arguments, ErrorCode code,
      std::string_view what, const ContainerCall& call = {}) const;

 private:
  std::string name_;
  ContainerFlags flags_ = {};
};

/// "rm" and its flags: at once, with anonymous volumes. The container's name goes after them.
[[nodiscard]] std::vector<std::string> container_removal(const ContainerProgram& program);
/// True when PATH leads to a program of this name.
[[nodiscard]] bool is_installed(std::string_view name);
/// What to do about a complaint of a container program; empty when we do not know it.
[[nodiscard]] std::string hint_for(const ContainerProgram& program, std::string_view complaint);
/// The last line of a complaint that says something: what goes into a message.
[[nodiscard]] std::string last_line(std::string_view complaint);

}  // namespace pgrehearse
