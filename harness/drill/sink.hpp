// Somebody outside, to whom a compromised server could send what it knows, and who could call it.
#pragma once

#include <memory>
#include <string>

#include "harness/drill/reach.hpp"
#include "harness/drill/run.hpp"
#include "harness/engine/instance.hpp"

namespace pgrehearse {

/// A server of the drill's own, on the same network as the one that is to be cut off.
class [[nodiscard]] Sink {
 public:
  /// On the network of `server`, and notes where that is now: one that was cut off has no address
  /// to ask for. It must outlive this.
  Sink(Run& run, Instance& server, const std::string& network);

  /// Is this answered within so long when the server asks?
  [[nodiscard]] bool hears(Seconds patience = silence_takes);
  /// Does the server answer within so long, asked from here?
  [[nodiscard]] bool reaches(Seconds patience = silence_takes);

 private:
  Instance& server_;
  Endpoint server_at_;
  std::unique_ptr<Instance> instance_;
};

}  // namespace pgrehearse
