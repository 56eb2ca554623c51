#include "harness/process/companion.hpp"

#include <cstdlib>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/error.hpp"

namespace pgrehearse {

std::filesystem::path companion(std::string_view program) {
  const char* libexec = std::getenv("PGREHEARSE_LIBEXEC");
  const bool told = libexec != nullptr && *libexec != '\0';
  std::error_code problem;
  const std::filesystem::path folder =
      told ? std::filesystem::absolute(libexec)
           : std::filesystem::read_symlink("/proc/self/exe", problem).parent_path();
  std::filesystem::path path = folder / program;
  if (access(path.c_str(), X_OK) != 0) {
    throw Error{ErrorCode::internal, fmt::format("our program {} is missing", program),
        told ? "Does $PGREHEARSE_LIBEXEC name the folder that holds it?"
             : "It must lie beside this executable. Build or install both, or set "
               "PGREHEARSE_LIBEXEC.",
        path.string()};
  }
  return path;
}

}  // namespace pgrehearse
