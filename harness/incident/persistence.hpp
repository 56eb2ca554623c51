// What an intruder with a stolen superuser leaves behind to come back, to listen, or to be paid.
//
// Each trick is real to the database and harmless to everything else: no network, no program but a
// shell's no-op, nothing outside the data directory and its account's home; the application goes on
// as before. Each can be taken back; when several are planted, in the opposite order.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/pg/cluster.hpp"

namespace pgrehearse {

/// Where a trick is played.
enum class Seat {
  database,   ///< SQL in the subject's database, also for what is the whole cluster's
  settings,   ///< the same, then the server reads its settings anew
  template1,  ///< SQL in template1: in every database that is made from now on
  template0,  ///< SQL in template0, opened for it and closed again: where nobody looks
  session,    ///< a connection that stays
  files,      ///< a shell script in the data directory, as its account
};

struct Trick {
  std::string_view id = {};     ///< "hidden-superuser"
  std::string_view title = {};  ///< "a superuser that cannot log in, to be switched to"
  std::string_view rule = {};   ///< the rule of the intrusion scan that must see it
  Seat seat = Seat::database;
  /// ";;" ends a statement that must not share a transaction with the next. {it} is a name of the
  /// trick's own, so that all can be planted together; {database} and {table} are the stage's,
  /// {table} quoted as SQL wants it.
  std::string_view plant = {};
  std::string_view uproot = {};
  /// A physical backup taken afterwards holds it. False: it is no part of one, or in its way.
  bool in_backups = true;
};

/// Those in roles, settings and files first, then what is inside databases.
[[nodiscard]] std::span<const Trick> tricks_on_clusters();
[[nodiscard]] std::span<const Trick> tricks_in_databases();

/// Throws Error{bad_value} when there is none of this id.
[[nodiscard]] const Trick& trick_named(std::string_view id);

/// Whose cluster. The table is the subject's: a plain one without generated columns, with a row.
struct Stage {
  Cluster& cluster;
  std::string database;
  std::string table;  ///< "public.site_members"
};

/// What keeps a planted trick alive.
struct Planted {
  std::optional<Session> session = {};
};

/// Throws what Session throws; Error{program_failed} for a script that did not end well;
/// Error{timed_out} when the server does not take up its settings. prepared-superuser needs
/// max_prepared_transactions above 0.
[[nodiscard]] Planted plant(const Stage& stage, const Trick& trick);
/// Takes it back, so that nothing of it is left. For a trick with a session, drop the Planted.
void uproot(const Stage& stage, const Trick& trick);

}  // namespace pgrehearse
