#include "harness/engine/container_sweep.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/engine/container_template.hpp"

namespace pgrehearse {
namespace {

constexpr std::array<std::string_view, 2> programs{"docker", "podman"};

struct Kind {
  std::string_view name;
  std::vector<std::string> listing;
  std::string_view name_field;
  std::vector<std::string> removal;
};

std::vector<Kind> kinds_of(const ContainerProgram& program) {
  return {{"container", {"ps", "-a", "--no-trunc"}, "Names", container_removal(program)},
      {"volume", {"volume", "ls"}, "Name", {"volume", "rm", "-f"}},
      {"network", {"network", "ls"}, "Name", {"network", "rm"}}};
}

// How a listing shows one label: docker and podman differ, and podman's networks differ again: they
// only show all labels in one text, "a=1,b=2".
std::string label_field(const ContainerProgram& program, const Kind& kind, std::string_view label) {
  if (!program.is_podman()) {
    return fmt::format("{{{{.Label \"{}\"}}}}", label);
  }
  return kind.name == "network" ? "{{.Labels}}"
                                : fmt::format("{{{{index .Labels \"{}\"}}}}", label);
}

std::string label_value(const std::string& field, std::string_view label) {
  for (const std::string& piece : split(field, ',')) {
    if (piece.starts_with(fmt::format("{}=", label))) {
      return piece.substr(label.size() + 1);
    }
  }
  return field.find('=') == std::string::npos ? field : "";
}

std::vector<Owned> listed(
    const ContainerProgram& program, const Kind& kind, const std::string& run_id) {
  std::vector<std::string> arguments = kind.listing;
  const std::string label{container_labels::run};
  arguments.insert(arguments.end(),
      {"--filter", "label=" + (run_id.empty() ? label : label + "=" + run_id), "--format",
          fmt::format("{{{{.{}}}}}|{}|{}", kind.name_field, label_field(program, kind, label),
              label_field(program, kind, container_labels::owner))});
  const Completed answer = program.call_or_throw(arguments, ErrorCode::program_failed,
      fmt::format("{} cannot list its {}s", program.name(), kind.name), {.deadline = Seconds{20}});
  std::vector<Owned> found;
  for (const std::string& line : lines_of(answer.out)) {
    const std::vector<std::string> fields = split(line, '|');
    if (fields.size() == 3 && !fields[0].empty()) {
      const Owned owned{.kind = std::string{kind.name},
          .name = fields[0],
          .run_id = label_value(fields[1], label),
          .owner = label_value(fields[2], container_labels::owner)};
      if (!owned.run_id.empty()) {
        found.push_back(owned);
      }
    }
  }
  return found;
}

bool is_listed(const ContainerProgram& program, const Kind& kind, const Owned& owned) {
  const std::vector<Owned> found = listed(program, kind, owned.run_id);
  return std::any_of(
      found.begin(), found.end(), [&](const Owned& other) { return other.name == owned.name; });
}

enum class Removal { not_there, removed, still_there };

// Only what carries this run's label, whatever the caller believes about the name.
Removal removal_of(const ContainerProgram& program, const Owned& owned) {
  const std::vector<Kind> kinds = kinds_of(program);
  const auto kind = std::find_if(
      kinds.begin(), kinds.end(), [&](const Kind& each) { return each.name == owned.kind; });
  if (kind == kinds.end() || owned.run_id.empty()) {
    return Removal::still_there;
  }
  if (!is_listed(program, *kind, owned)) {
    return Removal::not_there;
  }
  std::vector<std::string> arguments = kind->removal;
  arguments.push_back(owned.name);
  program.call(arguments);
  return is_listed(program, *kind, owned) ? Removal::still_there : Removal::removed;
}

}  // namespace

std::vector<Owned> find_owned_containers(
    const ContainerProgram& program, const std::string& run_id) {
  std::vector<Owned> found;
  for (const Kind& kind : kinds_of(program)) {
    const std::vector<Owned> more = listed(program, kind, run_id);
    found.insert(found.end(), more.begin(), more.end());
  }
  return found;
}

std::vector<Owned> find_owned_containers() {
  std::vector<Owned> found;
  for (const std::string_view name : programs) {
    const ContainerProgram program{std::string{name}};
    if (!is_installed(name)) {
      continue;
    }
    try {
      static_cast<void>(program.version());
    } catch (const Error& error) {
      if (error.code() != ErrorCode::engine_missing) {
        throw;
      }
      continue;
    }
    const std::vector<Owned> more = find_owned_containers(program, {});
    found.insert(found.end(), more.begin(), more.end());
  }
  return found;
}

bool remove_owned_container_thing(const ContainerProgram& program, const Owned& owned) {
  return removal_of(program, owned) != Removal::still_there;
}

bool remove_owned_container_thing(const Owned& owned) {
  bool all_answered = true;
  for (const std::string_view name : programs) {
    if (!is_installed(name)) {
      continue;
    }
    try {
      const Removal removal = removal_of(ContainerProgram{std::string{name}}, owned);
      if (removal != Removal::not_there) {
        return removal == Removal::removed;  // the name carries the run id: no other program has it
      }
    } catch (const Error& error) {
      if (error.code() == ErrorCode::interrupted) {
        throw;
      }
      all_answered = false;
    }
  }
  return all_answered;
}

}  // namespace pgrehearse
