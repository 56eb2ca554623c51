// Two regions of one drill: A, where the source lives, and B, whose store gets a copy of what is
// put into A's, some time later. B has no other way to learn of A.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "harness/backup/archive.hpp"
#include "harness/backup/off_site.hpp"
#include "harness/drill/drill_store.hpp"
#include "harness/drill/run.hpp"
#include "harness/drill/source.hpp"
#include "harness/store/regional_store.hpp"

namespace pgrehearse {

/// From the last write of an object to its arrival in region B the lag passes, and the copying
/// itself: this long at most, also on a busy host.
inline constexpr Milliseconds copying_takes = Seconds{10};

class Regions {
 public:
  /// Opens the stores, where drill.yaml says, and makes the networks where the engine separates
  /// them. `lag` passes, at least, between a change of A's store and its copy in B's. Until A is
  /// lost the copier has the credentials of both, as a provider's has.
  Regions(Run& run, Milliseconds lag);
  /// The courier and the copying end, and the stores are removed.
  ~Regions();
  Regions(const Regions&) = delete;
  Regions& operator=(const Regions&) = delete;

  /// Where a source of region A starts: its network, and an archive_timeout that lets quiet hours
  /// reach the archive too.
  [[nodiscard]] SourcePlace in_a() const;
  [[nodiscard]] const std::string& network_a() const { return network_a_; }
  [[nodiscard]] const std::string& network_b() const { return network_b_; }
  [[nodiscard]] Milliseconds lag() const { return lag_; }

  /// Copies a set into A's store.
  void ship(Source& source, const BackupSet& set);
  /// From now on whatever the source archives is carried into A's store.
  void carry_wal_of(Source& source);
  /// Waits until B has `segment` and every set shipped so far. Throws Error{timed_out}.
  void wait_until_arrived(const std::string& segment, Milliseconds deadline);

  /// A's store is gone, with what was waiting to be copied. Nothing is under way any more.
  void lose_a();
  /// Every change of A's store, and whether it has arrived in B.
  [[nodiscard]] std::vector<Shipment> shipments() const { return linked_->shipments(); }

  [[nodiscard]] RegionalStore& store_a() { return *linked_; }
  [[nodiscard]] ObjectStore& store_b() { return b_->store(); }
  /// Region B's store as whoever has region A's credentials sees it. Nothing where stores are
  /// folders, which have no credentials.
  [[nodiscard]] std::unique_ptr<ObjectStore> store_b_seen_from_a() const;
  /// How often region A's store was asked since it was lost, by anyone here.
  [[nodiscard]] std::uint64_t requests_to_a_since_its_loss() const {
    return a_->requests() - requests_at_loss_;
  }
  [[nodiscard]] OffSite& off_site_b() { return *off_site_b_; }

 private:
  void carry(const std::stop_token& stop, Source& source);
  [[nodiscard]] std::string trouble() const;

  Milliseconds lag_;
  std::filesystem::path folder_;
  std::string network_a_;  ///< empty where the engine does not separate networks
  std::string network_b_;
  std::unique_ptr<DrillStore> a_;
  std::unique_ptr<DrillStore> b_;
  std::uint64_t requests_at_loss_ = 0;
  std::unique_ptr<RegionalStore> linked_;
  std::unique_ptr<OffSite> off_site_a_;
  std::unique_ptr<OffSite> off_site_b_;
  mutable std::mutex mutex_;
  std::string trouble_ = "none";  ///< why the courier's last round failed
  std::jthread courier_;          // last: it ends before what it uses
};

}  // namespace pgrehearse
