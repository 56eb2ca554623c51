#include "harness/agent/archive_survey.hpp"

#include <gtest/gtest.h>

#include "harness/agent/archive_digests.hpp"
#include "harness/base/error.hpp"
#include "harness/crypto/sha256.hpp"
#include "tests/unit/agent/given.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

struct ArchiveSurveyed : testing::Test {
  const TempDir folder{"survey-test"};
  const fs::path archive = folder.path();
  const std::string seventh = "000000010000000000000007";
};

TEST_F(ArchiveSurveyed, TellsOfEveryFileWhatItIsAndWhatWasSaidOfIt) {
  const std::string content = segment(7, mebibyte);
  write_file(archive / seventh, content);
  write_file(archive / "00000002.history", "1\t0/5000000\tno recovery target specified\n");
  fs::create_directory(archive / "attic");
  write_file(archive / ("." + seventh + ".4242.tmp"), "half");
  note_archived(archive, seventh, sha256_hex(content));
  note_archived(archive, seventh, sha256_hex("other"));

  const ArchiveSurvey survey = survey_of_archive(archive);
  EXPECT_EQ(survey.record, "whole");
  ASSERT_EQ(survey.files.size(), 3U);
  const ArchivedFile& whole = survey.files[0];
  EXPECT_EQ(whole.name, seventh);
  EXPECT_EQ(whole.bytes, mebibyte);
  EXPECT_EQ(whole.sha256, sha256_hex(content));
  ASSERT_TRUE(whole.page.has_value());
  EXPECT_EQ(whole.page->address, 7 * mebibyte);
  EXPECT_EQ(whole.page->segment_bytes, mebibyte);
  EXPECT_EQ(whole.digests, (std::vector<std::string>{sha256_hex(content), sha256_hex("other")}));
  EXPECT_EQ(survey.files[1].name, "00000002.history");
  EXPECT_FALSE(survey.files[1].page.has_value());
  EXPECT_TRUE(survey.files[1].digests.empty());
  EXPECT_EQ(survey.files[2].name, "attic");
  EXPECT_FALSE(survey.files[2].regular);
}

TEST_F(ArchiveSurveyed, SaysThatNobodyNotedDigestsOrThatTheNotesAreDamaged) {
  write_file(archive / seventh, segment(7));
  EXPECT_EQ(survey_of_archive(archive).record, "none");
  write_file(archive / archive_digests_name, "not a digest\n");
  const ArchiveSurvey survey = survey_of_archive(archive);
  EXPECT_EQ(survey.record, "line 1 of the archive's record of digests is damaged");
  EXPECT_EQ(survey.files.size(), 1U);
}

TEST_F(ArchiveSurveyed, IsTextWithOneZeroByteAfterEachField) {
  write_file(archive / "stray", "x");
  EXPECT_EQ(text_of(survey_of_archive(archive)).size(),
      std::string{"none stray file 1  no page 0 0 0 0  "}.size() + sha256_hex("x").size());
}

TEST_F(ArchiveSurveyed, IsNoneOfAFolderThatIsNotThere) {
  EXPECT_THROW(static_cast<void>(survey_of_archive(archive / "none")), Error);
}

}  // namespace
}  // namespace pgrehearse
