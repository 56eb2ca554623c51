#include "harness/incident/incident.hpp"

#include <cstdlib>

#include <fmt/format.h>

namespace pgrehearse {

Injury inject(Session& session, const Incident& incident) {
  Injury injury{.name = incident.name, .probe = incident.probe};
  injury.before = session.value(incident.probe);
  session.exec("BEGIN");
  injury.xid =
      Xid{std::strtoull(session.value("SELECT pg_current_xact_id()").c_str(), nullptr, 10)};
  session.exec(incident.sql);
  session.exec("COMMIT");
  injury.at = SteadyTime::now();
  const Row commit =
      session
          .exec(fmt::format(
              "SELECT pg_xact_commit_timestamp('{}'::xid8::xid), pg_current_wal_insert_lsn()",
              static_cast<std::uint64_t>(injury.xid)))
          .front();
  injury.when = Timestamp::parse(commit[0].value_or(""));
  injury.lsn = Lsn::parse(commit[1].value_or(""));
  injury.after = session.value(incident.probe);
  return injury;
}

}  // namespace pgrehearse
