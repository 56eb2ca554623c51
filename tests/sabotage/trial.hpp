// The drill itself on trial. A story is a whole drill with one thing broken; it must go red at the
// named check. Red elsewhere only, or not at all, and the sabotage has survived.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/gtest/scenario.hpp"
#include "tests/sabotage/judgement.hpp"

namespace pgrehearse {

/// Thrown by a story when the subject has nothing that it could break: that counts neither way.
struct NotApplicable {
  std::string why;  ///< "no table has a trigger"
};

/// The first row of this query. Throws NotApplicable when there is none of `what`.
[[nodiscard]] Row one_of(Session& session, const std::string& query, const std::string& what);
/// Throws NotApplicable when the subject has no such table.
void demand_table(Session& session, const std::string& table);

/// A file of the archive that recovery reads. Throws NotApplicable where the backup tool recovers
/// from an archive of its own.
[[nodiscard]] std::string in_the_archive(const Source& source, const std::string& file);
/// Throws NotApplicable where the set of a backup tool is no plain copy of the data directory.
void demand_plain_sets(
    const Source& source, const std::string& else_it = "keeps its sets in a form of its own");
/// Throws NotApplicable where the backup tool replays no WAL.
void demand_replay(const Source& source);
/// What the backup tools say of a set that Drill::damage_backup has hit.
[[nodiscard]] Red of_a_damaged_set();
/// The restored server's timeline history then says that recovery ended for another reason.
void change_the_reason_in_its_history(const Restored& restored);
/// Removes a segment from where recovery would read it, whichever tool archived it there. Throws
/// NotApplicable when there is none.
void remove_archived(const Source& source, const std::string& segment);
/// The path of a file of the source's archive, inside the source's instance.
[[nodiscard]] std::string archived(const Source& source, const std::string& file);
/// Makes one file of it a byte longer.
void change_an_archived_file(const Source& source);

class Trial : public Scenario {
 protected:
  using Story = std::function<void(Drill&)>;

  /// The story must be missed at the named check, for the named cause.
  void must_be_killed(const std::string& scenario, const Red& red, const Story& story);
  /// As above, and nothing else may be missed before `first` is.
  void must_be_killed_first_at(
      const std::string& scenario, const Red& first, const Red& later, const Story& story);
  /// The healthy twin: every check must be met, else a red elsewhere proves nothing.
  void must_be_green(const std::string& scenario, const Story& story);
  /// The restored server is dead when it is asked: nothing that it should answer may be met or
  /// missed, and each of these checks must have been asked, and say why it does not know.
  void must_be_unknown(
      const std::string& scenario, const std::vector<Doubt>& doubts, const Story& story);

 private:
  /// Nothing when the story is not applicable; then this case's record says so.
  std::optional<DrillRecord> told(const std::string& scenario, const Story& story);
  /// Where it was not as it must, what is `said` is observed too.
  static void conclude(const std::string& check, const DrillRecord& drilled, bool as_it_must,
      const std::string& question, const std::string& expected, const std::string& said = {});
};

}  // namespace pgrehearse
