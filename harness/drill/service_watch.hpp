// Asks again and again, as the application would, whether the service answers: what tells the
// people on call that it does not.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "harness/base/time.hpp"
#include "harness/drill/source.hpp"

namespace pgrehearse {

class ServiceWatch {
 public:
  /// True when the service answers. Called by one thread; what it throws counts as no answer.
  using Probe = std::function<bool()>;

  /// Begins at once. A probe begins `interval` after the one before began, or when that has ended:
  /// no instant is known better than the longest time between two.
  explicit ServiceWatch(Probe probe, Milliseconds interval = Milliseconds{50});
  /// Waits for the probe under way.
  ~ServiceWatch() = default;
  ServiceWatch(const ServiceWatch&) = delete;
  ServiceWatch& operator=(const ServiceWatch&) = delete;

  struct Seen {
    std::int64_t answered = 0;
    Milliseconds longest_apart = Milliseconds{0};  ///< of two probes' beginnings
    std::optional<SteadyTime> failed = {};  ///< when the first failure after an answer was known
  };
  [[nodiscard]] Seen seen() const;
  /// Waits until a probe has failed after one was answered. What was seen until then, or until the
  /// deadline.
  [[nodiscard]] Seen wait_for_failure(Milliseconds deadline) const;

 private:
  void watch(const std::stop_token& stop, const Probe& probe, Milliseconds interval);

  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  Seen seen_ = {};
  std::jthread thread_;  // last: it ends before what it uses
};

/// A new connection by the application's own way for each probe, and one query. Returns when the
/// first was answered; throws Error{timed_out}.
[[nodiscard]] std::unique_ptr<ServiceWatch> watch_service(const Source& source);

}  // namespace pgrehearse
