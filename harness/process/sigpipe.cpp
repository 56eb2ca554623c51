#include "harness/process/sigpipe.hpp"

#include <ctime>

namespace pgrehearse {

SigpipeHeld::SigpipeHeld() {
  sigemptyset(&sigpipe_);
  sigaddset(&sigpipe_, SIGPIPE);
  sigset_t pending;
  sigpending(&pending);
  was_pending_ = sigismember(&pending, SIGPIPE) == 1;
  pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
}

SigpipeHeld::~SigpipeHeld() {
  const timespec at_once{};
  if (!was_pending_) {
    sigtimedwait(&sigpipe_, nullptr, &at_once);
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace pgrehearse
