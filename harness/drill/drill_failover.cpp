// The verbs of a failover: a standby in region B, and its promotion.
#include "harness/drill/drill.hpp"
#include "harness/drill/standby.hpp"

namespace pgrehearse {
namespace {

// The standby notices at once that its primary died, and replays in less than it took to write.
constexpr Milliseconds patience = Seconds{10};

}  // namespace

std::unique_ptr<Standby> Drill::start_standby(
    Source& source, const Regions& regions, Replication replication) {
  instances_.push_back(run_.engine.create(
      {.name = run_.next_name("standby"), .initialised = false, .network = regions.network_b()}));
  record_.facts["replication"] =
      replication == Replication::synchronous ? "synchronous" : "asynchronous";
  return std::make_unique<Standby>(run_, source, *instances_.back(), replication);
}

Restored Drill::promote(Standby& standby) {
  chronicle_.begin_phase("promote");
  standby.promote(patience);
  chronicle_.note_now("recovery ended");
  chronicle_.begin_phase("verify");
  record_recovery(standby.server(), standby.received().set.timeline);
  record_.recovery->ending = "promoted";
  record_.recovery->stopped_at = standby.takeover().fork.text();
  record_.recovery->last_segment = standby.received().last_segment;
  return standby.server();
}

}  // namespace pgrehearse
