// The networks of a container: its own, the links that it joins, and being cut off from all of
// them.
#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/engine/container_instance.hpp"

namespace pgrehearse {
namespace {

constexpr std::string_view networks_format =
    "{{range $name, $network := .NetworkSettings.Networks}}{{$name}} "
    "{{$network.IPAddress}}\n{{end}}";

}  // namespace

std::map<std::string, std::string> ContainerInstance::addresses() const {
  const Completed answer = run_->program.call_or_throw(
      {"container", "inspect", "--format", std::string{networks_format}, container_},
      ErrorCode::instance_failed, fmt::format("cannot look at instance '{}'", spec_.name));
  std::map<std::string, std::string> found;
  for (const std::string& line : lines_of(answer.out)) {
    const std::size_t space = line.find(' ');
    if (space != std::string::npos && line.substr(0, space) != "none") {
      found.emplace(line.substr(0, space), trimmed(line.substr(space)));
    }
  }
  return found;
}

Endpoint ContainerInstance::endpoint_in_network(const std::string& network) const {
  const std::map<std::string, std::string> all = addresses();
  const auto found = all.find(network);
  if (found == all.end() || found->second.empty()) {
    throw Error{ErrorCode::refused, fmt::format("instance '{}' is in no such network", spec_.name)};
  }
  return {.host = found->second, .port = 5432};
}

// Without a network of its own it is in the engine's, which has another name with each engine; that
// is then the one that is none of the run's.
Endpoint ContainerInstance::neighbours_endpoint() const {
  if (!spec_.network.empty()) {
    return endpoint_in_network(run_->full_name(spec_.network));
  }
  const std::string ours = run_->full_name("x");
  for (const auto& [network, address] : addresses()) {
    if (!network.starts_with(ours.substr(0, ours.size() - 1)) && !address.empty()) {
      return {.host = address, .port = 5432};
    }
  }
  throw Error{ErrorCode::refused, fmt::format("instance '{}' is in no network", spec_.name)};
}

void ContainerInstance::cut_off() {
  for (const auto& [network, address] : addresses()) {
    run_->program.call_or_throw({"network", "disconnect", "-f", network, container_},
        ErrorCode::instance_failed, fmt::format("cannot cut off instance '{}'", spec_.name));
  }
}

Endpoint ContainerInstance::join(const std::string& network) {
  const bool own = !spec_.network.empty() && network == spec_.network;
  {
    const std::lock_guard lock{run_->mutex};
    if (!own && !run_->links.contains(network)) {
      throw Error{ErrorCode::bad_value,
          fmt::format(
              "'{}' is neither a link of this run nor the network of '{}'", network, spec_.name)};
    }
  }
  const std::string full_name = run_->full_name(network);
  run_->program.call_or_throw({"network", "connect", full_name, container_},
      ErrorCode::instance_failed, fmt::format("'{}' cannot join '{}'", spec_.name, network));
  if (own) {
    read_endpoint();  // the engine publishes the port anew, and takes another one
  }
  return endpoint_in_network(full_name);
}

}  // namespace pgrehearse
