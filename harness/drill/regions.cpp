#include "harness/drill/regions.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <system_error>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds between_rounds{200};

}  // namespace

Regions::Regions(Run& run, Milliseconds lag)
    : lag_(lag), folder_(run.journal.folder() / run.next_name("regions")) {
  if (run.engine.properties().separates_networks) {
    network_a_ = run.next_name("region-a");
    network_b_ = run.next_name("region-b");
    run.engine.create_network(network_a_);
    run.engine.create_network(network_b_);
  }
  run.journal.intend("directory", folder_.string());
  make_private_directory(folder_ / "spool");
  const std::string name = folder_.filename().string();
  const StoresSpec& stores = run.subject.stores;
  a_ = std::make_unique<DrillStore>(run, stores.region_a, name + "-a", folder_ / "a");
  b_ = std::make_unique<DrillStore>(run, stores.region_b, name + "-b", folder_ / "b");
  linked_ = std::make_unique<RegionalStore>(a_->store(), b_->store(), lag);
  off_site_a_ = std::make_unique<OffSite>(*linked_, folder_ / "spool");
  off_site_b_ = std::make_unique<OffSite>(b_->store(), folder_ / "spool");
}

Regions::~Regions() {
  courier_ = {};
  linked_.reset();
  std::error_code ignored;  // what stays is in the journal: the sweeper finds it
  std::filesystem::remove_all(folder_, ignored);
}

// A segment every few seconds at most: a far copy needs no finer grain than its own lag.
SourcePlace Regions::in_a() const {
  const auto seconds = std::max<std::int64_t>(1, lag_ / Seconds{6});
  return {.network = network_a_, .settings = {{"archive_timeout", fmt::format("{}s", seconds)}}};
}

void Regions::ship(Source& source, const BackupSet& set) {
  off_site_a_->ship(source.cluster().instance(), set);
}

void Regions::carry_wal_of(Source& source) {
  courier_ = std::jthread{[this, &source](const std::stop_token& stop) { carry(stop, source); }};
}

void Regions::carry(const std::stop_token& stop, Source& source) {
  std::mutex mutex;
  std::condition_variable_any round;
  while (!stop.stop_requested()) {
    try {
      off_site_a_->ship_wal(source.cluster().instance(), source.archive().volume());
    } catch (const Error& error) {
      // Of a region that is failing that is the loss to be measured; else who waits will say it.
      const std::lock_guard lock{mutex_};
      trouble_ = error.message();
    }
    std::unique_lock lock{mutex};
    round.wait_for(lock, stop, between_rounds, [] { return false; });
  }
}

void Regions::wait_until_arrived(const std::string& segment, Milliseconds deadline) {
  wait_until(fmt::format("segment {} to arrive in region B", segment), deadline,
      [&]() -> std::optional<std::string> {
        // The copier knows. Region B's credentials are first used when nothing else is left.
        const std::vector<Shipment> shipped = linked_->shipments();
        if (std::none_of(shipped.begin(), shipped.end(), [&](const Shipment& shipment) {
              return shipment.key == "wal/" + segment && shipment.arrived.has_value();
            })) {
          return "it is not there; the courier's last trouble: " + trouble();
        }
        return std::nullopt;
      });
}

std::string Regions::trouble() const {
  const std::lock_guard lock{mutex_};
  return trouble_;
}

void Regions::lose_a() {
  courier_.request_stop();
  linked_->lose_primary();
  courier_ = {};
  requests_at_loss_ = a_->requests();
}

std::unique_ptr<ObjectStore> Regions::store_b_seen_from_a() const {
  if (!a_->bucket() || !b_->bucket()) {
    return nullptr;
  }
  S3Config as_a = *b_->bucket();
  as_a.credentials = a_->bucket()->credentials;
  return std::make_unique<S3Store>(as_a);
}

}  // namespace pgrehearse
