#include "harness/cli/plan_steps.hpp"

#include <map>

namespace pgrehearse {
namespace {

using Steps = std::vector<std::string>;
using Outlines = std::map<std::string, Steps, std::less<>>;

constexpr const char* start = "Start the database and load the baseline";
constexpr const char* backup = "Take a full backup and verify it";
constexpr const char* marker = "Let clients write, then set the marker";
constexpr const char* held_marker = "Let clients write, then hold them and set the marker";
constexpr const char* into_nothing = "Restore it into an empty instance without a way out";
constexpr const char* traffic = "Close the old server to clients and switch the traffic";
constexpr const char* until_arrived =
    "Clients go on writing, at least until the marker has arrived in region B";
constexpr const char* until_clean =
    "Restore backups in quarantine, newest first, until one shows no trace";
constexpr const char* incident = "INCIDENT: ...";

Outlines outlines() {
  return {{"accidental-delete",
              {start, backup, marker, incident, "Clients go on writing until the alarm",
                  "Restore a fresh copy and stop at the marker", traffic}},
      {"backup-failure",
          {start, backup, "Let clients write, archive the WAL, and see that no alert is raised",
              incident, "The ages of the last backups raise the alarm", "Take a backup by hand",
              "See that the alert is over", "Let clients write, then hold them and set a marker",
              "Restore a fresh copy and stop at the marker", "See that the alert is over"}},
      {"corruption", {start, backup, held_marker, "INCIDENT: while the server is down, ...",
                         "Read everything before clients are let in again, and raise the alarm",
                         "Restore the last backup beside it and replay up to the marker", traffic}},
      {"golden-backups", {"Find the backup of ...", into_nothing, "Run today's migrations on it"}},
      {"own-backup", {"Somebody needs the backup: find it and open it", into_nothing}},
      {"own-runbook",
          {start, backup, "Let clients write, and give the runbook the backup that it restores",
              "Set the marker", incident, "Clients go on writing until the alarm",
              "Make an empty host for the runbook", "Run ...",
              "See whether a server runs now, out of recovery"}},
      {"regional-outage",
          {"Prepare two regions; what A stores is copied to B",
              "Start the database in region A and load the baseline",
              "Take a full backup, verify it and put it into A's store", marker, until_arrived,
              incident, "A watch by the application's way fails: raise the alarm",
              "Fetch in region B what has arrived there",
              "Restore it in region B and replay to its end", "Lead the traffic to region B",
              "Restore the replica once more, to the marker"}},
      {"schema-change", {"Start the database as it is before the change", backup, "Set the marker",
                            "Restore the backup into a fresh copy", "Run the new migrations on it",
                            "Dump the result, and restore the dump into an empty server",
                            "Run all migrations and the seed from nothing"}},
      {"security-breach",
          {"Open the vault, outside the server's reach",
              "Start the database with TLS, and load the baseline",
              "Take a full backup, verify it and seal it into the vault",
              "Let clients write, then set the marker and note what is trusted", incident,
              "Nobody notices; clients go on, and backups are taken",
              "A scan notices the intruder: raise the alarm",
              "Cut the server off, so that it neither reaches nor is reached",
              "Stop it, and preserve it as it is", until_clean, "Rotate the key of the vault",
              "Rotate the credentials of the vault's store, where it has any",
              "Give the server a new TLS key, in the place of the stolen one",
              "Rotate every credential, and end the sessions of before",
              "Only now lead clients to it"}}};
}

}  // namespace

const Steps& steps_of(std::string_view scenario) {
  static const Outlines known = outlines();
  static const Steps none;
  const auto found = known.find(scenario);
  return found == known.end() ? none : found->second;
}

}  // namespace pgrehearse
