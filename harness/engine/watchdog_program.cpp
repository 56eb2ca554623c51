// pgrehearse-watchdog <run-id>: started by the harness, see watchdog.hpp. Nobody reads its output.
#include <cstdio>
#include <exception>

#include "harness/engine/watchdog.hpp"

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: pgrehearse-watchdog RUN-ID\n", stderr);
    return 64;
  }
  try {
    return pgrehearse::watchdog_main(arguments[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 3;
  }
}
