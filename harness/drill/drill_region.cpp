// The verbs of a regional outage: lose region A, recover in B from what has arrived there.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/check/store_access.hpp"
#include "harness/drill/archived_wal.hpp"
#include "harness/drill/drill.hpp"
#include "harness/drill/high_water_mark.hpp"
#include "harness/drill/reach.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds outage_is_noticed_within = Seconds{10};

bool is_newest_of_its_key(const std::vector<Shipment>& shipments, std::size_t number) {
  return std::none_of(shipments.begin() + static_cast<std::ptrdiff_t>(number) + 1, shipments.end(),
      [&](const Shipment& later) { return later.key == shipments[number].key; });
}

// What should have arrived by the outage and did not, and what is there but is something else.
std::vector<std::string> shortcomings(Regions& regions, SteadyTime outage) {
  std::vector<std::string> found;
  const std::vector<Shipment> shipments = regions.shipments();
  for (std::size_t number = 0; number < shipments.size(); ++number) {
    const Shipment& shipment = shipments[number];
    if (!is_newest_of_its_key(shipments, number)) {
      continue;
    }
    const std::optional<ObjectInfo> there = regions.store_b().stat(shipment.key);
    const bool due = shipment.written + regions.lag() + copying_takes <= outage;
    if (!there && due) {
      found.push_back(fmt::format("{} was due and is not there", shipment.key));
    } else if (there && there->sha256 != shipment.sha256) {
      found.push_back(fmt::format("{} is not what region A had under that name", shipment.key));
    }
  }
  return found;
}

}  // namespace

Injury Drill::lose_region(Source& source, Regions& regions) {
  Instance& instance = source.cluster().instance();
  Injury injury{.name = "region-lost", .probe = {}};
  const Endpoint address = instance.neighbours_endpoint();
  if (!answers(instance, address, an_answer_may_take)) {
    throw Error{ErrorCode::internal, "the probe of region A does not even work before the outage"};
  }
  region_a_ = address;
  injury.when = Timestamp::now();
  injury.at = SteadyTime::now();
  instance.kill_processes();
  if (run_.engine.properties().separates_networks) {
    instance.cut_off();
  }
  regions.lose_a();
  source.hold_clients();
  chronicle_.incident_at(injury.at);
  chronicle_.note({.name = "incident", .time = injury.when.text(), .clock = "host"});
  return injury;
}

void Drill::notice_outage(std::unique_ptr<ServiceWatch> watch, const Injury& injury, Here here) {
  const ServiceWatch::Seen seen = watch->wait_for_failure(outage_is_noticed_within);
  watch.reset();
  // A probe that was under way at the outage began before it, on a busy host long before.
  const bool noticed = seen.failed && *seen.failed >= injury.at;
  if (noticed) {
    chronicle_.note_now("detected");
  }
  file({.check = "outage-noticed",
           .question = "does a watch that goes the application's way notice the outage?",
           .expected = "probes are answered before the outage, and fail after it",
           .observed =
               noticed       ? fmt::format("a probe failed after {} were answered; probes begin at "
                                                 "most {} apart",
                                   seen.answered, text_of(seen.longest_apart))
               : seen.failed ? "a probe failed before the outage"
                             : fmt::format("{} probes answered, none failed", seen.answered),
           .verdict = noticed ? Verdict::met : Verdict::missed},
      here);
}

std::vector<std::string> Drill::signs_of_region_a(
    Regions& regions, const Source& source, Instance& from) const {
  std::vector<std::string> signs;
  if (answers(from, region_a_)) {
    signs.emplace_back("the server of region A answers region B");
  }
  try {
    const Session session = source.cluster().connect();
    signs.emplace_back("the server of region A answers its clients");
  } catch (const Error&) {
    // As it should be.
  }
  try {
    static_cast<void>(regions.store_a().list(""));
    signs.emplace_back("the store of region A answers");
  } catch (const Error&) {
    // As it should be.
  }
  return signs;
}

// Whoever is refused by its own store while everything burns has found out too late.
void Drill::fetch_into(Replica& replica, Regions& regions, Here here) {
  try {
    const std::vector<BackupSet> sets = regions.off_site_b().backups();
    if (sets.empty()) {
      throw Error{ErrorCode::backup_unusable, "region B has no whole backup set",
          "What was shipped had not arrived: nothing can be recovered there."};
    }
    Instance& instance = *replica.place.instance;
    replica.set = regions.off_site_b().fetch(sets.back(), instance, replica.place.volumes.backups);
    regions.off_site_b().fetch_wal(instance, replica.place.volumes.archive);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::store_refused) {
      file({.check = "region-credentials",
               .question = "do region B's own credentials suffice?",
               .expected = "what has arrived in region B can be read there",
               .observed = error.message(),
               .verdict = Verdict::missed},
          here);
    }
    throw;
  }
}

void Drill::expect_region_b_alone(Regions& regions, Here here) {
  if (const std::unique_ptr<ObjectStore> with_lost = regions.store_b_seen_from_a()) {
    file(ask_region_credentials(
             regions.store_b(), *with_lost, regions.requests_to_a_since_its_loss()),
        here);
  }
}

Replica Drill::fetch_replica(
    Regions& regions, const Source& source, const Injury& injury, Here here) {
  chronicle_.begin_phase("provision");
  Replica replica{.place = prepare_place(regions.network_b(), false), .set = {}};
  Instance& instance = *replica.place.instance;

  const std::vector<std::string> signs = signs_of_region_a(regions, source, instance);
  file({.check = "region-cut-off",
           .question = "is region A gone before anything is fetched?",
           .expected = "neither its server nor its store answers, whoever asks",
           .observed = !signs.empty() ? signs.front()
                       : run_.engine.properties().separates_networks
                           ? "nothing answers, and its network is apart"
                           : "nothing answers; this engine cannot separate networks",
           .verdict = signs.empty() ? Verdict::met : Verdict::missed,
           .details = signs},
      here);

  chronicle_.begin_phase("fetch");
  fetch_into(replica, regions, here);

  const std::vector<std::string> lacking = shortcomings(regions, injury.at);
  file({.check = "replica-current",
           .question = "does region B have all that was due there when region A was lost?",
           .expected = fmt::format(
               "every object older than {}, byte for byte", text_of(regions.lag() + copying_takes)),
           .observed = lacking.empty() ? fmt::format("{} objects in store B, none missing",
                                             regions.store_b().list("").size())
                                       : lacking.front(),
           .verdict = lacking.empty() ? Verdict::met : Verdict::missed,
           .details = lacking},
      here);

  for (const std::string& file_name : regions.off_site_b().wal()) {
    if (file_name.size() == 24) {
      replica.last_segment = file_name;
    }
  }
  const WalOracle oracle = archived_commits(
      Archive{replica.place.volumes.archive}, instance, replica.set, replica.last_segment);
  for (const WalCommit& commit : oracle.commits) {
    replica.commits.push_back(commit.xid);
    replica.last_commit = commit.lsn;
  }
  // Its store has digests of its own: those of the source's archive stayed behind.
  replica.archive = {.archive = Archive{replica.place.volumes.archive}.survey(instance),
      .need = {.timeline = replica.set.timeline, .from = replica.set.start, .recorded = false}};
  record_.high_water_mark = high_water_mark_of(replica);
  return replica;
}

RestorePlace Drill::prepare_place(const std::string& network, bool quarantined) {
  const std::string name = run_.next_name("restored");
  RestorePlace place{.volumes = {name + "-archive", name + "-backups"}, .network = network};
  run_.engine.create_volume(place.volumes.archive);
  run_.engine.create_volume(place.volumes.backups);
  instances_.push_back(run_.engine.create({.name = name,
      .initialised = false,
      .volumes = {{place.volumes.archive, false}, {place.volumes.backups, false}},
      .network = network,
      .quarantined = quarantined}));
  place.instance = instances_.back().get();
  return place;
}

Restored Drill::restore(Replica& replica, const RecoveryTarget& target) {
  Restored restored = restore_shipped(replica.place, replica.set, target);
  replica.place.instance = nullptr;
  return restored;
}

}  // namespace pgrehearse
