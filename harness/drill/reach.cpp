#include "harness/drill/reach.hpp"

#include <fmt/format.h>

namespace pgrehearse {

bool answers(Instance& from, const Endpoint& to) {
  // 0: accepts connections, 1: rejects them, 2: no answer, 3: it did not try.
  const Completed asked = from.exec(
      {.argv = {"pg_isready", "-q", "-t", "2", "-h", to.host, "-p", fmt::format("{}", to.port)}});
  return asked.status <= 1;
}

}  // namespace pgrehearse
