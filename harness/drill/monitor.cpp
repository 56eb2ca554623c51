#include "harness/drill/monitor.hpp"

#include <fmt/format.h>

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
    notices.push_back({.by = Watch::amcheck, .what = ailment.relation + ": " + ailment.what});
  }
  if (!examination.complete) {
    throw Error{ErrorCode::program_failed, examination.trouble,
        "Are pg_amcheck and the extension amcheck installed beside the server?"};
  }
}

void watch_content(const Cluster& cluster, const Marker& marker, std::vector<Notice>& notices) {
  try {
    const Facts now =
        capture_facts([&](const std::string& database) { return cluster.connect(database); });
    for (const std::string& name : compare(marker.baseline, now, FactKind::content).different) {
      // The drill's own commit after the marker is no damage.
      if (!name.ends_with(" pgrehearse.sentinels")) {
        notices.push_back({.by = Watch::content, .what = name + " differs"});
      }
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::query_failed) {
      throw;
    }
    notices.push_back({.by = Watch::content, .what = "a table cannot be read"});
  }
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
    return {{.by = Watch::start, .what = "the server does not answer"}};
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
          .what = name + (found == now.end() ? " is gone" : " was changed")});
    }
  }
  return notices;
}

}  // namespace pgrehearse
