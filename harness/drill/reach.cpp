#include "harness/drill/reach.hpp"

#include <fmt/format.h>

namespace pgrehearse {

bool answers(Instance& from, const Endpoint& to, Seconds patience) {
  // 0: accepts connections, 1: rejects them, 2: no answer, 3: it did not try.
  const Completed asked =
      from.exec({.argv = {"pg_isready", "-q", "-t", fmt::format("{}", patience.count()), "-h",
                     to.host, "-p", fmt::format("{}", to.port)}});
  return asked.status <= 1;
}

}  // namespace pgrehearse
