// The questions a drill asks of a restored backup whose database it never saw.
#pragma once

#include <set>
#include <string>

#include "harness/drill/own_backup.hpp"
#include "harness/drill/question.hpp"

namespace pgrehearse {

/// recovery-ending: the dump was loaded to its end, or recovery ended where it was told to; at the
/// end of the archive only after all of it was replayed.
[[nodiscard]] Question came_back_as_asked(
    const std::optional<Replica>& replica, const RecoveryTarget& target);
/// rows, content, sequences, schema, roles, extensions, server: compared both ways with the
/// baseline. Without one nobody can say what is missing: facts, unknown.
[[nodiscard]] Question has_every_fact_of(const OwnBackup& backup, const Subject& subject);
/// serving: out of recovery, and a commit is there in the next session.
[[nodiscard]] Question takes_writes(const Subject& subject);

/// What a backup of this kind can be held to, of all that the baseline has: the whole cluster, or
/// for a dump its database, and roles where there are `globals`. With drift, contents and positions
/// are left out, and a row count that is near enough is put as expected.
struct HeldTo {
  Facts expected = {};
  Facts observed = {};
};
/// `remade` are the names of tables whose rows a load computes anew: materialized views.
[[nodiscard]] HeldTo held_to(const Facts& baseline, const Facts& observed, bool dump,
    const Subject& subject, const std::set<std::string>& remade = {});
/// drill.yaml's checks that ask nothing of a baseline: what a backup held then nobody asked.
[[nodiscard]] Subject without_checks_of_a_baseline(Subject subject);

}  // namespace pgrehearse
