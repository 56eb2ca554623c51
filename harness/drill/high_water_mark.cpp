#include "harness/drill/high_water_mark.hpp"

#include "harness/pg/wal_reading.hpp"

namespace pgrehearse {

HighWaterMarkRecord high_water_mark_of(const Marker& marker) {
  return {.lsn = marker.position.lsn.text(),
      .timeline = static_cast<std::int64_t>(marker.position.timeline),
      .segment = marker.last_segment,
      .sha256 = marker.segment_sha256,
      .commits = static_cast<std::int64_t>(marker.commits.size())};
}

HighWaterMarkRecord high_water_mark_of(const Replica& replica) {
  return {.lsn = replica.last_commit.text(),
      .timeline = static_cast<std::int64_t>(timeline_of_segment(replica.last_segment)),
      .segment = replica.last_segment,
      .sha256 = listing_of(replica.archive.archive)[replica.last_segment],
      .commits = static_cast<std::int64_t>(replica.commits.size())};
}

}  // namespace pgrehearse
