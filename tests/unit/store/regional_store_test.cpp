#include "harness/store/regional_store.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/store/failing_store.hpp"
#include "harness/store/memory_store.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds lag{250};
constexpr Milliseconds patience{60'000};

class Regions : public testing::Test {
 protected:
  static void put(ObjectStore& store, const std::string& key, const std::string& bytes) {
    store.put(key, Content::of_bytes(bytes), {});
  }
  static std::string keys_of(ObjectStore& store) {
    std::vector<std::string> keys;
    for (const ObjectInfo& info : store.list("")) {
      keys.push_back(info.key);
    }
    return joined(keys, " ");
  }
  static std::string states_of(const RegionalStore& store) {
    std::vector<std::string> states;
    for (const Shipment& shipment : store.shipments()) {
      states.push_back(shipment.key + " " + std::string{name_of(shipment.state)});
    }
    return joined(states, ", ");
  }

  MemoryStore primary_;
  MemoryStore plain_primary_{MemoryStore::Kind::plain};
  MemoryStore replica_;
};

TEST_F(Regions, CopiesInOrderAndNotBeforeTheLagHasPassed) {
  RegionalStore store{primary_, replica_, lag};
  const SteadyTime begin = SteadyTime::now();
  for (const char* key : {"1", "2", "3"}) {
    put(store, key, key);
  }
  const std::string early = keys_of(replica_);
  EXPECT_TRUE(early.empty() || SteadyTime::now() - begin >= lag)
      << "copies came before their time: " << early;
  EXPECT_EQ(keys_of(store), "1 2 3");
  store.wait_until_shipped(patience);

  EXPECT_EQ(keys_of(replica_), "1 2 3");
  EXPECT_EQ(get_bytes(replica_, "2"), "2");
  EXPECT_EQ(states_of(store), "1 arrived, 2 arrived, 3 arrived");
  SteadyTime before;
  for (const Shipment& shipment : store.shipments()) {
    ASSERT_TRUE(shipment.arrived.has_value() && shipment.arrived_at.has_value());
    EXPECT_GE(*shipment.arrived - shipment.written, lag);
    EXPECT_GE(*shipment.arrived_at - shipment.written_at, lag - Milliseconds{50});
    EXPECT_LT(before, *shipment.arrived);
    before = *shipment.arrived;
  }
}

TEST_F(Regions, CopiesRemovalsToo) {
  RegionalStore store{primary_, replica_, Milliseconds{0}};
  put(store, "key", "x");
  store.wait_until_shipped(patience);
  EXPECT_EQ(keys_of(replica_), "key");
  store.remove("key", {});
  store.wait_until_shipped(patience);
  EXPECT_EQ(keys_of(replica_), "");
}

TEST_F(Regions, LeavesTheReplicaStaleWhileItIsHeld) {
  RegionalStore store{primary_, replica_, Milliseconds{0}};
  put(store, "key", "old");
  store.wait_until_shipped(patience);
  store.hold();
  put(store, "key", "new");
  EXPECT_THROW(store.wait_until_shipped(Milliseconds{200}), Error);
  EXPECT_EQ(get_bytes(replica_, "key"), "old");
  store.resume();
  store.wait_until_shipped(patience);
  EXPECT_EQ(get_bytes(replica_, "key"), "new");
}

TEST_F(Regions, LeavesOutWhatItIsToldTo) {
  RegionalStore store{primary_, replica_, Milliseconds{0}};
  store.omit("wal/2");
  for (const char* key : {"wal/1", "wal/2", "wal/3"}) {
    put(store, key, key);
  }
  store.wait_until_shipped(patience);
  EXPECT_EQ(keys_of(replica_), "wal/1 wal/3");
  EXPECT_EQ(states_of(store), "wal/1 arrived, wal/2 omitted, wal/3 arrived");
}

TEST_F(Regions, LosesWhatHadNotArrivedWhenThePrimaryIsLost) {
  RegionalStore store{primary_, replica_, Milliseconds{0}};
  put(store, "arrived", "x");
  store.wait_until_shipped(patience);
  store.hold();
  put(store, "on the way", "x");
  store.lose_primary();
  store.resume();

  EXPECT_EQ(states_of(store), "arrived arrived, on the way lost");
  EXPECT_EQ(keys_of(replica_), "arrived");
  EXPECT_THROW(put(store, "late", "x"), Error);
  EXPECT_THROW(static_cast<void>(store.stat("arrived")), Error);
  EXPECT_EQ(keys_of(primary_), "arrived on the way");
}

TEST_F(Regions, CopiesEveryVersionOfAPrimaryThatKeepsThem) {
  RegionalStore store{primary_, replica_, Milliseconds{0}};
  store.hold();
  put(store, "key", "first");
  put(store, "key", "second");
  store.resume();
  store.wait_until_shipped(patience);
  ASSERT_EQ(replica_.versions("key").size(), 2U);
  EXPECT_EQ(get_bytes(replica_, "key", replica_.versions("key")[1].version), "first");
}

TEST_F(Regions, SaysWhatWasSupersededBeforeItCouldBeCopied) {
  RegionalStore store{plain_primary_, replica_, Milliseconds{0}};
  store.hold();
  put(store, "replaced", "first");
  put(store, "replaced", "second");
  put(store, "removed", "x");
  store.remove("removed", {});
  store.resume();
  store.wait_until_shipped(patience);
  EXPECT_EQ(states_of(store),
      "replaced superseded, replaced arrived, removed superseded, removed arrived");
  EXPECT_EQ(get_bytes(replica_, "replaced"), "second");
  EXPECT_EQ(keys_of(replica_), "replaced");
}

TEST_F(Regions, DoesNotCopyDamage) {
  RegionalStore store{primary_, replica_, Milliseconds{0}};
  store.put("damaged", Content::of_bytes("x"), {.sha256 = sha256_hex("y")});
  put(store, "whole", "x");
  store.wait_until_shipped(patience);
  EXPECT_EQ(states_of(store), "damaged failed, whole arrived");
  EXPECT_EQ(store.shipments().front().problem, "object-damaged");
  EXPECT_EQ(keys_of(replica_), "whole");
}

TEST_F(Regions, WaitsForAReplicaThatDoesNotAnswer) {
  FailingStore failing{replica_};
  failing.begin_outage();
  RegionalStore store{primary_, failing, Milliseconds{0}};
  put(store, "key", "x");
  EXPECT_THROW(store.wait_until_shipped(Milliseconds{300}), Error);
  failing.end_outage();
  store.wait_until_shipped(patience);
  EXPECT_EQ(keys_of(replica_), "key");
}

}  // namespace
}  // namespace pgrehearse
