#include "harness/drill/ledger.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

class LedgerFile : public testing::Test {
 protected:
  TempDir folder_{"pgrehearse-ledger"};
  std::filesystem::path file_ = folder_.path() / "ledger.jsonl";
};

TEST_F(LedgerFile, HoldsAnInvokedCommitBeforeItsAnswer) {
  Ledger ledger{file_};
  const std::size_t place = ledger.invoke(2, 7, Xid{4711});
  EXPECT_NE(
      read_file(file_).find("\"writer\":2,\"sequence\":7,\"xid\":4711,\"outcome\":\"invoked\""),
      std::string::npos);
  EXPECT_EQ(ledger.acknowledged(), 0);
  ledger.settle(place, Outcome::acknowledged);
  EXPECT_EQ(ledger.acknowledged(), 1);
  EXPECT_EQ(lines_of(read_file(file_)).size(), 2U);
}

TEST_F(LedgerFile, CountsOnlyAcknowledgementsAsAcknowledged) {
  Ledger ledger{file_};
  ledger.settle(ledger.invoke(1, 1, Xid{1}), Outcome::in_doubt);
  ledger.settle(ledger.invoke(1, 2, Xid{2}), Outcome::failed);
  ledger.failed(1, 3);
  EXPECT_EQ(ledger.acknowledged(), 0);
  EXPECT_EQ(ledger.settled(), 3);
}

TEST_F(LedgerFile, KeepsTheOrderOfInvocationAndAnswer) {
  Ledger ledger{file_};
  ledger.settle(ledger.invoke(1, 1, Xid{1}), Outcome::acknowledged);
  const LedgerEntry entry = ledger.entries().front();
  EXPECT_LE(entry.invoked_at, entry.settled_at);
}

TEST_F(LedgerFile, NeverOverwritesAnotherLedger) {
  write_file(file_, "somebody's");
  EXPECT_THROW(Ledger{file_}, Error);
  EXPECT_EQ(read_file(file_), "somebody's");
}

}  // namespace
}  // namespace pgrehearse
