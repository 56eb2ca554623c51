// Writing into a pipe whose reader ended raises SIGPIPE, which would end us. It is held back on
// this thread, and taken off it again; the write says EPIPE.
#pragma once

#include <signal.h>

namespace pgrehearse {

class [[nodiscard]] SigpipeHeld {
 public:
  SigpipeHeld();
  ~SigpipeHeld();
  SigpipeHeld(const SigpipeHeld&) = delete;
  SigpipeHeld& operator=(const SigpipeHeld&) = delete;

 private:
  sigset_t sigpipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

}  // namespace pgrehearse
