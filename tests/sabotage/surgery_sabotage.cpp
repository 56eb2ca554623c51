// What can go wrong when lost rows are copied back into a database that went on.
#include "tests/sabotage/accidental_delete_trial.hpp"

namespace pgrehearse {
namespace {

TEST_F(AccidentalDeleteSabotage, TheHealthyTwinOfTheSurgeryIsGreen) {
  must_be_green(SurgerySabotage{});
}

TEST_F(AccidentalDeleteSabotage, RecoveredToJustAfterTheAccident) {
  must_be_killed(SurgerySabotage{
      .killed_by = {"recovery-ending", "target reached"}, .stop_after_the_accident = true});
}

TEST_F(AccidentalDeleteSabotage, OneRowMoreThanWasLost) {
  must_be_killed(SurgerySabotage{.killed_by = {"surgery", "pgrehearse.sentinels differs"},
      .after_copy = [](Session& session, const std::string&) {
        session.exec("INSERT INTO pgrehearse.sentinels VALUES ('one more')");
      }});
}

TEST_F(AccidentalDeleteSabotage, LaterCommitLostByTheSurgery) {
  must_be_killed(SurgerySabotage{.killed_by = {"exact-set", "was acknowledged and is missing"},
      .after_copy = [](Session& session, const std::string&) {
        session.exec(
            "DELETE FROM pgrehearse.commits WHERE (writer, sequence) = "
            "(SELECT writer, sequence FROM pgrehearse.commits ORDER BY "
            "xid DESC LIMIT 1)");
      }});
}

TEST_F(AccidentalDeleteSabotage, LostRowsOfWhichOneWasNotRecovered) {
  must_be_killed(SurgerySabotage{.killed_by = {"surgery", "rows were lost by the WAL's account"},
      .before_copy = [](Session& session, const std::string& table) {
        session.exec("DELETE FROM " + table +
                     " WHERE (tableoid, ctid) = (SELECT tableoid, ctid FROM " + table +
                     " LIMIT 1)");
      }});
}

TEST_F(AccidentalDeleteSabotage, LostRowsOfWhichOneWasNotCopied) {
  must_be_killed(SurgerySabotage{.killed_by = {"surgery", "differs"},
      .after_copy = [](Session& session, const std::string& table) {
        session.exec("DELETE FROM " + table +
                     " WHERE (tableoid, ctid) = (SELECT tableoid, ctid FROM " + table +
                     " LIMIT 1)");
      }});
}

}  // namespace
}  // namespace pgrehearse
