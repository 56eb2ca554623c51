// What init learns by trying: a scratch server is migrated and seeded as the repository says, and
// rows are made up there.
#pragma once

#include <filesystem>
#include <string>

#include "harness/project/drill_file.hpp"
#include "harness/project/layout.hpp"

namespace pgrehearse {

/// The scratch server.
struct InitEngine {
  std::string engine = "auto";
  std::string image = {};  ///< empty: what the repository names, else the engine's choice
};

struct InitTrial {
  DrillFileContent content = {};  ///< its layout says which way of making the schema was taken
  std::string problem = {};       ///< why no drill can be met yet; empty: one can
};

/// Prints what it does, line by line. Steps that only upgrade a schema made elsewhere give way to a
/// file with the schema as it is now, where there is one. Throws Error{engine_missing},
/// Error{instance_failed}.
[[nodiscard]] InitTrial try_layout(
    const Layout& layout, const std::filesystem::path& root, const InitEngine& engine);

}  // namespace pgrehearse
