// Which image instances are made of, and the proof that it runs here and holds a Postgres we
// accept.
#pragma once

#include <string>
#include <vector>

#include "harness/engine/container_program.hpp"

namespace pgrehearse {

/// An image on this host.
struct LocalImage {
  std::string reference;                  ///< as asked for: "postgres:15"
  std::string id;                         ///< the engine's content id
  std::vector<std::string> volumes = {};  ///< paths it declares as VOLUME
};

/// What a container of it told about itself.
struct PostgresInside {
  std::string server_version;  ///< "15.20"
  std::string programs;        ///< folder of initdb, postgres, pg_ctl
  std::string path;            ///< PATH of the image, `programs` first
  ContainerFlags flags;        ///< without which no container starts on this host
};

/// `wanted`, pulled when it is not on this host. Empty: the first of postgres:15 and
/// pgrehearse-postgres:15 (made by ci/images/build) that is on this host, else postgres:15 pulled.
/// A pull is given 20 s. Throws Error{engine_missing} with what to run.
[[nodiscard]] LocalImage choose_image(const ContainerProgram& program, const std::string& wanted);

/// Starts one container of it, plainly first, then with the flags that restricted hosts need.
/// Throws Error{engine_missing} when none starts or no Postgres is found inside, Error{refused}
/// when its version is not 15.19 or a later 15 (below lie known recovery defects).
[[nodiscard]] PostgresInside look_inside(const ContainerProgram& program, const LocalImage& image);

/// How containers of ours are confined: --cap-drop and so on, the same for the probe and for
/// instances. $PGREHEARSE_CONTAINER_MEMORY ("2g") is the memory limit. Throws Error{bad_config}
/// when it is none.
[[nodiscard]] std::vector<std::string> confinement_flags();

}  // namespace pgrehearse
