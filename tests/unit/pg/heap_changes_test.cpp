#include "harness/pg/heap_changes.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "tests/unit/pg/captured.hpp"

namespace pgrehearse {
namespace {

constexpr RelationFile table{.tablespace = 1663, .database = 5, .file = 16384};

std::vector<HeapChange> changes_by(
    const std::set<Xid>& xids, std::string_view name = "waldump_changes.txt") {
  return heap_changes_of(dump_of(captured(name)), xids).changes;
}

std::size_t count(const std::vector<HeapChange>& changes, HeapChangeKind kind) {
  return static_cast<std::size_t>(std::count_if(changes.begin(), changes.end(),
      [&](const HeapChange& change) { return change.kind == kind; }));
}

HeapChange only_change_by(Xid xid) {
  const std::vector<HeapChange> changes = changes_by({xid});
  EXPECT_EQ(changes.size(), 1U);
  return changes.empty() ? HeapChange{} : changes.front();
}

TEST(HeapChangesText, AnInsertNamesItsRow) {
  const HeapChange change = only_change_by(Xid{733});
  EXPECT_EQ(change.kind, HeapChangeKind::inserted);
  EXPECT_EQ(change.file, table);
  EXPECT_EQ(change.new_tuple, (TupleAt{3, 45}));
  EXPECT_FALSE(change.old_tuple.has_value());
  EXPECT_EQ(change.lsn, Lsn::parse("0/3018510"));
}

TEST(HeapChangesText, UpdatesNameBothRows) {
  const HeapChange hot = only_change_by(Xid{734});
  EXPECT_EQ(hot.kind, HeapChangeKind::hot_updated);
  EXPECT_EQ(hot.old_tuple, (TupleAt{3, 45}));
  EXPECT_EQ(hot.new_tuple, (TupleAt{3, 46}));
  const HeapChange same_page = only_change_by(Xid{735});
  EXPECT_EQ(same_page.kind, HeapChangeKind::updated);
  EXPECT_EQ(same_page.old_tuple, (TupleAt{3, 46}));
  EXPECT_EQ(same_page.new_tuple, (TupleAt{3, 47}));
  const std::vector<HeapChange> other_page = changes_by({Xid{736}});
  ASSERT_EQ(other_page.size(), 2U);
  EXPECT_EQ(other_page[0].kind, HeapChangeKind::locked);
  EXPECT_EQ(other_page[1].kind, HeapChangeKind::updated);
  EXPECT_EQ(other_page[1].old_tuple, (TupleAt{0, 1}));
  EXPECT_EQ(other_page[1].new_tuple, (TupleAt{4, 1}));
}

TEST(HeapChangesText, DeletesAndLocksNameTheirRow) {
  EXPECT_EQ(only_change_by(Xid{737}).kind, HeapChangeKind::deleted);
  EXPECT_EQ(only_change_by(Xid{737}).old_tuple, (TupleAt{0, 2}));
  EXPECT_EQ(only_change_by(Xid{738}).kind, HeapChangeKind::locked);
  EXPECT_EQ(only_change_by(Xid{738}).old_tuple, (TupleAt{0, 3}));
}

TEST(HeapChangesText, AMultiInsertTellsOnlyHowMany) {
  const HeapChange copied = only_change_by(Xid{749});
  EXPECT_EQ(copied.kind, HeapChangeKind::multi_inserted);
  EXPECT_EQ(copied.tuples, 3U);
  EXPECT_EQ(copied.block, 4U);
  EXPECT_FALSE(copied.new_tuple.has_value());
}

TEST(HeapChangesText, ToastAndPartitionsAreFilesOfTheirOwn) {
  const std::vector<HeapChange> toasted = changes_by({Xid{750}});
  EXPECT_EQ(toasted.size(), 4U);
  EXPECT_EQ(toasted.front().file.file, 16394U);
  EXPECT_EQ(toasted.back().file.file, 16391U);
  const std::vector<HeapChange> moved = changes_by({Xid{753}});
  ASSERT_EQ(moved.size(), 2U);
  EXPECT_EQ(moved[0].kind, HeapChangeKind::deleted);
  EXPECT_EQ(moved[0].file.file, 16401U);
  EXPECT_EQ(moved[1].kind, HeapChangeKind::inserted);
  EXPECT_EQ(moved[1].file.file, 16406U);
}

TEST(HeapChangesText, SubtransactionsAreAskedForByTheirOwnIds) {
  EXPECT_EQ(changes_by({Xid{739}}).size(), 1U);
  EXPECT_EQ(changes_by({Xid{739}, Xid{740}, Xid{742}}).size(), 3U);
  EXPECT_TRUE(changes_by({Xid{12345}}).empty());
  EXPECT_TRUE(changes_by({}).empty());
}

TEST(HeapChangesText, KeepTheEpochThatWasAskedFor) {
  const Xid full{(7ULL << 32U) + 733};
  EXPECT_EQ(only_change_by(full).xid, full);
}

TEST(HeapChangesText, ATruncateIsANewFileAndADroppedOne) {
  const std::vector<HeapChange> changes = changes_by({Xid{778}}, "waldump_logical.txt");
  EXPECT_EQ(count(changes, HeapChangeKind::file_created), 3U);
  EXPECT_EQ(count(changes, HeapChangeKind::file_dropped), 3U);
  ASSERT_EQ(count(changes, HeapChangeKind::truncated), 1U);
  EXPECT_EQ(changes.front().file, (RelationFile{16432, 5, 16445}));
  EXPECT_EQ(changes[3].table, 16433U);
  EXPECT_EQ(changes.back().file, (RelationFile{16432, 5, 16433}));
}

TEST(HeapChangesText, ACascadingTruncateNamesEveryTable) {
  std::vector<std::uint32_t> tables;
  for (const HeapChange& change : changes_by({Xid{783}}, "waldump_logical.txt")) {
    if (change.kind == HeapChangeKind::truncated) {
      tables.push_back(change.table);
    }
  }
  EXPECT_EQ(tables, (std::vector<std::uint32_t>{16438, 16433}));
}

TEST(HeapChangesText, AFreshTableIsTruncatedInPlace) {
  const std::vector<HeapChange> changes = changes_by({Xid{786}}, "waldump_logical.txt");
  const auto in_place = std::find_if(changes.begin(), changes.end(), [](const HeapChange& change) {
    return change.kind == HeapChangeKind::truncated && change.file.file == 16455;
  });
  EXPECT_NE(in_place, changes.end());
}

TEST(HeapChangesText, AnotherFormIsRefused) {
  std::string text = captured("waldump_changes.txt");
  const std::size_t at = text.find("HOT_UPDATE off 45");
  text.replace(at, 17, "HOT_UPDATE off:45");
  EXPECT_THROW(static_cast<void>(heap_changes_of(dump_of(text), {Xid{734}})), Error);
  EXPECT_NO_THROW(static_cast<void>(heap_changes_of(dump_of(text), {Xid{733}})));
}

}  // namespace
}  // namespace pgrehearse
