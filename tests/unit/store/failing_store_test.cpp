#include "harness/store/failing_store.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/store/memory_store.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

std::string outcome_of_get(ObjectStore& store, const std::string& key) {
  try {
    return get_bytes(store, key);
  } catch (const Error& error) {
    return std::string{name_of(error.code())};
  }
}

std::string outcome_of_put(ObjectStore& store, const std::string& key, const std::string& bytes) {
  try {
    store.put(key, Content::of_bytes(bytes), {});
    return "stored";
  } catch (const Error& error) {
    return std::string{name_of(error.code())};
  }
}

TEST(FailingStore, DoesNotServeInAnOutageAndServesAfterIt) {
  MemoryStore memory;
  FailingStore store{memory};
  outcome_of_put(store, "key", "x");

  store.begin_outage();
  EXPECT_EQ(outcome_of_get(store, "key"), "store-unreachable");
  EXPECT_EQ(outcome_of_put(store, "late", "x"), "store-unreachable");
  EXPECT_THROW(static_cast<void>(store.list("")), Error);
  store.end_outage();

  EXPECT_EQ(outcome_of_get(store, "key"), "x");
  EXPECT_FALSE(memory.stat("late").has_value());
  ASSERT_EQ(store.injected().size(), 3U);
  EXPECT_EQ(store.injected()[1].kind, "outage");
  EXPECT_EQ(store.injected()[1].key, "late");
}

TEST(FailingStore, FailsEveryNthCallBeforeItDoesAnything) {
  MemoryStore memory;
  FailingStore store{memory, {.every_nth_call_fails = 3}};
  std::vector<std::string> outcomes;
  for (const char* key : {"1", "2", "3", "4", "5", "6"}) {
    outcomes.push_back(outcome_of_put(store, key, "x"));
  }
  EXPECT_EQ(outcomes, (std::vector<std::string>{"stored", "stored", "store-unreachable", "stored",
                          "stored", "store-unreachable"}));
  EXPECT_FALSE(memory.stat("3").has_value());
  EXPECT_EQ(memory.list("").size(), 4U);
}

TEST(FailingStore, LosesAnAnswerAfterThePutHadItsEffect) {
  MemoryStore memory;
  FailingStore store{memory, {.every_nth_put_unanswered = 2}};
  EXPECT_EQ(outcome_of_put(store, "1", "x"), "stored");
  EXPECT_EQ(outcome_of_put(store, "2", "x"), "store-unreachable");
  EXPECT_TRUE(memory.stat("2").has_value());
}

TEST(FailingStore, FlipsABitOnTheWayOnce) {
  MemoryStore memory;
  FailingStore store{memory, {.seed = 7, .every_nth_read_flipped = 2}};
  outcome_of_put(store, "key", "content");
  EXPECT_EQ(outcome_of_get(store, "key"), "content");
  EXPECT_EQ(outcome_of_get(store, "key"), "object-damaged");
  EXPECT_EQ(outcome_of_get(store, "key"), "content");
}

TEST(FailingStore, FlipsABitInTheStoreForGood) {
  MemoryStore memory;
  FailingStore store{memory, {.seed = 7, .every_nth_put_flipped = 2}};
  outcome_of_put(store, "whole", "content");
  outcome_of_put(store, "flipped", "content");
  EXPECT_EQ(outcome_of_get(memory, "whole"), "content");
  EXPECT_EQ(outcome_of_get(memory, "flipped"), "object-damaged");
  EXPECT_EQ(outcome_of_get(memory, "flipped"), "object-damaged");
  ASSERT_EQ(store.injected().size(), 1U);
  EXPECT_EQ(store.injected()[0].kind, "flipped on put");
}

TEST(FailingStore, RepeatsItselfWithTheSameSeedOnly) {
  const auto damaged_with = [](std::uint64_t seed) {
    MemoryStore memory;
    FailingStore store{memory, {.seed = seed, .every_nth_put_flipped = 1}};
    outcome_of_put(store, "key", std::string(1000, '\0'));
    std::string bytes;
    memory.read("key", {}, [&](std::string_view piece) { bytes += piece; });
    return bytes;
  };
  EXPECT_EQ(damaged_with(1), damaged_with(1));
  EXPECT_NE(damaged_with(1), damaged_with(2));
}

TEST(FailingStore, IsAsSlowAsItWasTold) {
  MemoryStore memory;
  FailingStore store{memory, {.delay = Milliseconds{120}}};
  const SteadyTime begun = SteadyTime::now();
  static_cast<void>(store.stat("key"));
  EXPECT_GE(SteadyTime::now() - begun, Milliseconds{120});
}

}  // namespace
}  // namespace pgrehearse
