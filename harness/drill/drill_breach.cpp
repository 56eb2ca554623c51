// The verbs of a security breach: plant, notice, isolate, preserve, and find the newest backup from
// which the cluster comes back without the intruder.
#include <algorithm>
#include <future>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/check/store_access.hpp"
#include "harness/drill/drill.hpp"
#include "harness/drill/workload.hpp"
#include "harness/pg/table_name.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

bool opens(ObjectStore& store, const std::string& key) {
  try {
    static_cast<void>(store.read(key, {}, [](std::string_view) {}));
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::key_refused && error.code() != ErrorCode::object_damaged) {
      throw;
    }
    return false;
  }
}

std::string text_of(const IntrusionFinding& finding) {
  return fmt::format("{} {}{}{}: {}", finding.rule, finding.database,
      finding.database.empty() ? "" : " ", finding.object, finding.what);
}

}  // namespace

Injury Drill::break_in(Source& source, const std::vector<std::string>& trick_ids) {
  Injury injury{.name = "break-in", .probe = {}};
  const std::string& table = run_.subject.security_breach.table;
  {
    Session session = source.cluster().connect(run_.subject.database);
    if (clients_write_to(session, quoted_table(table))) {
      throw Error{ErrorCode::bad_config,
          fmt::format("clients write to {}, which is said to be protected", table),
          "Every backup of after the marker would be taken for tainted. Name a table that the "
          "workload leaves alone.",
          "security_breach.table"};
    }
    const Row row =
        session.exec("SELECT pg_catalog.clock_timestamp(), pg_catalog.pg_current_wal_insert_lsn()")
            .front();
    injury.when = Timestamp::parse(row[0].value());
    injury.lsn = Lsn::parse(row[1].value());
  }
  injury.at = SteadyTime::now();
  const Stage stage{
      .cluster = source.cluster(), .database = run_.subject.database, .table = quoted_table(table)};
  for (const std::string& id : trick_ids) {
    planted_.push_back(plant(stage, trick_named(id)));
  }
  chronicle_.incident_at(injury.at);
  chronicle_.note({.name = "first compromise",
      .time = injury.when.text(),
      .clock = "server",
      .lsn = injury.lsn.text()});
  return injury;
}

void Drill::notice_intruder(Source& source, const IntrusionBaseline& baseline, Here here) {
  const std::vector<IntrusionFinding> seen =
      scan_for_intrusion([&](const std::string& name) { return source.cluster().connect(name); },
          source.cluster().instance(), baseline,
          {.closed = ClosedDatabases::skip, .own_settings = source.settings()});
  Finding finding{.check = "intruder-noticed",
      .question = "does the watch on the live server notice the intruder?",
      .expected = "at least one finding",
      .observed = seen.empty() ? "nothing"
                               : fmt::format("{} findings, the first: {}", seen.size(),
                                     text_of(seen.front())),
      .verdict = seen.empty() ? Verdict::missed : Verdict::met};
  for (const IntrusionFinding& each : seen) {
    finding.details.push_back(text_of(each));
  }
  if (!seen.empty()) {
    chronicle_.note_now("detected");
  }
  file(finding, here);
}

SourcePlace Drill::apart() {
  if (run_.engine.properties().separates_networks) {
    network_apart_ = run_.next_name("apart");
    run_.engine.create_network(network_apart_);
  }
  return {.network = network_apart_};
}

std::unique_ptr<Sink> Drill::open_sink(Source& source) {
  auto sink = std::make_unique<Sink>(run_, source.cluster().instance(), network_apart_);
  if (!sink->hears(an_answer_may_take) || !sink->reaches(an_answer_may_take)) {
    throw Error{ErrorCode::internal, "the server and the sink do not reach each other",
        "Without that, nothing that is seen after the isolation proves it."};
  }
  return sink;
}

void Drill::cut_off(Source& source) {
  source.hold_clients();
  if (run_.engine.properties().separates_networks) {
    source.cluster().instance().cut_off();
  } else {
    source.cluster().instance().kill_processes();
  }
  planted_.clear();
}

void Drill::expect_isolated(Source& source, Sink& sink, Here here) {
  const bool separates = run_.engine.properties().separates_networks;
  std::vector<std::string> signs;
  // Both at once: each waits its time for an answer that shall not come.
  std::future<bool> heard =
      std::async(std::launch::async, [&] { return separates && sink.hears(); });
  const bool reached = sink.reaches();
  if (heard.get()) {
    signs.emplace_back("the compromised server reaches out");
  }
  if (reached) {
    signs.emplace_back("the compromised server can be reached");
  }
  if (!separates && source.cluster().is_running()) {
    signs.emplace_back("the compromised server runs, and this engine cannot cut off a network");
  }
  file({.check = "isolated",
           .question = "can the compromised server neither reach nor be reached?",
           .expected = "no route out to a sink that it reached before, and none in",
           .observed = !signs.empty() ? signs.front()
                       : separates    ? "cut off from its network"
                                      : "stopped; this engine cannot cut off a network",
           .verdict = signs.empty() ? Verdict::met : Verdict::missed,
           .details = signs},
      here);
}

void Drill::expect_untouched(const Evidence& evidence, Source& source, Vault& vault, Here here) {
  const bool files_same = digest_of_files(source) == evidence.files;
  std::string kept;
  try {
    const TempDir folder{"evidence"};
    kept = get_file(vault.store(), evidence.key, folder.path() / "copy").sha256;
  } catch (const Error& error) {
    kept = error.message();
  }
  const bool copy_same = kept == evidence.sha256;
  file({.check = "evidence",
           .question = "is the compromised server preserved as it was found?",
           .expected = "every file and the sealed copy have the digests of the isolation",
           .observed = files_same && copy_same ? "they have"
                       : files_same            ? "the sealed copy is another"
                                               : "files of the server changed",
           .verdict = files_same && copy_same ? Verdict::met : Verdict::missed},
      here);
}

Restored Drill::restore_in_quarantine(
    Vault& vault, const BackupSet& set, const RecoveryTarget& target) {
  chronicle_.begin_phase("provision");
  RestorePlace place = prepare_place({}, run_.engine.properties().quarantines);
  try {
    chronicle_.begin_phase("fetch");
    const BackupSet fetched = vault.backups().fetch(set, *place.instance, place.volumes.backups);
    vault.backups().fetch_wal(*place.instance, place.volumes.archive);
    return restore_shipped(place, fetched, target);
  } catch (...) {
    instances_.pop_back();
    throw;
  }
}

Restored Drill::restore_newest_without_intruder(Vault& vault, const Marker& marker,
    const IntrusionBaseline& baseline, const std::vector<std::string>& expected_unused, Here here) {
  std::vector<BackupSet> sets = vault.backups().backups();
  std::vector<std::string> unused;
  std::vector<std::string> looked_at;
  const auto choose = [&](const std::string& used, bool right) {
    file({.check = "backup-choice",
             .question = "which backup set is the newest without the intruder?",
             .expected = fmt::format("not used: {}", joined(expected_unused, ", ")),
             .observed = fmt::format("not used: {}; {}", joined(unused, ", "), used),
             .verdict = right ? Verdict::met : Verdict::missed,
             .details = looked_at},
        here);
  };
  while (!sets.empty()) {
    const BackupSet set = sets.back();
    sets.pop_back();
    const bool reaches_marker = set.end <= marker.record_start;
    std::optional<Restored> candidate;
    try {
      candidate = restore_in_quarantine(
          vault, set, reaches_marker ? to(marker) : RecoveryTarget{Immediate{}});
    } catch (const Error& error) {
      if (error.code() != ErrorCode::object_damaged && error.code() != ErrorCode::backup_unusable) {
        throw;
      }
      looked_at.push_back(fmt::format("{} refused: {}", set.id, error.message()));
      run_.progress.note(looked_at.back());
      vault.set_aside(set);
      unused.push_back(set.id);
      continue;
    }
    if (!candidate->serving) {
      throw Error{ErrorCode::recovery_failed,
          fmt::format("{} could not be looked at: {}", set.id, candidate->trouble)};
    }
    chronicle_.begin_phase("scan");
    const std::vector<IntrusionFinding> seen = scan_for_intrusion(
        [&](const std::string& name) { return candidate->cluster.connect(name); },
        candidate->cluster.instance(), baseline, {.own_settings = candidate->settings});
    looked_at.push_back(seen.empty() ? set.id + " is clean"
                                     : fmt::format("{} holds {} traces, the first: {}", set.id,
                                           seen.size(), text_of(seen.front())));
    run_.progress.note(looked_at.back());
    if (seen.empty()) {
      choose("restored from " + set.id, unused == expected_unused);
      return *candidate;
    }
    unused.push_back(set.id);
    instances_.pop_back();
  }
  choose("none is left", false);
  throw Error{ErrorCode::backup_unusable,
      "no backup set in the vault can be used: " + joined(looked_at, "; "),
      "Keep sets for longer than an intruder can go unnoticed."};
}

void Drill::expect_key_rotated(Vault& vault, const KeyRing& before, Here here) {
  vault.store().put("rotation/sealed-anew", Content::of_bytes("sealed after the rotation"), {});
  SealedStore with_old_key{vault.as_stored(), before};
  std::vector<std::string> wrong;
  const std::vector<ObjectInfo> objects = vault.store().list("");
  for (const ObjectInfo& object : objects) {
    if (opens(with_old_key, object.key)) {
      wrong.push_back("the old key opens " + object.key);
    }
    if (!opens(vault.store(), object.key)) {
      wrong.push_back("the new key does not open " + object.key);
    }
  }
  file({.check = "backup-key-rotated",
           .question = "do backups open with the new key, and with that alone?",
           .expected = "no object opens with the key of before, each with the new one",
           .observed = wrong.empty() ? fmt::format("{} objects, so is each", objects.size())
                                     : wrong.front(),
           .verdict = wrong.empty() ? Verdict::met : Verdict::missed,
           .details = wrong},
      here);
}

void Drill::expect_store_key_rotated(
    Vault& vault, const std::optional<StoreKeyRotation>& rotation, Here here) {
  if (!rotation) {
    return;
  }
  if (!rotation->rotated) {
    file({.check = "store-credentials-rotated",
             .question = "does the store refuse the old credential?",
             .expected = "a program of the team's makes a new one",
             .observed = "drill.yaml names none: stores.vault.rotate",
             .verdict = Verdict::unknown},
        here);
    return;
  }
  S3Store with_old{rotation->before};
  file(ask_store_credentials(with_old, vault.as_stored(), rotation->objects), here);
}

}  // namespace pgrehearse
