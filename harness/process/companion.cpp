#include "harness/process/companion.hpp"

#include <cstdlib>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/error.hpp"

namespace pgrehearse {

namespace {

// Where the environment says they lie; nothing when it says nothing.
const char* told_folder() {
  const char* libexec = std::getenv("PGREHEARSE_LIBEXEC");
  return libexec != nullptr && *libexec != '\0' ? libexec : nullptr;
}

}  // namespace

std::filesystem::path own_executable() {
  std::error_code problem;
  std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", problem);
  if (problem) {
    throw Error{ErrorCode::internal, "cannot find this executable: " + problem.message(),
        "Is /proc mounted?", "/proc/self/exe"};
  }
  return path;
}

std::filesystem::path companion_folder() {
  return told_folder() != nullptr ? std::filesystem::absolute(told_folder())
                                  : own_executable().parent_path();
}

std::filesystem::path companion(std::string_view program) {
  const bool told = told_folder() != nullptr;
  std::filesystem::path path = companion_folder() / program;
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
