#include "harness/report/due.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "tests/unit/report/given.hpp"

namespace pgrehearse {
namespace {

class Due : public testing::Test {
 protected:
  /// A run of one scenario that ended then.
  void leave(const std::string& name, const std::string& end, Verdict verdict,
      const std::string& suite = "AccidentalDelete") {
    RunRecord record = sample_record();
    record.drills.resize(1);  // the one that is met
    record.drills[0].suite = suite;
    record.end = end;
    if (verdict != Verdict::met) {
      record.drills[0].findings.front().verdict = verdict;
    }
    std::filesystem::create_directories(folder_.path() / name);
    write_file(folder_.path() / name / "record.json", to_json(record));
  }

  [[nodiscard]] EvidenceFolder found() const {
    return evidence_in(folder_.path(), {"accidental-delete", "corruption"}, now_);
  }

  TempDir folder_{"due"};
  Timestamp now_ = Timestamp::parse("2026-11-21 12:00:00+00");
};

TEST_F(Due, TakesTheNewestRunThatWasMet) {
  leave("a", "2026-11-01T00:00:00.000000Z", Verdict::met);
  leave("b/deeper", "2026-11-10T00:00:00.000000Z", Verdict::met);
  leave("c", "2026-11-20T00:00:00.000000Z", Verdict::missed);
  leave("d", "2026-11-20T00:00:00.000000Z", Verdict::unknown);
  const EvidenceFolder folder = found();
  ASSERT_EQ(folder.scenarios.size(), 2U);
  EXPECT_EQ(folder.scenarios[0].end, Timestamp::parse("2026-11-10 00:00:00+00"));
  EXPECT_EQ(folder.scenarios[0].record, folder_.path() / "b/deeper/record.json");
  EXPECT_EQ(folder.scenarios[0].cases, 1);
  EXPECT_EQ(folder.scenarios[1].end, std::nullopt);
}

TEST_F(Due, BelievesNoRunFromTheFutureAndNoTrial) {
  leave("a", "2026-12-01T00:00:00.000000Z", Verdict::met);
  leave("b", "2026-11-01T00:00:00.000000Z", Verdict::met, "AccidentalDeleteSabotage");
  EXPECT_EQ(found().scenarios[0].end, std::nullopt);
}

TEST_F(Due, BelievesNoRunThatWasInterruptedOrNeverEnded) {
  leave("a", "2026-11-01T00:00:00.000000Z", Verdict::met);
  RunRecord record = record_from_json(read_file(folder_.path() / "a" / "record.json"));
  record.interrupted = "SIGTERM";
  write_file(folder_.path() / "a" / "record.json", to_json(record));
  EXPECT_EQ(found().scenarios[0].end, std::nullopt);
  record.interrupted.clear();
  record.end.clear();
  write_file(folder_.path() / "a" / "record.json", to_json(record));
  EXPECT_EQ(found().scenarios[0].end, std::nullopt);
}

// As a quarterly run leaves it where drill.yaml has no section for one of the cases.
TEST_F(Due, ExpectsNothingOfWhatDrillYamlDoesNotDescribe) {
  leave("a", "2026-11-01T00:00:00.000000Z", Verdict::met);
  RunRecord record = record_from_json(read_file(folder_.path() / "a" / "record.json"));
  DrillRecord lacking;
  lacking.suite = "Corruption";
  lacking.status = "not applicable";
  lacking.skip_reason = "drill.yaml has no 'caches'";
  record.drills.push_back(lacking);
  write_file(folder_.path() / "a" / "record.json", to_json(record));
  EXPECT_EQ(found().scenarios[1].not_applicable, "drill.yaml has no 'caches'");
  EXPECT_EQ(found().scenarios[1].end, Timestamp::parse("2026-11-01 00:00:00+00"));

  record.drills.back().suite = "AccidentalDelete";
  write_file(folder_.path() / "a" / "record.json", to_json(record));
  EXPECT_EQ(found().scenarios[0].cases, 1) << "the others apply";
  EXPECT_EQ(found().scenarios[0].not_applicable, "");
  EXPECT_EQ(found().scenarios[1].end, std::nullopt);

  record.drills.back().status = "skipped";
  write_file(folder_.path() / "a" / "record.json", to_json(record));
  EXPECT_EQ(found().scenarios[0].end, std::nullopt) << "a skip says nothing";
}

TEST_F(Due, NamesWhatItCannotRead) {
  write_file(folder_.path() / "record.json", "{}");
  EXPECT_EQ(found().unread.size(), 1U);
  EXPECT_THROW(
      static_cast<void>(evidence_in(folder_.path() / "none", {"corruption"}, now_)), Error);
}

}  // namespace
}  // namespace pgrehearse
