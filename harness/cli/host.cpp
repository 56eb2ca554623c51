#include "harness/cli/host.hpp"

#include <csignal>
#include <cstdlib>
#include <string_view>
#include <thread>

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace pgrehearse {

std::string tool_version() {
  return PGREHEARSE_VERSION;
}

std::string host_description() {
  utsname system{};
  uname(&system);
  const double bytes =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  const std::string_view release{system.release};
  return fmt::format("{} cores, {:.0f} GiB, {} {}", std::thread::hardware_concurrency(),
      bytes / (1024.0 * 1024 * 1024), system.sysname, release.substr(0, release.find('-')));
}

std::string operator_name() {
  const char* name = std::getenv("PGREHEARSE_OPERATOR");
  return name == nullptr ? "" : name;
}

std::string signal_name(int number) {
  switch (number) {
    case SIGINT:
      return "SIGINT";
    case SIGTERM:
      return "SIGTERM";
    case SIGHUP:
      return "SIGHUP";
    default:
      return fmt::format("signal {}", number);
  }
}

}  // namespace pgrehearse
