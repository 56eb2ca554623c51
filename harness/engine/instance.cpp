#include "harness/engine/instance.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/process/outcome.hpp"

namespace pgrehearse {

void put_file(Instance& instance, const std::string& path, std::string_view content) {
  // Through standard input: the content may be a secret, and argv is public.
  exec_or_throw(instance,
      {.argv = {instance.path_of(Place::agent), "put", path}, .input = std::string{content}});
}

std::string get_file(Instance& instance, const std::string& path) {
  Completed completed = instance.exec({.argv = {"cat", "--", path}});
  if (!completed.ok()) {
    throw Error{ErrorCode::io,
        fmt::format(
            "cannot read a file of instance '{}': {}", instance.name(), trimmed(completed.err)),
        {}, path};
  }
  return std::move(completed.out);
}

Completed exec_or_throw(Instance& instance, const Program& program, std::string_view hint) {
  return demand_success(instance.exec(program), program, hint);
}

}  // namespace pgrehearse
