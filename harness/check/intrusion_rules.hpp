// What an intruder may have left behind, as a table of questions: one row a rule, the SQL beside
// the sentence. Files have their own table in harness/check/intrusion_files.hpp.
//
// A rule does not judge. It lists what is there; what was not there when the baseline was captured,
// by the same SQL, is a finding. So an application's own roles, functions and triggers are none.
//
// How the SQL is written:
// - it gives two columns, the name of a thing and its state; the state leaves the server hashed;
// - it runs with search_path = pg_catalog, so no name resolves to what a user made elsewhere; what
//   was put into pg_catalog itself is found by F06, which compares oids only: an operator that
//   takes exactly (oid, oid) cannot be outbid by another;
// - it calls the function behind a system view (pg_show_all_settings, not pg_settings), since a
//   view can be replaced in place, and format('%s', row), since a cast to text can be redefined.
#pragma once

#include <span>
#include <string_view>

namespace pgrehearse {

enum class RuleScope {
  cluster,   ///< asked once
  database,  ///< asked in every database, templates too
};

/// Which differences from the baseline are findings.
enum class RuleSides {
  both,   ///< more, less, other
  extra,  ///< more, other: what is gone was never meant to last, or is not restored
  same,   ///< what is as in the baseline: it had to be replaced
};

enum class RulePhase { always, before_rotation, after_rotation };

struct IntrusionRule {
  std::string_view id;        ///< "R01"; an id may have rows for both scopes
  std::string_view sentence;  ///< what one row of it is: "superuser"
  RuleScope scope = RuleScope::database;
  RuleSides sides = RuleSides::both;
  RulePhase phase = RulePhase::always;
  std::string_view sql;
};

/// R roles, S settings, H host-based authentication, X replication, P processes, O databases and
/// tablespaces, A grants on parameters.
[[nodiscard]] std::span<const IntrusionRule> cluster_intrusion_rules();
/// F functions and what calls them, T triggers and expressions, E extensions.
[[nodiscard]] std::span<const IntrusionRule> code_intrusion_rules();
/// X foreign data, A ownership and grants, O large objects, J jobs, D protected tables, M
/// migrations.
[[nodiscard]] std::span<const IntrusionRule> data_intrusion_rules();

}  // namespace pgrehearse
