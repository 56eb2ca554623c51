#include "harness/store/regional_store.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/process/wait.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

// Between two attempts to reach a replica that does not answer.
constexpr Milliseconds pause{100};

}  // namespace

std::string_view name_of(ShipmentState state) {
  switch (state) {
    case ShipmentState::waiting:
      return "waiting";
    case ShipmentState::arrived:
      return "arrived";
    case ShipmentState::superseded:
      return "superseded";
    case ShipmentState::omitted:
      return "omitted";
    case ShipmentState::failed:
      return "failed";
    case ShipmentState::lost:
      return "lost";
  }
  return "waiting";
}

RegionalStore::RegionalStore(ObjectStore& primary, ObjectStore& replica, Milliseconds lag)
    : primary_(primary),
      replica_(replica),
      lag_(lag),
      shipper_([this](const std::stop_token& stop) { ship_until(stop); }) {}

RegionalStore::~RegionalStore() = default;

void RegionalStore::hold() {
  std::unique_lock lock{mutex_};
  held_ = true;
  changed_.wait(lock, [&] { return !under_way_; });
}

void RegionalStore::resume() {
  const std::lock_guard lock{mutex_};
  held_ = false;
  changed_.notify_all();
}

void RegionalStore::omit(const std::string& prefix) {
  const std::lock_guard lock{mutex_};
  omitted_.push_back(prefix);
}

void RegionalStore::lose_primary() {
  std::unique_lock lock{mutex_};
  lost_ = true;
  changed_.wait(lock, [&] { return !under_way_; });
  for (; next_ < shipments_.size(); ++next_) {
    if (shipments_[next_].state == ShipmentState::waiting) {
      shipments_[next_].state = ShipmentState::lost;
    }
  }
}

std::vector<Shipment> RegionalStore::shipments() const {
  const std::lock_guard lock{mutex_};
  return {shipments_.begin(), shipments_.end()};
}

void RegionalStore::wait_until_shipped(Milliseconds deadline) const {
  wait_until("the replica to have every object", deadline, [&]() -> std::optional<std::string> {
    const std::lock_guard lock{mutex_};
    if (next_ == shipments_.size()) {
      return std::nullopt;
    }
    return fmt::format(
        "{} waiting, the first is {}", shipments_.size() - next_, shipments_[next_].key);
  });
}

void RegionalStore::demand_primary() const {
  const std::lock_guard lock{mutex_};
  if (lost_) {
    throw Error{ErrorCode::store_unreachable,
        fmt::format("the store {} does not serve: its region was lost, on purpose",
            primary_.properties().name),
        "This outage was injected. The replica has what arrived before."};
  }
}

void RegionalStore::enqueue(Shipment shipment) {
  shipment.written = SteadyTime::now();
  shipment.written_at = Timestamp::now();
  const std::lock_guard lock{mutex_};
  if (std::any_of(omitted_.begin(), omitted_.end(),
          [&](const std::string& prefix) { return shipment.key.starts_with(prefix); })) {
    shipment.state = ShipmentState::omitted;
  } else if (lost_) {
    shipment.state = ShipmentState::lost;
  }
  shipments_.push_back(std::move(shipment));
  changed_.notify_all();
}

void RegionalStore::ship_until(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  while (!stop.stop_requested()) {
    while (next_ < shipments_.size() && shipments_[next_].state != ShipmentState::waiting) {
      ++next_;
    }
    if (held_ || lost_ || next_ == shipments_.size()) {
      const std::size_t seen = shipments_.size();
      changed_.wait(lock, stop, [&] {
        return !lost_ && !held_ && (next_ < shipments_.size() || shipments_.size() != seen);
      });
      continue;
    }
    const SteadyTime now = SteadyTime::now();
    const SteadyTime due = shipments_[next_].written + lag_;
    if (now < due) {
      changed_.wait_for(lock, stop, due - now, [&] { return held_ || lost_; });
      continue;
    }
    Shipment shipment = shipments_[next_];
    under_way_ = true;
    lock.unlock();
    shipment.state = ship(shipment);
    lock.lock();
    under_way_ = false;
    shipments_[next_] = shipment;
    changed_.notify_all();
    if (shipment.state == ShipmentState::waiting) {
      changed_.wait_for(lock, stop, pause, [&] { return held_ || lost_; });
    }
  }
}

ShipmentState RegionalStore::ship(Shipment& shipment) {
  try {
    if (shipment.removal) {
      replica_.remove(shipment.key, {});
    } else {
      const TempDir folder{"pgrehearse-shipment"};
      const std::filesystem::path file = folder.path() / "object";
      const ObjectInfo found = get_file(primary_, shipment.key, file,
          shipment.version.empty() ? std::nullopt : std::optional{shipment.version});
      if (found.sha256 != shipment.sha256) {
        return ShipmentState::superseded;
      }
      replica_.put(shipment.key, Content::of_file(file),
          {.sha256 = shipment.sha256,
              .locked_until =
                  replica_.properties().locks_objects ? shipment.locked_until : std::nullopt,
              .labels = found.labels});
    }
    shipment.arrived = SteadyTime::now();
    shipment.arrived_at = Timestamp::now();
    return ShipmentState::arrived;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::object_missing) {
      return ShipmentState::superseded;
    }
    if (error.code() == ErrorCode::store_unreachable) {
      return ShipmentState::waiting;
    }
    shipment.problem = name_of(error.code());
  } catch (const std::exception&) {
    shipment.problem = name_of(ErrorCode::internal);
  }
  return ShipmentState::failed;
}

std::optional<ObjectInfo> RegionalStore::put(
    const std::string& key, const Content& content, const PutOptions& options) {
  demand_primary();
  const std::lock_guard order{writers_};
  std::optional<ObjectInfo> stored = primary_.put(key, content, options);
  if (stored.has_value()) {
    enqueue({.key = key,
        .sha256 = stored->sha256,
        .version = stored->version,
        .locked_until = options.locked_until});
  }
  return stored;
}

ObjectInfo RegionalStore::read(
    const std::string& key, const std::optional<std::string>& version, const PieceSink& sink) {
  demand_primary();
  return primary_.read(key, version, sink);
}

std::vector<ObjectInfo> RegionalStore::list(const std::string& prefix) {
  demand_primary();
  return primary_.list(prefix);
}

std::optional<ObjectInfo> RegionalStore::stat(const std::string& key) {
  demand_primary();
  return primary_.stat(key);
}

void RegionalStore::remove(const std::string& key, const std::optional<std::string>& version) {
  demand_primary();
  const std::lock_guard order{writers_};
  primary_.remove(key, version);
  if (!version.has_value()) {
    enqueue({.key = key, .removal = true});
  }
}

std::vector<ObjectInfo> RegionalStore::versions(const std::string& key) {
  demand_primary();
  return primary_.versions(key);
}

}  // namespace pgrehearse
