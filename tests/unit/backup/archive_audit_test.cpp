#include "harness/backup/archive_audit.hpp"

#include <functional>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr std::uint64_t segment_bytes = 16ULL * 1024 * 1024;

SurveyedFile segment(std::uint32_t timeline, std::uint64_t number) {
  SurveyedFile file{
      .name = wal_file_name(TimelineId{timeline}, Lsn{(number + 1) * segment_bytes}, segment_bytes),
      .bytes = segment_bytes,
      .sha256 = "a"};
  file.page = {.timeline = TimelineId{timeline},
      .address = Lsn{number * segment_bytes},
      .system_identifier = 42,
      .segment_bytes = segment_bytes};
  file.digests = {"a"};
  return file;
}

SurveyedFile history(const std::string& name) {
  return {.name = name, .bytes = 41, .sha256 = "h", .digests = {"h"}};
}

const ArchiveNeed from_third{
    .timeline = TimelineId{1}, .from = Lsn{3 * segment_bytes + 40}, .system_identifier = 42};

/// Segments 2 to 6 of timeline 1.
SurveyedArchive sound() {
  SurveyedArchive archive{.record = "whole"};
  for (std::uint64_t number = 2; number <= 6; ++number) {
    archive.files.push_back(segment(1, number));
  }
  return archive;
}

std::string findings_in(const SurveyedArchive& archive, const ArchiveNeed& need = from_third) {
  std::vector<std::string> texts;
  for (const ArchiveFinding& finding : audit_of(archive, need)) {
    texts.push_back(text_of(finding));
  }
  return joined(texts, "; ");
}

std::string findings_after(const std::function<void(SurveyedArchive&)>& damage) {
  SurveyedArchive archive = sound();
  damage(archive);
  return findings_in(archive);
}

TEST(ArchiveAudit, FindsNothingInASoundArchive) {
  EXPECT_EQ(findings_in(sound()), "");
  EXPECT_EQ(findings_in(sound(), {.timeline = TimelineId{1}, .from = Lsn{2 * segment_bytes}}), "");
}

TEST(ArchiveAudit, NamesEverySegmentOfAGap) {
  EXPECT_EQ(findings_after([](SurveyedArchive& archive) {
    archive.files.erase(archive.files.begin() + 2, archive.files.begin() + 4);
  }),
      "000000010000000000000004: gap; 000000010000000000000005: gap");
  EXPECT_EQ(findings_after(
                [](SurveyedArchive& archive) { archive.files.erase(archive.files.begin() + 1); }),
      "000000010000000000000003: gap");
  EXPECT_EQ(findings_after([](SurveyedArchive& archive) { archive.files.clear(); }),
      "000000010000000000000003: gap");
}

TEST(ArchiveAudit, DoesNotMindWhatLiesBeforeTheNeed) {
  EXPECT_EQ(findings_after([](SurveyedArchive& archive) {
    archive.files[0].sha256 = "b";
    archive.files[0].page.reset();
  }),
      "");
  EXPECT_EQ(
      findings_after([](SurveyedArchive& archive) { archive.files.erase(archive.files.begin()); }),
      "");
}

TEST(ArchiveAudit, KnowsWhatWasArchived) {
  EXPECT_EQ(findings_after([](SurveyedArchive& archive) { archive.files[2].sha256 = "b"; }),
      "000000010000000000000004: not the bytes that were archived");
  EXPECT_EQ(findings_after([](SurveyedArchive& archive) { archive.files[2].digests.clear(); }),
      "000000010000000000000004: no digest was noted");
  EXPECT_EQ(findings_after([](SurveyedArchive& archive) {
    archive.files[2].digests = {"a", "b"};
  }),
      "000000010000000000000004: other bytes were to be archived under this name");
  EXPECT_EQ(findings_after([](SurveyedArchive& archive) { archive.record = "none"; }),
      "the archive has no whole record of digests");
  SurveyedArchive copy = sound();
  copy.record = "none";
  ArchiveNeed unrecorded = from_third;
  unrecorded.recorded = false;
  EXPECT_EQ(findings_in(copy, unrecorded), "");
}

TEST(ArchiveAudit, KnowsSegmentsThatAreNotWhatTheyAreCalled) {
  const std::string misplaced = "000000010000000000000004: not the segment that its name says";
  EXPECT_EQ(findings_after([](SurveyedArchive& archive) {
    archive.files[2].page->address = Lsn{5 * segment_bytes};
  }),
      misplaced);
  EXPECT_EQ(
      findings_after([](SurveyedArchive& archive) { archive.files[2].bytes -= 1; }), misplaced);
  EXPECT_EQ(
      findings_after([](SurveyedArchive& archive) { archive.files[2].page.reset(); }), misplaced);
  EXPECT_EQ(findings_after(
                [](SurveyedArchive& archive) { archive.files[2].page->timeline = TimelineId{2}; }),
      misplaced);
}

TEST(ArchiveAudit, KnowsForeignSegmentsEvenWhenNobodyToldItsOwn) {
  SurveyedArchive archive = sound();
  archive.files[3].page->system_identifier = 43;
  const std::string foreign = "000000010000000000000005: of another cluster";
  EXPECT_EQ(findings_in(archive), foreign);
  ArchiveNeed untold = from_third;
  untold.system_identifier = 0;
  EXPECT_EQ(findings_in(archive, untold), foreign);
}

TEST(ArchiveAudit, KnowsWhatShouldNotBeThere) {
  for (const std::string name : {"00000002.history", "00000001.history"}) {
    EXPECT_EQ(
        findings_after([&](SurveyedArchive& archive) { archive.files.push_back(history(name)); }),
        name + ": of a timeline that should not be there");
  }
  EXPECT_EQ(
      findings_after([](SurveyedArchive& archive) { archive.files.push_back(segment(2, 6)); }),
      "000000020000000000000006: of a timeline that should not be there");
  EXPECT_EQ(findings_after([](SurveyedArchive& archive) {
    archive.files.push_back(segment(1, 6));
    archive.files.back().name += ".partial";
  }),
      "000000010000000000000006.partial: a partial segment");
  for (const std::string name : {"000000010000000000000006.gz", "notes", "lost+found"}) {
    EXPECT_EQ(findings_after([&](SurveyedArchive& archive) {
      archive.files.push_back({.name = name, .regular = name != "lost+found"});
    }),
        name + ": no WAL file");
  }
}

TEST(ArchiveAudit, FollowsATimelineIntoTheNext) {
  SurveyedArchive archive = sound();
  archive.files.push_back(segment(2, 6));
  archive.files.back().page->timeline = TimelineId{1};  // begun before the promotion
  archive.files.push_back(segment(2, 7));
  archive.files.push_back(history("00000002.history"));
  archive.files.push_back(history("000000010000000000000003.00000028.backup"));
  ArchiveNeed second = from_third;
  second.timeline = TimelineId{2};
  EXPECT_EQ(findings_in(archive, second), "");
  std::erase_if(archive.files, [](const SurveyedFile& file) {
    return file.name == "000000020000000000000006" || file.name == "000000010000000000000006";
  });
  EXPECT_EQ(findings_in(archive, second), "000000020000000000000006: gap");
}

TEST(ArchiveAudit, ReadsWhatTheAgentWrites) {
  std::string text =
      "whole|000000010000000000000007|file|16777216|abc|page|1|117440512|42|16777216|abc "
      "def|attic|other|0||no page|0|0|0|0||";
  for (char& letter : text) {
    letter = letter == '|' ? '\0' : letter;
  }
  const SurveyedArchive archive = surveyed_archive_in(text);
  EXPECT_EQ(archive.record, "whole");
  ASSERT_EQ(archive.files.size(), 2U);
  EXPECT_EQ(archive.files[0].digests, (std::vector<std::string>{"abc", "def"}));
  ASSERT_TRUE(archive.files[0].page.has_value());
  EXPECT_EQ(archive.files[0].page->address, Lsn{7 * segment_bytes});
  EXPECT_EQ(archive.files[0].page->system_identifier, 42U);
  EXPECT_FALSE(archive.files[1].regular);
  EXPECT_EQ(listing_of(archive),
      (std::map<std::string, std::string>{{"000000010000000000000007", "abc"}}));
  EXPECT_THROW(static_cast<void>(surveyed_archive_in(text.substr(0, text.size() - 5))), Error);
  EXPECT_THROW(static_cast<void>(surveyed_archive_in("usage: something else")), Error);
}

}  // namespace
}  // namespace pgrehearse
