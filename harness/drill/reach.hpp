// Does a server answer, asked from where another instance stands?
#pragma once

#include "harness/engine/instance.hpp"

namespace pgrehearse {

/// Asks with pg_isready, for at most 2 s. A server that refuses to let anybody in answers, too.
[[nodiscard]] bool answers(Instance& from, const Endpoint& to);

}  // namespace pgrehearse
