// The WAL of a real server, read back with its own pg_waldump.
#include <algorithm>
#include <memory>

#include <gtest/gtest.h>

#include "harness/pg/control_data.hpp"
#include "harness/pg/heap_changes.hpp"
#include "harness/pg/wal_oracle.hpp"
#include "tests/unit/pg/private_server.hpp"

namespace pgrehearse {
namespace {

class WalOfARealServer : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::optional<std::string> reason = PrivateServer::missing()) {
      GTEST_SKIP() << *reason;
    }
    server_ = std::make_unique<PrivateServer>();
    session_ = std::make_unique<Session>(server_->connection());
    start_ = Lsn::parse(session_->value("SELECT pg_current_wal_insert_lsn()"));
  }

  [[nodiscard]] Completed dump(WalDetail detail) {
    session_->exec("CHECKPOINT");  // writes all WAL out
    return server_->run_as_owner(
        waldump_program({.directory = server_->data_path() + "/pg_wal",
                            .first_segment = wal_file_name(TimelineId{1}, Lsn{start_.bytes() + 1}),
                            .start = start_},
            detail, PrivateServer::path_of("pg_waldump")));
  }

  Xid xid_of(const std::string& statement) {
    session_->exec("BEGIN");
    session_->exec(statement);
    const Xid xid{std::stoull(session_->value("SELECT pg_current_xact_id()"))};
    session_->exec("COMMIT");
    return xid;
  }

  std::unique_ptr<PrivateServer> server_;
  std::unique_ptr<Session> session_;
  Lsn start_;
};

TEST_F(WalOfARealServer, HoldsExactlyTheCommitsBeforeTheMarker) {
  session_->exec("CREATE TABLE t (i int)");
  const Xid before = xid_of("INSERT INTO t VALUES (1)");
  const Lsn marker = Lsn::parse(session_->value("SELECT pg_create_restore_point('here')"));
  const Xid after = xid_of("INSERT INTO t VALUES (2)");
  const WalOracle oracle = wal_oracle_of(dump(WalDetail::transactions), after);
  ASSERT_NE(oracle.restore_point("here"), nullptr);
  EXPECT_EQ(oracle.restore_point("here")->end, marker);
  const auto expected = oracle.commits_before(marker);
  ASSERT_FALSE(expected.empty());
  EXPECT_EQ(expected.back().xid, before);
  EXPECT_TRUE(std::none_of(expected.begin(), expected.end(),
      [&](const WalCommit& commit) { return commit.xid == after; }));
  EXPECT_EQ(oracle.commits.back().xid, after);
  EXPECT_EQ(oracle.reading.stop, WalStop::zeros_follow) << name_of(oracle.reading.stop);
  EXPECT_EQ(oracle.strange_lines, 0U);
}

TEST_F(WalOfARealServer, EndsEveryRestorePointWhereTheServerDoes) {
  const Rows rows =
      session_->exec("SELECT pg_create_restore_point('p' || n) FROM generate_series(1, 400) n");
  const WalOracle oracle = wal_oracle_of(dump(WalDetail::transactions), Xid{1000});
  ASSERT_EQ(oracle.restore_points.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(oracle.restore_points[i].end.text(), *rows[i].front());
  }
}

TEST_F(WalOfARealServer, NamesTheRowsThatATransactionTouched) {
  session_->exec("CREATE TABLE t (i int); INSERT INTO t SELECT generate_series(1, 10)");
  const std::string file = session_->value("SELECT pg_relation_filenode('t')");
  const std::string old_place = session_->value("SELECT ctid FROM t WHERE i = 4");
  const Xid xid = xid_of("UPDATE t SET i = 40 WHERE i = 4");
  const std::string new_place = session_->value("SELECT ctid FROM t WHERE i = 40");
  const HeapChanges found = heap_changes_of(dump(WalDetail::changes), {xid});
  ASSERT_EQ(found.changes.size(), 1U);
  const HeapChange& change = found.changes.front();
  const auto place_of = [](TupleAt at) {
    return "(" + std::to_string(at.block) + "," + std::to_string(at.offset) + ")";
  };
  EXPECT_EQ(std::to_string(change.file.file), file);
  EXPECT_EQ(place_of(change.old_tuple.value()), old_place);
  EXPECT_EQ(place_of(change.new_tuple.value()), new_place);
}

TEST_F(WalOfARealServer, ItsControlFileIsRead) {
  const Completed printed = server_->run_as_owner(
      {.argv = {PrivateServer::path_of("pg_controldata"), server_->data_path()},
          .env = {{"LC_ALL", Secret{"C"}}}});
  const ControlData data = control_data_of(printed.out);
  EXPECT_EQ(data.state, "in production");
  EXPECT_EQ(std::to_string(data.system_identifier),
      session_->value("SELECT system_identifier FROM pg_control_system()"));
  EXPECT_TRUE(data.intact);
}

}  // namespace
}  // namespace pgrehearse
