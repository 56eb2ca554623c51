// A store whose objects are copied to another region, in order and some time later: what a drill of
// a regional outage loses is what had not arrived. Every copy is on record with its instants, so
// the loss is measured and not assumed.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/store/object_store.hpp"

namespace pgrehearse {

enum class ShipmentState {
  waiting,     ///< for its lag to pass, or for the copying to be resumed
  arrived,     ///< the replica has it
  superseded,  ///< replaced or removed before it was copied: a later shipment has what is there
  omitted,     ///< left out on purpose
  failed,      ///< what the primary gave was damaged, or the replica refused it
  lost,        ///< the primary was lost before it was copied
};
[[nodiscard]] std::string_view name_of(ShipmentState state);

/// One change of the primary on its way to the replica.
struct Shipment {
  std::string key;
  std::string sha256 = {};  ///< empty for a removal
  bool removal = false;
  std::string version = {};  ///< in the primary; the replica counts its own
  std::optional<Timestamp> locked_until = {};
  ShipmentState state = ShipmentState::waiting;
  Timestamp written_at = {};  ///< when the primary had it, by this host's clock
  SteadyTime written = {};
  std::optional<Timestamp> arrived_at = {};  ///< when the replica had it
  std::optional<SteadyTime> arrived = {};
  std::string problem = {};  ///< of a failed one: the code of the error
};

/// Serves from the primary and copies every put and every removal of a key to the replica, one
/// after the other. The removal of a single version is not copied. Shipments that cannot reach
/// the replica are tried again until they do; those behind them wait.
class RegionalStore final : public ObjectStore {
 public:
  /// Both must outlive it. `lag` passes between a change and its copy, at least.
  RegionalStore(ObjectStore& primary, ObjectStore& replica, Milliseconds lag);
  /// What is still waiting is not copied any more.
  ~RegionalStore() override;
  RegionalStore(const RegionalStore&) = delete;
  RegionalStore& operator=(const RegionalStore&) = delete;

  /// Makes the replica stale: when this returns no copy is under way, and none begins until
  /// resume().
  void hold();
  void resume();
  /// Makes the replica partial: later changes of keys that begin so are never copied.
  void omit(const std::string& prefix);
  /// The primary is gone from now on: every call throws Error{store_unreachable}, and what was
  /// waiting is lost. Returns when no copy is under way.
  void lose_primary();

  /// Every change since the beginning, in order.
  [[nodiscard]] std::vector<Shipment> shipments() const;
  /// Throws Error{timed_out} naming what is still waiting.
  void wait_until_shipped(Milliseconds deadline) const;

  [[nodiscard]] const StoreProperties& properties() const override { return primary_.properties(); }
  std::optional<ObjectInfo> put(
      const std::string& key, const Content& content, const PutOptions& options) override;
  ObjectInfo read(const std::string& key, const std::optional<std::string>& version,
      const PieceSink& sink) override;
  [[nodiscard]] std::vector<ObjectInfo> list(const std::string& prefix) override;
  [[nodiscard]] std::optional<ObjectInfo> stat(const std::string& key) override;
  void remove(const std::string& key, const std::optional<std::string>& version) override;
  [[nodiscard]] std::vector<ObjectInfo> versions(const std::string& key) override;

 private:
  void demand_primary() const;
  void enqueue(Shipment shipment);
  void ship_until(const std::stop_token& stop);
  /// Copies one; the state it has then. Waiting: it has to be tried again.
  [[nodiscard]] ShipmentState ship(Shipment& shipment);

  ObjectStore& primary_;
  ObjectStore& replica_;
  Milliseconds lag_;
  std::mutex writers_;  // changes reach the primary and the queue in the same order
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Shipment> shipments_;
  std::size_t next_ = 0;  // the first of shipments_ that is still waiting
  std::vector<std::string> omitted_;
  bool held_ = false;
  bool lost_ = false;
  bool under_way_ = false;
  std::jthread shipper_;  // last: it ends before what it uses
};

}  // namespace pgrehearse
