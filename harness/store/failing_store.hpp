// A store with faults on purpose, to see what stands above it when the store is slow, gone or
// lying. The same seed and the same order of calls give the same faults.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "harness/store/object_store.hpp"

namespace pgrehearse {

/// Which calls go wrong. Counts begin at 1, so 3 means the third call, the sixth ...; 0 is never.
struct StoreFaults {
  std::uint64_t seed = 0;                 ///< decides which bit is flipped
  Milliseconds delay{0};                  ///< before every call
  unsigned every_nth_call_fails = 0;      ///< store-unreachable, and nothing was done
  unsigned every_nth_put_unanswered = 0;  ///< store-unreachable, although it was stored
  unsigned every_nth_read_flipped = 0;    ///< one bit differs on the way: another read is whole
  unsigned every_nth_put_flipped = 0;     ///< one bit differs in the store: every read is damaged
};

/// A fault that really happened.
struct InjectedFault {
  std::uint64_t call = 0;  ///< number of the call, from 1
  std::string kind = {};  ///< "outage", "failed", "unanswered", "flipped on read", "flipped on put"
  std::string key = {};   ///< empty for list()
};

class FailingStore final : public ObjectStore {
 public:
  /// `inner` must outlive it.
  explicit FailingStore(ObjectStore& inner, StoreFaults faults = {});

  /// Until end_outage() every call throws Error{store_unreachable} and the inner store is not
  /// asked.
  void begin_outage() { outage_ = true; }
  void end_outage() { outage_ = false; }
  /// What was injected so far: a test of faults that never happened proves nothing.
  [[nodiscard]] std::vector<InjectedFault> injected() const;

  [[nodiscard]] const StoreProperties& properties() const override { return inner_.properties(); }
  std::optional<ObjectInfo> put(
      const std::string& key, const Content& content, const PutOptions& options) override;
  ObjectInfo read(const std::string& key, const std::optional<std::string>& version,
      const PieceSink& sink) override;
  [[nodiscard]] std::vector<ObjectInfo> list(const std::string& prefix) override;
  [[nodiscard]] std::optional<ObjectInfo> stat(const std::string& key) override;
  void remove(const std::string& key, const std::optional<std::string>& version) override;
  [[nodiscard]] std::vector<ObjectInfo> versions(const std::string& key) override;

 private:
  /// Counts the call, and throws if it is one that fails.
  std::uint64_t begin_call(const std::string& key);
  void note(std::uint64_t call, std::string kind, const std::string& key);
  [[noreturn]] void fail(std::uint64_t call, const std::string& kind, const std::string& key);
  [[nodiscard]] std::uint64_t number_for(std::uint64_t call) const;

  ObjectStore& inner_;
  StoreFaults faults_;
  std::atomic<bool> outage_{false};
  std::atomic<std::uint64_t> calls_{0};
  std::atomic<std::uint64_t> puts_{0};
  std::atomic<std::uint64_t> reads_{0};
  mutable std::mutex mutex_;
  std::vector<InjectedFault> injected_;
};

}  // namespace pgrehearse
