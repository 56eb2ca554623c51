// Damage done on purpose, and the proof that it was done.
#pragma once

#include <string>

#include "harness/base/time.hpp"
#include "harness/pg/lsn.hpp"
#include "harness/pg/session.hpp"

namespace pgrehearse {

/// What to do and how to see it. The probe is one statement that gives one value and never fails on
/// the damaged database: a count, a digest, or 'absent'.
struct Incident {
  std::string name;   ///< "delete-without-where"
  std::string title;  ///< "a DELETE without WHERE on bookings"
  std::string sql;
  std::string probe;
};

/// What an incident touched and when, by the server's own clock.
struct Injury {
  std::string name;
  std::string probe;
  std::string before = {};  ///< the probe's answer just before; never written to a record
  std::string after = {};   ///< and just after
  Xid xid{};
  Timestamp when = {};  ///< commit timestamp of the damage
  Lsn lsn = {};         ///< the WAL's end just after it
  SteadyTime at = {};   ///< the same moment on this host's steady clock
  std::string victim =
      {};  ///< what was damaged below SQL: "bookings.public.events", a segment, "pg_control"

  /// The loss can be seen: the probe's answer changed.
  [[nodiscard]] bool visible() const { return before != after; }
};

/// Commits the damage in one transaction and looks at it. Throws what Session throws.
[[nodiscard]] Injury inject(Session& session, const Incident& incident);

}  // namespace pgrehearse
