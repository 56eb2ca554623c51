// What stores may differ in, each declared property from both sides: it does what it promises, and
// what it does not promise it refuses before it changes anything.
#include <atomic>
#include <thread>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/store/transfer.hpp"
#include "tests/contract/object_store_contract.hpp"

namespace pgrehearse {
namespace {

TEST_P(ObjectStoreContract, ReplacesInOneStepIfItSaysSo) {
  constexpr int threads = 4;
  const int rounds = store().properties().replaces_at_once ? 12 : 4;
  put("shared", "whole");
  std::atomic<int> strange{0};
  std::atomic<int> broken{0};
  {
    std::vector<std::jthread> workers;
    workers.reserve(threads);
    for (int worker = 0; worker < threads; ++worker) {
      workers.emplace_back([&, worker] {
        for (int round = 0; round < rounds; ++round) {
          const std::string code = code_of([&] {
            put("shared", std::string(static_cast<std::size_t>(100 * worker + round), 'x'));
            strange +=
                get_bytes(store(), "shared").find_first_not_of('x') == std::string::npos ? 0 : 1;
          });
          broken += code.empty() ? 0 : 1;
        }
      });
    }
  }
  EXPECT_EQ(strange, 0) << "what does not fit together must never be handed on";
  if (store().properties().replaces_at_once) {
    EXPECT_EQ(broken, 0);
    EXPECT_EQ(get_bytes(store(), "shared").find_first_not_of('x'), std::string::npos);
  }
  put("shared", "quiet again");
  EXPECT_EQ(get_bytes(store(), "shared"), "quiet again");
}

TEST_P(ObjectStoreContract, KeepsVersionsIfItSaysSo) {
  constexpr std::size_t earlier = 4;
  for (std::size_t put_before = 0; put_before < earlier; ++put_before) {
    put("key", "earlier");
  }
  const auto first = put("key", "first");
  const auto second = put("key", "second");
  put("key/below", "other");
  if (!store().properties().versioned) {
    EXPECT_EQ(code_of([&] { static_cast<void>(store().versions("key")); }), "store-refused");
    EXPECT_EQ(code_of([&] { static_cast<void>(get_bytes(store(), "key", "1")); }), "store-refused");
    EXPECT_EQ(code_of([&] { store().remove("key", "1"); }), "store-refused");
    EXPECT_EQ(get_bytes(store(), "key"), "second");
    return;
  }
  store().remove("key", {});

  const std::vector<ObjectInfo> versions = store().versions("key");
  ASSERT_EQ(versions.size(), 3U + earlier);
  EXPECT_TRUE(versions[0].removal);
  EXPECT_EQ(versions[1].version, second->version);
  EXPECT_EQ(versions[2].version, first->version);
  EXPECT_NE(first->version, second->version);
  EXPECT_FALSE(store().stat("key").has_value());
  EXPECT_EQ(get_bytes(store(), "key", first->version), "first");
  EXPECT_EQ(get_bytes(store(), "key", second->version), "second");
  EXPECT_EQ(code_of([&] { static_cast<void>(get_bytes(store(), "key/below", first->version)); }),
      "object-missing");

  store().remove("key", versions[0].version);
  EXPECT_EQ(get_bytes(store(), "key"), "second") << "taking the removal back brings the key back";
  store().remove("key", second->version);
  EXPECT_EQ(get_bytes(store(), "key"), "first");
  EXPECT_EQ(code_of([&] { static_cast<void>(get_bytes(store(), "key", second->version)); }),
      "object-missing");
  EXPECT_TRUE(store().versions("never").empty());
}

TEST_P(ObjectStoreContract, TellsWritersThatTheyWereLateIfItSaysSo) {
  if (!store().properties().honours_only_if_absent) {
    EXPECT_EQ(code_of([&] { put("key", "x", {.only_if_absent = true}); }), "store-refused");
    EXPECT_FALSE(store().stat("key").has_value());
    return;
  }
  std::atomic<int> winners{0};
  {
    std::vector<std::jthread> writers;
    writers.reserve(8);
    for (int writer = 0; writer < 8; ++writer) {
      writers.emplace_back([&, writer] {
        winners += put("key", std::to_string(writer), {.only_if_absent = true}).has_value() ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(winners, 1);
  const std::string won = get_bytes(store(), "key");
  EXPECT_FALSE(put("key", "late", {.only_if_absent = true}).has_value());
  EXPECT_EQ(get_bytes(store(), "key"), won);
  store().remove("key", {});
  EXPECT_TRUE(put("key", "again", {.only_if_absent = true}).has_value());
}

TEST_P(ObjectStoreContract, KeepsALockedVersionIfItSaysSo) {
  const Timestamp later = Timestamp::now() + Seconds{3600};
  if (!store().properties().locks_objects) {
    EXPECT_EQ(code_of([&] { put("key", "x", {.locked_until = later}); }), "store-refused");
    EXPECT_FALSE(store().stat("key").has_value());
    return;
  }
  const auto locked = put("key", "evidence", {.locked_until = later});
  ASSERT_TRUE(locked.has_value());

  EXPECT_EQ(code_of([&] { store().remove("key", locked->version); }), "store-refused");
  store().remove("key", {});
  EXPECT_EQ(get_bytes(store(), "key", locked->version), "evidence");
  const auto open = put("key", "not locked");
  store().remove("key", open->version);
  EXPECT_EQ(code_of([&] { static_cast<void>(get_bytes(store(), "key", open->version)); }),
      "object-missing");
}

TEST_P(ObjectStoreContract, RefusesAWrongSecretIfItSaysSo) {
  put("key", "for its owner");
  if (!store().properties().checks_signatures) {
    if (stranger() != nullptr) {
      EXPECT_EQ(get_bytes(*stranger(), "key"), "for its owner") << "it is stricter than it says";
    }
    return;
  }
  ASSERT_NE(stranger(), nullptr);
  EXPECT_EQ(code_of([&] { static_cast<void>(get_bytes(*stranger(), "key")); }), "store-refused");
  EXPECT_EQ(code_of([&] { static_cast<void>(stranger()->stat("key")); }), "store-refused");
  EXPECT_EQ(code_of([&] { static_cast<void>(stranger()->list("")); }), "store-refused");
  EXPECT_EQ(code_of([&] { stranger()->put("key", Content::of_bytes("x"), {}); }), "store-refused");
  EXPECT_EQ(code_of([&] { stranger()->remove("key", {}); }), "store-refused");
  EXPECT_EQ(get_bytes(store(), "key"), "for its owner");
}

}  // namespace
}  // namespace pgrehearse
