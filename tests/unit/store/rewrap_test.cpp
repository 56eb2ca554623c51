// Rotation of the backup key: what the old key sealed is the new key's afterwards, and what cannot
// be is named.
#include "harness/store/rewrap.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/crypto/age_stream.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/store/directory_store.hpp"
#include "harness/store/failing_store.hpp"
#include "harness/store/memory_store.hpp"
#include "harness/store/sealed_store.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

// A store where a writer comes between the reading of an object and its next look, once.
class OvertakenStore final : public ObjectStore {
 public:
  OvertakenStore(ObjectStore& inner, std::function<void()> overtake)
      : inner_(inner), overtake_(std::move(overtake)) {}
  [[nodiscard]] const StoreProperties& properties() const override { return inner_.properties(); }
  std::optional<ObjectInfo> put(
      const std::string& key, const Content& content, const PutOptions& options) override {
    return inner_.put(key, content, options);
  }
  ObjectInfo read(const std::string& key, const std::optional<std::string>& version,
      const PieceSink& sink) override {
    ObjectInfo info = inner_.read(key, version, sink);
    if (const auto overtake = std::exchange(overtake_, nullptr)) {
      overtake();
    }
    return info;
  }
  [[nodiscard]] std::vector<ObjectInfo> list(const std::string& prefix) override {
    return inner_.list(prefix);
  }
  [[nodiscard]] std::optional<ObjectInfo> stat(const std::string& key) override {
    return inner_.stat(key);
  }
  void remove(const std::string& key, const std::optional<std::string>& version) override {
    inner_.remove(key, version);
  }
  [[nodiscard]] std::vector<ObjectInfo> versions(const std::string& key) override {
    return inner_.versions(key);
  }

 private:
  ObjectStore& inner_;
  std::function<void()> overtake_;
};

class Rotation : public testing::Test {
 protected:
  void put(ObjectStore& inner, const KeyRing& ring, const std::string& key, const std::string& text,
      const ObjectLabels& labels = {}) {
    SealedStore{inner, ring}.put(key, Content::of_bytes(text), {.labels = labels});
  }
  // Who opens the bytes that lie in the store, asked of age itself and not of a ring.
  static bool opens(const AgeKey& key, ObjectStore& inner, const std::string& object) {
    const TempDir folder{"pgrehearse-rotation-test"};
    get_file(inner, object, folder.path() / "sealed");
    const OwnedFd file{open((folder.path() / "sealed").c_str(), O_RDONLY | O_CLOEXEC)};
    AgeOpener opener{key, file.get()};
    std::string piece(65536, '\0');
    while (opener.read(piece.data(), piece.size()) > 0) {
    }
    return opener.ending() == AgeEnding::whole;
  }

  AgeKey old_ = AgeKey::generate();
  AgeKey new_ = AgeKey::generate();
  KeyRing before_ = KeyRing::with("k1", old_);
  KeyRing after_ = before_.rotated_to("k2", new_);
};

TEST_F(Rotation, LeavesNothingThatTheOldIdentityOpens) {
  const TempDir folder{"pgrehearse-rotation-test"};
  DirectoryStore inner{folder.path() / "store"};
  const std::string large(1'000'000, 'x');
  put(inner, before_, "base/1", large, {{"origin", "here"}});
  put(inner, before_, "wal/1", "a segment");
  put(inner, after_, "wal/2", "another");
  EXPECT_TRUE(opens(old_, inner, "base/1"));
  EXPECT_FALSE(opens(old_, inner, "wal/2"));

  const RewrapCounts counts = rewrap(inner, after_);

  EXPECT_EQ(counts.resealed, 2U);
  EXPECT_EQ(counts.current, 1U);
  EXPECT_EQ(counts.older_versions, 0U);
  EXPECT_TRUE(counts.kept.empty());
  const KeyRing last = after_.revoking("k1");
  SealedStore store{inner, last};
  EXPECT_EQ(get_bytes(store, "base/1"), large);
  EXPECT_EQ(store.stat("base/1")->labels, (ObjectLabels{{"origin", "here"}}));
  EXPECT_EQ(get_bytes(store, "wal/1"), "a segment");
  EXPECT_EQ(get_bytes(store, "wal/2"), "another");
  for (const char* object : {"base/1", "wal/1", "wal/2"}) {
    EXPECT_FALSE(opens(old_, inner, object)) << object;
    EXPECT_TRUE(opens(new_, inner, object)) << object;
  }
  EXPECT_EQ(rewrap(inner, after_).current, 3U) << "what is done is done";
}

TEST_F(Rotation, KeepsToThePrefix) {
  MemoryStore inner;
  put(inner, before_, "base/1", "x");
  put(inner, before_, "wal/1", "x");
  EXPECT_EQ(rewrap(inner, after_, "wal/").resealed, 1U);
  EXPECT_TRUE(opens(old_, inner, "base/1"));
}

TEST_F(Rotation, NamesWhatItCouldNotSealAnew) {
  MemoryStore inner{MemoryStore::Kind::plain};
  put(inner, before_, "damaged", "x");
  inner.put("damaged", Content::of_bytes(get_bytes(inner, "damaged") + "x"),
      {.labels = inner.stat("damaged")->labels});
  inner.put("plain", Content::of_bytes("x"), {});
  put(inner, KeyRing::with("k9", AgeKey::generate()), "stranger", "x");
  put(inner, before_, "whole", "x");

  const RewrapCounts counts = rewrap(inner, after_);

  EXPECT_EQ(counts.resealed, 1U);
  ASSERT_EQ(counts.kept.size(), 3U);
  EXPECT_EQ(counts.kept[0].key, "damaged");
  EXPECT_EQ(counts.kept[0].code, ErrorCode::object_damaged);
  EXPECT_EQ(counts.kept[1].key, "plain");
  EXPECT_EQ(counts.kept[1].code, ErrorCode::object_damaged);
  EXPECT_EQ(counts.kept[2].key, "stranger");
  EXPECT_EQ(counts.kept[2].code, ErrorCode::key_refused);
  EXPECT_TRUE(
      opens(old_, inner, "damaged") || inner.stat("damaged")->labels.at("sealed-by") == "k1");
}

TEST_F(Rotation, DoesNotTrustWhatARevokedKeySealed) {
  MemoryStore inner;
  put(inner, before_, "key", "x");
  const RewrapCounts counts = rewrap(inner, after_.revoking("k1"));
  EXPECT_EQ(counts.resealed, 0U);
  ASSERT_EQ(counts.kept.size(), 1U);
  EXPECT_EQ(counts.kept[0].code, ErrorCode::key_refused);
}

TEST_F(Rotation, CountsTheVersionsThatTheOldIdentityStillOpens) {
  MemoryStore inner;
  put(inner, before_, "key", "first");
  put(inner, before_, "key", "second");
  const RewrapCounts counts = rewrap(inner, after_);
  EXPECT_EQ(counts.resealed, 1U);
  EXPECT_EQ(counts.older_versions, 2U);
  EXPECT_FALSE(opens(old_, inner, "key"));
}

TEST_F(Rotation, DoesNotPutBackWhatWasReplacedMeanwhile) {
  MemoryStore inner;
  put(inner, before_, "key", "early");
  OvertakenStore overtaken{inner, [&] { put(inner, before_, "key", "late"); }};
  EXPECT_EQ(rewrap(overtaken, after_).resealed, 1U);
  SealedStore store{inner, after_};
  EXPECT_EQ(get_bytes(store, "key"), "late");
  EXPECT_FALSE(opens(old_, inner, "key"));
}

TEST_F(Rotation, EndsWhenTheStoreDoesAndGoesOnAfterwards) {
  MemoryStore inner;
  put(inner, before_, "a", "x");
  put(inner, before_, "b", "x");
  FailingStore failing{inner, {.every_nth_call_fails = 8}};
  EXPECT_THROW(static_cast<void>(rewrap(failing, after_)), Error);
  const RewrapCounts counts = rewrap(inner, after_);
  EXPECT_EQ(counts.resealed + counts.current, 2U);
  EXPECT_EQ(counts.current, 1U);
}

}  // namespace
}  // namespace pgrehearse
