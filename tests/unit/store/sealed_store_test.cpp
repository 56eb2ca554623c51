// What a sealed store is for: whoever has the store has nothing, and nothing that was changed in it
// gets through. The attacker here can write to the inner store, its digests included.
#include "harness/store/sealed_store.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/crypto/age_stream.hpp"
#include "harness/crypto/keyed_digest.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/store/failing_store.hpp"
#include "harness/store/memory_store.hpp"
#include "harness/store/regional_store.hpp"
#include "harness/store/seal_note.hpp"
#include "harness/store/sealed_object.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

const std::string canary = "canary-in-the-clear ";

std::string text_of_bytes(std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) {
    text += canary + std::to_string(text.size()) + "\n";
  }
  text.resize(bytes);
  return text;
}

class SealedObjects : public testing::Test {
 protected:
  void put(const std::string& key, const std::string& text) {
    store_.put(key, Content::of_bytes(text), {});
  }
  // Writes into the inner store as an attacker would: with a digest that fits.
  void plant(const std::string& key, const std::string& bytes, const ObjectLabels& labels) {
    inner_.put(key, Content::of_bytes(bytes), {.labels = labels});
  }
  // What came of reading: the code of the error; or the text. Any byte before an error is said.
  static std::string outcome_of_read(
      ObjectStore& store, const std::string& key, const std::optional<std::string>& version = {}) {
    std::string text;
    try {
      store.read(key, version, [&](std::string_view piece) { text += piece; });
      return text;
    } catch (const Error& error) {
      return (text.empty() ? "" : "handed out before: ") + std::string{name_of(error.code())};
    }
  }
  std::string outcome_of_read(const std::string& key) { return outcome_of_read(store_, key); }
  [[nodiscard]] std::string sealed(const std::string& key) { return get_bytes(inner_, key); }
  [[nodiscard]] ObjectLabels labels(const std::string& key) { return inner_.stat(key)->labels; }

  AgeKey key_ = AgeKey::generate();
  KeyRing ring_ = KeyRing::with("k1", key_);
  MemoryStore inner_;
  SealedStore store_{inner_, ring_};
};

TEST_F(SealedObjects, ShowNothingOfTheTextToTheStore) {
  const std::string text = text_of_bytes(100'000);
  put("base/1", text);
  EXPECT_EQ(outcome_of_read("base/1"), text);
  EXPECT_TRUE(sealed("base/1").starts_with("age-encryption.org/v1\n"));
  EXPECT_EQ(sealed("base/1").find(canary), std::string::npos);
  EXPECT_EQ(labels("base/1").at("sealed-by"), "k1");
  for (const auto& [name, value] : labels("base/1")) {
    EXPECT_EQ(value.find(sha256_hex(text)), std::string::npos) << "it would confirm a guess";
  }
  EXPECT_NE(inner_.stat("base/1")->sha256, sha256_hex(text));
  EXPECT_EQ(store_.stat("base/1")->sha256, sha256_hex(text));
  EXPECT_EQ(store_.stat("base/1")->bytes, text.size());
  EXPECT_EQ(store_.properties().name, "sealed memory");
}

TEST_F(SealedObjects, AreRefusedWithAnyBitFlipped) {
  const std::string text = text_of_bytes(70'000);
  put("key", text);
  const std::string whole = sealed("key");
  const ObjectLabels own = labels("key");
  constexpr std::uint64_t seed = 20'261'121;
  std::uint64_t number = seed;
  for (int flip = 0; flip < 96; ++flip) {
    number = number * 6364136223846793005ULL + 1442695040888963407ULL;  // Knuth's MMIX
    // Every third one in the header and the nonce, which are 184 bytes of it.
    const std::size_t at = (number >> 20U) % (flip % 3 == 0 ? 184 : whole.size());
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (number >> 61U)));
    plant("key", flipped, own);
    const std::string outcome = outcome_of_read("key");
    EXPECT_TRUE(outcome == "object-damaged" || outcome == "key-refused")
        << "seed " << seed << ", bit " << (number >> 61U) << " of byte " << at << ": "
        << outcome.substr(0, 60);
  }
  plant("key", whole, own);
  EXPECT_EQ(outcome_of_read("key"), text) << "the planting itself does no harm";
}

TEST_F(SealedObjects, AreRefusedWhenTheyAreCutShortOrAddedTo) {
  put("key", text_of_bytes(200'000));
  const std::string whole = sealed("key");
  const ObjectLabels own = labels("key");
  const std::size_t chunk = 65536 + 16;
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{21}, std::size_t{167},
           std::size_t{168}, std::size_t{183}, std::size_t{184}, std::size_t{200}, 184 + chunk - 1,
           184 + chunk, 184 + chunk + 1, 184 + 2 * chunk, 184 + 3 * chunk, whole.size() - 17,
           whole.size() - 16, whole.size() - 1}) {
    plant("key", whole.substr(0, bytes), own);
    EXPECT_EQ(outcome_of_read("key"), "object-damaged") << bytes << " bytes";
  }
  plant("key", whole + "x", own);
  EXPECT_EQ(outcome_of_read("key"), "object-damaged");
  plant("key", whole + whole, own);
  EXPECT_EQ(outcome_of_read("key"), "object-damaged");
}

// An object that ends with a chunk can be cut there, and age must see that too.
TEST_F(SealedObjects, AreRefusedWhenTheyAreCutBetweenTwoChunks) {
  put("two", text_of_bytes(131'072));
  plant("two", sealed("two").substr(0, sealed_size(65'536)), labels("two"));
  EXPECT_EQ(outcome_of_read("two"), "object-damaged");
}

// Cut before its only chunk, an empty object still is as empty as its note says.
TEST_F(SealedObjects, AreRefusedWhenTheyAreEmptyAndCutShort) {
  put("empty", "");
  EXPECT_EQ(outcome_of_read("empty"), "");
  plant("empty", sealed("empty").substr(0, 184), labels("empty"));
  EXPECT_EQ(outcome_of_read("empty"), "object-damaged");
}

TEST_F(SealedObjects, AreRefusedUnderTheNameOfAnother) {
  put("a", "the accounts");
  put("b", "the bookings");
  plant("a", sealed("b"), labels("b"));
  EXPECT_EQ(outcome_of_read("a"), "object-damaged") << "whole, of another name";
  EXPECT_THROW(static_cast<void>(store_.stat("a")), Error);
  put("a", "the accounts");
  plant("a", sealed("b"), labels("a"));
  EXPECT_EQ(outcome_of_read("a"), "object-damaged") << "another content under its own note";
  EXPECT_EQ(outcome_of_read("b"), "the bookings");
}

// The recipient is no secret of age: whoever writes backups has it.
TEST_F(SealedObjects, AreRefusedWhenSomebodyMadeThemWhoKnowsOnlyTheRecipient) {
  put("key", "the truth");
  const std::string forged = sealed_text(key_, "a lie....");
  plant("key", forged, labels("key"));
  EXPECT_EQ(outcome_of_read("key"), "object-damaged");

  const AgeKey guessed = AgeKey::generate();
  const std::string about = sha256_hex("a lie....") + " 9 ";
  const std::string bound =
      "pgrehearse sealed object\nk1\nkey\n" + sha256_hex("a lie....") + "\n9\n";
  for (const std::string& code :
      {std::string(64, 'a'), std::string{}, authentication_code(key_.recipient(), bound),
          authentication_code(guessed.identity(), bound)}) {
    plant("key", forged,
        {{"sealed-by", "k1"}, {"sealed-note", hex_of(sealed_text(key_, about + code))}});
    EXPECT_EQ(outcome_of_read("key"), "object-damaged");
  }
  plant("key", forged,
      {{"sealed-by", "k1"},
          {"sealed-note",
              hex_of(sealed_text(key_, about + authentication_code(key_.identity(), bound)))}});
  EXPECT_EQ(outcome_of_read("key"), "a lie....") << "with the identity it would pass";
  ObjectLabels of_guess = labels_of_seal(
      {.sha256 = sha256_hex("a lie...."), .bytes = 9}, "key", {.id = "k1", .key = guessed});
  plant("key", forged, of_guess);
  EXPECT_EQ(outcome_of_read("key"), "object-damaged");
}

TEST_F(SealedObjects, AreNeverReadInTheClear) {
  plant("plain", "never sealed", {});
  EXPECT_EQ(outcome_of_read("plain"), "object-damaged");
  EXPECT_THROW(static_cast<void>(store_.stat("plain")), Error);
  plant("labelled", "never sealed", {{"sealed-by", "k1"}});
  EXPECT_EQ(outcome_of_read("labelled"), "object-damaged");
  EXPECT_EQ(store_.list("")[1].bytes, 0U);
}

TEST_F(SealedObjects, AreRefusedWithAnotherKeyOfTheSameId) {
  put("key", "text");
  const KeyRing other = KeyRing::with("k1", AgeKey::generate());
  SealedStore store{inner_, other};
  EXPECT_EQ(outcome_of_read(store, "key"), "object-damaged") << "already its note is not ours";
  plant("key", sealed("key"), labels_of_seal({sha256_hex("text"), 4}, "key", other.active()));
  EXPECT_EQ(outcome_of_read(store, "key"), "key-refused");
}

TEST_F(SealedObjects, AreNotEvenReadWhenTheirKeyIsRevokedOrUnknown) {
  put("key", "text");
  const auto version = inner_.stat("key")->version;
  const KeyRing rotated = ring_.rotated_to("k2", AgeKey::generate());
  const KeyRing revoked = rotated.revoking("k1");
  const KeyRing stranger = KeyRing::with("k9", AgeKey::generate());
  for (const KeyRing* ring : {&revoked, &stranger}) {
    FailingStore watched{inner_, {.every_nth_read_flipped = 1}};
    SealedStore store{watched, *ring};
    EXPECT_EQ(outcome_of_read(store, "key"), "key-refused");
    EXPECT_TRUE(watched.injected().empty()) << "it was read";
    SealedStore of_versions{inner_, *ring};
    EXPECT_EQ(outcome_of_read(of_versions, "key", version), "key-refused");
    try {
      static_cast<void>(store.stat("key"));
      FAIL() << "what is in it was told";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::key_refused);
    }
    EXPECT_EQ(store.list("").size(), 1U) << "it is still there to be seen";
  }
  SealedStore retired{inner_, rotated};
  EXPECT_EQ(outcome_of_read(retired, "key"), "text");
}

TEST_F(SealedObjects, NameTheRevokedKeyAndTheObject) {
  put("base/7", "text");
  const KeyRing revoked = ring_.rotated_to("k2", AgeKey::generate()).revoking("k1");
  SealedStore store{inner_, revoked};
  try {
    static_cast<void>(get_bytes(store, "base/7"));
    FAIL() << "it was opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
        "the store memory has base/7, but it is sealed with the key 'k1', which is revoked");
  }
}

TEST_F(SealedObjects, AreSealedAnewByTheActiveKeyWhenTheyAreReplaced) {
  put("key", "first");
  const KeyRing rotated = ring_.rotated_to("k2", AgeKey::generate());
  SealedStore store{inner_, rotated};
  store.put("key", Content::of_bytes("second"), {});
  EXPECT_EQ(labels("key").at("sealed-by"), "k2");
  EXPECT_EQ(outcome_of_read(store, "key"), "second");
  EXPECT_EQ(outcome_of_read("key"), "key-refused") << "the ring that was does not know k2";
  const auto versions = store.versions("key");
  ASSERT_EQ(versions.size(), 2U);
  EXPECT_EQ(outcome_of_read(store, "key", versions[1].version), "first");
}

TEST_F(SealedObjects, OpenFromTheCopyInAnotherRegion) {
  MemoryStore replica;
  RegionalStore regions{inner_, replica, Milliseconds{1}};
  SealedStore here{regions, ring_};
  here.put("key", Content::of_bytes("text"), {});
  regions.wait_until_shipped(Seconds{20});
  SealedStore there{replica, ring_};
  EXPECT_EQ(outcome_of_read(there, "key"), "text");
}

TEST_F(SealedObjects, KeepTheLabelsOfTheirOwnerAndRefuseThoseOfTheSeal) {
  store_.put("key", Content::of_bytes("text"), {.labels = {{"origin", "here"}}});
  EXPECT_EQ(store_.stat("key")->labels, (ObjectLabels{{"origin", "here"}}));
  EXPECT_THROW(
      store_.put("key", Content::of_bytes("text"), {.labels = {{"sealed-by", "k1"}}}), Error);
}

TEST_F(SealedObjects, AreNotStoredWithoutAge) {
  put("kept", "text");
  const TempDir empty{"pgrehearse-no-age"};
  const std::string path = std::getenv("PATH");
  setenv("PATH", empty.path().c_str(), 1);
  std::string said;
  try {
    put("key", "text");
  } catch (const Error& error) {
    said = error.what();
  }
  const std::string read = outcome_of_read("kept");
  setenv("PATH", path.c_str(), 1);
  EXPECT_TRUE(said.starts_with("program-failed: the program age is not here\n")) << said;
  EXPECT_EQ(read, "program-failed");
  EXPECT_EQ(inner_.list("").size(), 1U);
}

std::string text_of(const fs::path& path) {
  std::ifstream in{path};
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

// Watches a temporary folder of its own and everything this process holds open.
class Places {
 public:
  Places() {
    if (const char* folder = std::getenv("TMPDIR")) {
      before_ = folder;
    }
    setenv("TMPDIR", folder_.path().c_str(), 1);
  }
  ~Places() {
    if (before_.empty()) {
      unsetenv("TMPDIR");
    } else {
      setenv("TMPDIR", before_.c_str(), 1);
    }
  }
  Places(const Places&) = delete;
  Places& operator=(const Places&) = delete;

  void look(const std::vector<std::string>& hidden) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator{folder_.path()}) {
      names_.insert(entry.path().filename().string());
    }
    for (const fs::directory_entry& entry : fs::directory_iterator{"/proc/self/fd"}) {
      std::error_code gone;
      if (fs::is_regular_file(entry.path(), gone)) {
        const std::string text = text_of(entry.path());
        spooled_ += text.starts_with("age-encryption.org/v1") ? 1 : 0;
        for (const std::string& one : hidden) {
          shown_ += text.find(one) != std::string::npos ? 1 : 0;
        }
      }
    }
  }
  [[nodiscard]] const std::set<std::string>& names() const { return names_; }
  [[nodiscard]] int spooled() const { return spooled_; }
  [[nodiscard]] int shown() const { return shown_; }

 private:
  TempDir folder_{"pgrehearse-places"};
  std::string before_;
  std::set<std::string> names_;
  int spooled_ = 0;
  int shown_ = 0;
};

TEST_F(SealedObjects, LeaveNothingInTheClearOnDiskOnTheWay) {
  Places places;
  const std::vector<std::string> hidden{canary, key_.identity().reveal()};
  put_sealed(inner_, ring_, "key",
      [&](const PieceSink& sink) {
        for (int piece = 0; piece < 20; ++piece) {
          sink(text_of_bytes(100'000));
          places.look(hidden);
        }
      },
      {});
  EXPECT_GT(places.spooled(), 0) << "the look must see what is under way";
  store_.read("key", {}, [&](std::string_view) { places.look(hidden); });
  EXPECT_THROW(store_.read("key", {}, [](std::string_view) { throw std::runtime_error{"enough"}; }),
      std::runtime_error);
  plant("key", sealed("key").substr(0, 300'000), labels("key"));
  EXPECT_EQ(outcome_of_read("key"), "object-damaged");
  EXPECT_THROW(put_sealed(inner_, ring_, "other",
                   [](const PieceSink& sink) {
                     sink(text_of_bytes(100'000));
                     throw std::runtime_error{"enough"};
                   },
                   {}),
      std::runtime_error);
  places.look(hidden);

  EXPECT_EQ(places.shown(), 0);
  EXPECT_TRUE(places.names().empty()) << "first: " << *places.names().begin();
}

}  // namespace
}  // namespace pgrehearse
