#include "harness/check/not_carried.hpp"

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

const Fact slot{FactKind::server, "replication slot s", "physical"};
const Fact drafts{FactKind::rows, "app: unlogged table public.drafts", "10"};
const Fact table{FactKind::rows, "app: table public.visits", "10"};
const Fact in_template{FactKind::schema, "template1: relation public.t", "r"};
const Fact state{FactKind::server, "state of subscription s in app", "enabled"};

Fact with(Fact fact, const std::string& value) {
  fact.value = value;
  return fact;
}

TEST(NotCarried, ExplainsASlotThatABaseBackupLeavesOut) {
  const Comparable left = without_losses({slot}, {}, Carrier::data_directory);
  EXPECT_TRUE(left.expected.empty());
  ASSERT_EQ(left.explained.size(), 1U);
  EXPECT_EQ(left.explained.front().name, slot.name);
  EXPECT_EQ(left.explained.front().kind, FactKind::server);
}

TEST(NotCarried, DoesNotExplainASlotThatIsThereAndAnotherOrNew) {
  for (const Carrier by : {Carrier::data_directory, Carrier::dump}) {
    const Facts other{with(slot, "logical")};
    const Comparable left = without_losses({slot}, other, by);
    EXPECT_EQ(left.expected, Facts{slot});
    EXPECT_EQ(left.observed, other);
    EXPECT_TRUE(left.explained.empty());
    EXPECT_EQ(without_losses({}, {slot}, by).observed, Facts{slot});
  }
}

TEST(NotCarried, ExplainsAnUnloggedTableOnlyWhenItIsEmptyAndOfFiles) {
  const Facts empty{with(drafts, "0")};
  EXPECT_EQ(without_losses({drafts}, empty, Carrier::data_directory).explained.size(), 1U);
  EXPECT_TRUE(without_losses({drafts}, empty, Carrier::data_directory).observed.empty());
  const Facts nine{with(drafts, "9")};
  EXPECT_EQ(without_losses({drafts}, nine, Carrier::data_directory).observed, nine);
  EXPECT_EQ(without_losses({drafts}, {}, Carrier::data_directory).expected, Facts{drafts});
  EXPECT_EQ(without_losses({drafts}, empty, Carrier::dump).expected, Facts{drafts});
}

TEST(NotCarried, NeverExplainsALoggedTable) {
  const Facts empty{with(table, "0")};
  for (const Carrier by : {Carrier::data_directory, Carrier::dump}) {
    EXPECT_TRUE(without_losses({table}, empty, by).explained.empty());
    EXPECT_TRUE(without_losses({table}, {}, by).explained.empty());
  }
}

TEST(NotCarried, ExplainsNothingButCountersOnAClusterMendedInPlace) {
  const Fact failures{FactKind::server, "checksum failures in app", "0"};
  const Facts empty{with(drafts, "0")};
  EXPECT_EQ(without_losses({slot}, {}, Carrier::nothing).expected, Facts{slot});
  EXPECT_EQ(without_losses({drafts}, empty, Carrier::nothing).expected, Facts{drafts});
  const Facts three{with(failures, "3")};
  EXPECT_EQ(without_losses({failures}, three, Carrier::nothing).explained.size(), 1U);
  EXPECT_EQ(without_losses({failures}, three, Carrier::data_directory).observed, three);
  EXPECT_EQ(without_losses(three, {failures}, Carrier::data_directory).explained.size(), 1U);
}

TEST(NotCarried, SaysNothingOfWhatIsEqual) {
  const Facts all{table, drafts, in_template, slot};
  const Comparable left = without_losses(all, all, Carrier::dump);
  EXPECT_EQ(left.expected, all);
  EXPECT_EQ(left.observed, all);
  EXPECT_TRUE(left.explained.empty());
}

TEST(NotCarried, LeavesTheTemplateOutOfADumpAndNotOutOfFiles) {
  const Facts other{with(in_template, "x")};
  EXPECT_EQ(without_losses({in_template}, other, Carrier::dump).explained.size(), 1U);
  EXPECT_EQ(without_losses({in_template}, {}, Carrier::dump).explained.size(), 1U);
  EXPECT_EQ(without_losses({}, {in_template}, Carrier::dump).explained.size(), 1U);
  EXPECT_EQ(
      without_losses({in_template}, {}, Carrier::data_directory).expected, Facts{in_template});
}

TEST(NotCarried, KnowsThatADumpBringsSubscriptionsBackDisabled) {
  const Facts off{with(state, "disabled")};
  EXPECT_EQ(without_losses({state}, off, Carrier::dump).explained.size(), 1U);
  EXPECT_TRUE(without_losses({state}, off, Carrier::data_directory).explained.empty());
  EXPECT_TRUE(without_losses(off, {state}, Carrier::dump).explained.empty());
}

// A table that bears the noun of another kind in its name is a table still.
TEST(NotCarried, IsNotFooledByNames) {
  const Fact liar{FactKind::rows, "app: table public.x: unlogged table y", "10"};
  const Facts empty{with(liar, "0")};
  EXPECT_TRUE(without_losses({liar}, empty, Carrier::data_directory).explained.empty());
}

TEST(NotCarried, GivesAReasonForEachRow) {
  for (const NotCarried& row : everything_not_carried()) {
    EXPECT_FALSE(row.reason.empty());
    EXPECT_NE(row.noun.empty(), row.database.empty());
  }
}

}  // namespace
}  // namespace pgrehearse
