#include "tests/contract/object_store_contract.hpp"

#include <filesystem>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "harness/base/error.hpp"
#include "harness/base/text.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {

std::ostream& operator<<(std::ostream& out, const StoreUnderTest& tested) {
  return out << tested.name;
}

std::string suffix_of(const testing::TestParamInfo<StoreUnderTest>& info) {
  return info.param.name;
}

std::string code_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return std::string{name_of(error.code())};
  }
  return "";
}

void ObjectStoreContract::SetUp() {
  if (const auto reason = GetParam().why_not()) {
    GTEST_SKIP() << *reason;
  }
  open_ = GetParam().open_empty();
}

std::optional<ObjectInfo> ObjectStoreContract::put(
    const std::string& key, const std::string& bytes, const PutOptions& options) {
  return store().put(key, Content::of_bytes(bytes), options);
}

std::string ObjectStoreContract::keys_under(const std::string& prefix) {
  std::vector<std::string> keys;
  for (const ObjectInfo& info : store().list(prefix)) {
    keys.push_back(info.key);
  }
  return joined(keys, " ");
}

namespace {

std::string every_byte() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) {
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

// Not the same in any two places, so that no exchange of pieces goes unseen.
std::string numbered_megabytes(int megabytes) {
  std::string text;
  text.reserve(static_cast<std::size_t>(megabytes) << 20U);
  for (int line = 0; text.size() < static_cast<std::size_t>(megabytes) << 20U; ++line) {
    text += fmt::format("{:015}\n", line);
  }
  return text;
}

long peak_kilobytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST_P(ObjectStoreContract, ReturnsExactlyTheBytesThatWerePut) {
  put("every", every_byte());
  put("nothing", "");

  EXPECT_EQ(get_bytes(store(), "every"), every_byte());
  EXPECT_EQ(get_bytes(store(), "nothing"), "");
}

TEST_P(ObjectStoreContract, ReturnsAFileOfManyPartsAsItWas) {
  const std::string text = numbered_megabytes(12);
  write_file(in_folder("from"), text);

  const auto stored = store().put("base/data.tar", Content::of_file(in_folder("from")), {});
  const ObjectInfo got = get_file(store(), "base/data.tar", in_folder("to"));

  ASSERT_TRUE(stored.has_value());
  EXPECT_EQ(stored->bytes, text.size());
  EXPECT_EQ(got.sha256, sha256_hex(text));
  EXPECT_EQ(sha256_of_file(in_folder("to")), sha256_hex(text));
  EXPECT_EQ(std::filesystem::status(in_folder("to")).permissions(),
      std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_P(ObjectStoreContract, UsesNoMoreMemoryForALargeFile) {
  constexpr std::uint64_t bytes = 64UL << 20U;
  write_file(in_folder("from"), "");
  std::filesystem::resize_file(in_folder("from"), bytes);
  const long before = peak_kilobytes();

  store().put("large", Content::of_file(in_folder("from")), {});
  const ObjectInfo got = get_file(store(), "large", in_folder("to"));

  EXPECT_EQ(got.bytes, bytes);
  if (!GetParam().holds_all_in_memory) {
    EXPECT_LT(peak_kilobytes() - before, 40L * 1024);
  }
}

TEST_P(ObjectStoreContract, TellsWhatItKeeps) {
  const auto stored = put("wal/000000010000000000000001", "a segment");
  const auto found = store().stat("wal/000000010000000000000001");

  ASSERT_TRUE(stored.has_value());
  ASSERT_TRUE(found.has_value());
  for (const ObjectInfo& info : {*stored, *found}) {
    EXPECT_EQ(info.key, "wal/000000010000000000000001");
    EXPECT_EQ(info.bytes, 9U);
    EXPECT_EQ(info.sha256, sha256_hex("a segment"));
    EXPECT_FALSE(info.removal);
    EXPECT_LT(std::chrono::abs(Timestamp::now() - info.modified), Seconds{120});
    EXPECT_EQ(info.version.empty(), !store().properties().versioned);
  }
  EXPECT_EQ(stored->version, found->version);
}

TEST_P(ObjectStoreContract, KeepsLabelsBesideAnObject) {
  const ObjectLabels labels{{"origin", "a b, c; d=\"e\" %20 ~\\"}, {"owner-2", "f"}};
  put("key", "x", {.labels = labels});

  EXPECT_EQ(store().stat("key")->labels, labels);
  EXPECT_EQ(get_file(store(), "key", in_folder("to")).labels, labels);
  const std::string large = numbered_megabytes(6);
  put("large", large, {.labels = labels});
  EXPECT_EQ(store().stat("large")->labels, labels);
  put("key", "y");
  EXPECT_TRUE(store().stat("key")->labels.empty()) << "they are replaced with the object";
}

TEST_P(ObjectStoreContract, RefusesWhatIsNoLabel) {
  const std::vector<ObjectLabels> refused{{{"", "x"}}, {{"Upper", "x"}}, {{"2nd", "x"}},
      {{"sha256", "x"}}, {{"sha", "x"}}, {{"a", "x"}, {"a-b", "y"}}, {{"a b", "x"}}, {{"a", ""}},
      {{"a", " x"}}, {{"a", "x\ny: z"}}, {{"a", "caf\xc3\xa9"}}, {{"a", std::string(1600, 'x')}},
      {{std::string(41, 'a'), "x"}}};
  for (const ObjectLabels& labels : refused) {
    EXPECT_EQ(code_of([&] { put("key", "x", {.labels = labels}); }), "bad-value")
        << labels.begin()->first;
  }
  EXPECT_FALSE(store().stat("key").has_value());
}

TEST_P(ObjectStoreContract, ReplacesAnObject) {
  put("key", "the first, which is longer");
  put("key", "the second");

  EXPECT_EQ(get_bytes(store(), "key"), "the second");
  EXPECT_EQ(keys_under(""), "key");
  EXPECT_EQ(store().stat("key")->sha256, sha256_hex("the second"));
}

TEST_P(ObjectStoreContract, SaysThatAnObjectIsMissing) {
  put("there", "x");

  EXPECT_FALSE(store().stat("not/there").has_value());
  EXPECT_TRUE(store().list("not/").empty());
  EXPECT_EQ(code_of([&] { static_cast<void>(get_bytes(store(), "not/there")); }), "object-missing");
  EXPECT_EQ(code_of([&] { get_file(store(), "not/there", in_folder("to")); }), "object-missing");
  EXPECT_TRUE(std::filesystem::is_empty(in_folder("")));
}

TEST_P(ObjectStoreContract, ListsWhatBeginsWithThePrefixInByteOrder) {
  for (const char* key : {"wal/3", "wal/1", "wal/10", "wal/2", "wal", "walrus", "base/1/x"}) {
    put(key, key);
  }

  EXPECT_EQ(keys_under(""), "base/1/x wal wal/1 wal/10 wal/2 wal/3 walrus");
  EXPECT_EQ(keys_under("wal"), "wal wal/1 wal/10 wal/2 wal/3 walrus");
  EXPECT_EQ(keys_under("wal/"), "wal/1 wal/10 wal/2 wal/3");
  EXPECT_EQ(keys_under("wal/1"), "wal/1 wal/10");
  EXPECT_EQ(keys_under("wal/1/"), "");
  EXPECT_EQ(store().list("walrus").front().bytes, 6U);
}

TEST_P(ObjectStoreContract, TakesEveryKeyThatTheRuleAllows) {
  const std::string long_part(200, 'k');
  const std::vector<std::string> keys{"a b+c%20d", "q?x=1&y=2#z", "<tag attr='v'>\"&amp;",
      "dots./..x", "semi;colon,comma:at@", "-leading", "(all)!*[of]{them}|^`$", "a", "a/b", "a/b/c",
      " ", fmt::format("{0}/{0}/{0}/{0}", long_part)};
  for (const std::string& key : keys) {
    put(key, "content of " + key);
  }

  for (const std::string& key : keys) {
    EXPECT_EQ(get_bytes(store(), key), "content of " + key);
    ASSERT_EQ(store().list(key).empty(), false) << key;
    EXPECT_EQ(store().list(key).front().key, key);
  }
  EXPECT_EQ(store().list("").size(), keys.size());
}

TEST_P(ObjectStoreContract, RefusesWhatIsNoKey) {
  const std::vector<std::string> refused{"", "/a", "a/", "a//b", "..", "../a", "a/../b", "./a",
      "a/.", "a\nb", "a\tb", std::string{"a\0b", 3}, "caf\xc3\xa9", "a~object", "a\\b",
      std::string(201, 'k'), std::string(450, 'k') + "/" + std::string(450, 'k')};
  for (const std::string& key : refused) {
    EXPECT_EQ(code_of([&] { put(key, "x"); }), "bad-value") << key;
    EXPECT_EQ(code_of([&] { static_cast<void>(store().stat(key)); }), "bad-value") << key;
    EXPECT_EQ(code_of([&] { static_cast<void>(get_bytes(store(), key)); }), "bad-value") << key;
    EXPECT_EQ(code_of([&] { store().remove(key, {}); }), "bad-value") << key;
  }
  EXPECT_EQ(code_of([&] { static_cast<void>(store().list("../")); }), "bad-value");
  EXPECT_TRUE(store().list("").empty());
}

TEST_P(ObjectStoreContract, RemovesAnObjectAndNoOther) {
  put("a", "1");
  put("a/b", "2");

  store().remove("a", {});
  store().remove("a", {});
  store().remove("never/there", {});

  EXPECT_FALSE(store().stat("a").has_value());
  EXPECT_EQ(code_of([&] { static_cast<void>(get_bytes(store(), "a")); }), "object-missing");
  EXPECT_EQ(keys_under(""), "a/b");
  EXPECT_EQ(get_bytes(store(), "a/b"), "2");
}

TEST_P(ObjectStoreContract, ShowsNothingOfAPutThatFailed) {
  put("kept", "as it was");
  for (const std::uintmax_t megabytes : {1U, 12U}) {
    write_file(in_folder("from"), numbered_megabytes(static_cast<int>(megabytes)));
    const Content content = Content::of_file(in_folder("from"));
    std::filesystem::resize_file(in_folder("from"), (megabytes << 20U) - 4096);

    EXPECT_EQ(code_of([&] { store().put("kept", content, {}); }), "io");
    EXPECT_EQ(code_of([&] { store().put("fresh", content, {.sha256 = sha256_hex("")}); }), "io");
  }

  EXPECT_EQ(get_bytes(store(), "kept"), "as it was");
  EXPECT_EQ(keys_under(""), "kept");
}

TEST_P(ObjectStoreContract, HandsOnNothingThatIsNotWhatWasPut) {
  put("damaged", "what is there", {.sha256 = sha256_hex("what was put")});
  write_file(in_folder("to"), "from before");

  EXPECT_EQ(store().stat("damaged")->sha256, sha256_hex("what was put"));
  EXPECT_EQ(code_of([&] { static_cast<void>(get_bytes(store(), "damaged")); }), "object-damaged");
  EXPECT_EQ(code_of([&] { get_file(store(), "damaged", in_folder("to")); }), "object-damaged");
  EXPECT_EQ(read_file(in_folder("to")), "from before");
  std::filesystem::remove(in_folder("to"));
  EXPECT_TRUE(std::filesystem::is_empty(in_folder("")));
}

TEST_P(ObjectStoreContract, ServesManyThreadsAtOnce) {
  constexpr int threads = 4;
  constexpr int rounds = 12;
  std::vector<std::string> faults(threads);
  {
    std::vector<std::jthread> workers;
    workers.reserve(threads);
    for (int worker = 0; worker < threads; ++worker) {
      workers.emplace_back([&, worker] {
        try {
          for (int round = 0; round < rounds; ++round) {
            put(fmt::format("{}/{}", worker, round), fmt::format("{} {}", worker, round));
            static_cast<void>(store().list(fmt::format("{}/", worker)));
          }
        } catch (const std::exception& problem) {
          faults[static_cast<std::size_t>(worker)] = problem.what();
        }
      });
    }
  }
  EXPECT_EQ(joined(faults, ""), "");
  EXPECT_EQ(store().list("").size(), static_cast<std::size_t>(threads * rounds));
  EXPECT_EQ(get_bytes(store(), "3/11"), "3 11");
}

}  // namespace
}  // namespace pgrehearse
