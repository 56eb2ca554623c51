// The cluster that initdb made once, to be copied for every instance: a copy takes a tenth of the
// time.
#pragma once

#include <filesystem>
#include <optional>

#include "harness/base/secret.hpp"
#include "harness/engine/engine.hpp"
#include "harness/engine/local_programs.hpp"
#include "harness/process/program.hpp"

namespace pgrehearse {

struct LocalTemplate {
  std::filesystem::path data;  ///< owned by the account, to be copied and never served
  Secret password;             ///< of the superuser "postgres"
};

/// The template for this server version and spec, made when cache_dir()/templates has none. Two
/// harnesses may make it at once: one of the two results stays. Throws Error{instance_failed}.
[[nodiscard]] LocalTemplate local_template(
    const LocalPrograms& programs, const ClusterSpec& spec, const std::optional<Account>& account);

/// The name under which it is kept: changes with everything that goes into it.
[[nodiscard]] std::string template_key(
    const LocalPrograms& programs, const ClusterSpec& spec, const std::optional<Account>& account);

}  // namespace pgrehearse
