// initdb once, not once per instance: a template image holds the agent and a freshly initialised
// cluster, and instances are containers of it.
#pragma once

#include <string>
#include <string_view>

#include "harness/base/secret.hpp"
#include "harness/engine/container_image.hpp"
#include "harness/engine/make_engine.hpp"
#include "harness/engine/run_scope.hpp"

namespace pgrehearse {

/// Where things are in a template image and in every instance of it. Folders belong to the account
/// "postgres" and have mode 0700; the mount points' owners and modes are copied to empty volumes.
namespace container_paths {
inline constexpr std::string_view agent = "/pgrehearse/pgrehearse-agent";
inline constexpr std::string_view sockets = "/pgrehearse/sockets";
inline constexpr std::string_view scratch = "/pgrehearse/scratch";
inline constexpr std::string_view data = "/pgrehearse/data";  ///< the initialised cluster
inline constexpr std::string_view fresh =
    "/pgrehearse/fresh";  ///< data directory of uninitialised ones
inline constexpr std::string_view empty_volume = "/pgrehearse/empty-volume";  ///< an empty folder
inline constexpr std::string_view volumes = "/pgrehearse/volumes";            ///< parent of mounts
}  // namespace container_paths

/// The labels by which sweeping knows our things (container_sweep.hpp).
namespace container_labels {
inline constexpr std::string_view run = "pgrehearse.run";
inline constexpr std::string_view owner = "pgrehearse.owner";
inline constexpr std::string_view created = "pgrehearse.created";
inline constexpr std::string_view template_key = "pgrehearse.template";
}  // namespace container_labels

struct ContainerTemplate {
  std::string image;  ///< "pgrehearse-template:<key>"
  LocalImage base;
  PostgresInside inside;
  Secret password;  ///< of the superuser "postgres"
};

/// The template for this image, agent and ClusterSpec; built (2 s to 5 s) when it is not there. Its
/// password and start flags lie in cache_dir()/templates/container-<key>/ (0700); without them it
/// is built anew. Safe against another run building the same one. Throws Error{engine_missing},
/// Error{refused} or Error{instance_failed}.
[[nodiscard]] ContainerTemplate ready_template(
    const ContainerProgram& program, const EngineConfig& config, RunJournal& journal);

/// `--label` flags for a thing of this run.
[[nodiscard]] std::vector<std::string> label_flags(const std::string& run_id);

}  // namespace pgrehearse
