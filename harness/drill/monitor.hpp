// What notices that a database is damaged before its users do: does it answer, does Postgres' own
// amcheck find every page sound, does every table still hold the content of the marker?
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/drill/marker.hpp"
#include "harness/pg/cluster.hpp"

namespace pgrehearse {

enum class Watch {
  start,    ///< the server does not start, or does not answer
  amcheck,  ///< a page, an index or a file is not sound
  content,  ///< a table's content is not the marker's, or cannot be read
  archive,  ///< an archived segment is not what was archived
};
[[nodiscard]] std::string_view name_of(Watch watch);

/// Names only.
struct Notice {
  Watch by = Watch::start;
  std::string relation;  ///< "bookings.public.events", a segment, "pg_control"; empty: not told
  std::string what;      ///< "a page fails its checksum"
  SteadyTime at = SteadyTime::now();
};

/// Looks with every watch, in the order above. Nothing may have been written since the marker but
/// by the drill itself. Throws Error when a watch cannot look.
[[nodiscard]] std::vector<Notice> look_for_damage(const Cluster& cluster, const Marker& marker);

/// Archived files that are gone or have other content than before, by name to digest.
[[nodiscard]] std::vector<Notice> changes_in(const std::map<std::string, std::string>& before,
    const std::map<std::string, std::string>& now);

}  // namespace pgrehearse
