// What is left of a host whose programs are dead while its network still takes connections.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace pgrehearse {

/// Listens on the loopback, takes every connection, and never says a word.
class [[nodiscard]] SilentHost {
 public:
  /// Throws Error{io}.
  SilentHost();
  ~SilentHost();
  SilentHost(const SilentHost&) = delete;
  SilentHost& operator=(const SilentHost&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// How often it was called since the start.
  [[nodiscard]] int calls() const { return calls_; }

 private:
  void listen_until_closed();

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> calls_ = 0;
  std::thread thread_;
};

}  // namespace pgrehearse
