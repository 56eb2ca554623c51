#include "harness/drill/monitor.hpp"

#include <algorithm>

#include "harness/base/error.hpp"
#include "harness/check/capture.hpp"
#include "harness/check/soundness.hpp"

namespace pgrehearse {
namespace {

bool answers(const Cluster& cluster) {
  try {
    Session session = cluster.connect();
    return session.value("SELECT 1") == "1";
  } catch (const Error& error) {
    if (error.code() == ErrorCode::connection_lost) {
      return false;
    }
    throw;
  }
}

void watch_pages(const Cluster& cluster, std::vector<Notice>& notices) {
  const Examination examination = examine(cluster);
  for (const Ailment& ailment : examination.ailments) {
    notices.push_back({.by = Watch::amcheck, .relation = ailment.relation, .what = ailment.what});
  }
  if (!examination.complete) {
    throw Error{ErrorCode::program_failed, examination.trouble,
        "Are pg_amcheck and the extension amcheck installed beside the server?"};
  }
}

// "bookings: table public.events", a fact's name, as the other watches say it.
std::string relation_of(std::string fact) {
  constexpr std::string_view noun = ": table ";
  const std::size_t at = fact.find(noun);
  return at == std::string::npos ? fact : fact.replace(at, noun.size(), ".");
}

void watch_content(const Cluster& cluster, const Marker& marker, std::vector<Notice>& notices) {
  const auto add = [&](const std::vector<std::string>& facts, const char* what) {
    for (const std::string& fact : facts) {
      // The drill's own commit after the marker is no damage, nor is what every crash empties.
      if (!fact.ends_with(" pgrehearse.sentinels") &&
          fact.find(": unlogged table ") == std::string::npos) {
        notices.push_back({.by = Watch::content, .relation = relation_of(fact), .what = what});
      }
    }
  };
  try {
    const Facts now = capture_facts(
        [&](const std::string& database) { return cluster.connect(database); }, {}, marker.reading);
    const FactDiff diff = compare(marker.baseline, now, FactKind::content);
    add(diff.different, "its content differs");
    add(diff.missing, "it is missing");
    add(diff.extra, "it should not be there");
  } catch (const Error& error) {
    if (error.code() != ErrorCode::query_failed) {
      throw;
    }
    notices.push_back({.by = Watch::content, .relation = {}, .what = "a table cannot be read"});
  }
}

// The server's last words tell what it misses.
Notice silence_of(const Cluster& cluster) {
  constexpr std::size_t last_words = 2000;
  std::string log = cluster.log();
  log.erase(0, log.size() - std::min(log.size(), last_words));
  const bool misses_control_file = log.find("global/pg_control\"") != std::string::npos;
  return {.by = Watch::start,
      .relation = misses_control_file ? "pg_control" : "",
      .what = "the server does not answer"};
}

}  // namespace

std::string_view name_of(Watch watch) {
  switch (watch) {
    case Watch::start:
      return "start";
    case Watch::amcheck:
      return "amcheck";
    case Watch::content:
      return "content digests";
    case Watch::archive:
      return "archive digests";
  }
  return "?";
}

std::vector<Notice> look_for_damage(const Cluster& cluster, const Marker& marker) {
  if (!answers(cluster)) {
    return {silence_of(cluster)};
  }
  std::vector<Notice> notices;
  watch_pages(cluster, notices);
  watch_content(cluster, marker, notices);
  return notices;
}

std::vector<Notice> changes_in(const std::map<std::string, std::string>& before,
    const std::map<std::string, std::string>& now) {
  std::vector<Notice> notices;
  for (const auto& [name, sum] : before) {
    const auto found = now.find(name);
    if (found == now.end() || found->second != sum) {
      notices.push_back({.by = Watch::archive,
          .relation = name,
          .what = found == now.end() ? "is gone" : "was changed"});
    }
  }
  return notices;
}

}  // namespace pgrehearse
