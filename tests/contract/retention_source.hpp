// What makes a server tiny and quick, so that dozens of real backups of it take seconds.
#pragma once

#include "harness/pg/cluster.hpp"

namespace pgrehearse {

/// Nothing crashes in these suites: what is tested lies above what fsync protects. It saves most of
/// the time where the disk is busy.
[[nodiscard]] inline ServerSettings without_fsync(ServerSettings settings) {
  settings.emplace_back("fsync", "off");
  return settings;
}

/// Leaves one database of the three that initdb makes, and so a third of the files.
inline void drop_templates(Cluster& source) {
  Session session = source.connect();
  session.exec("UPDATE pg_database SET datistemplate = false");
  session.exec("DROP DATABASE template0");
  session.exec("DROP DATABASE template1");
}

}  // namespace pgrehearse
