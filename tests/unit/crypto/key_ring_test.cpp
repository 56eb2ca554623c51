// Keys under ids: where they come from, what each state may do, and that no message shows one.
#include "harness/crypto/key_ring.hpp"

#include <cstdlib>
#include <functional>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

constexpr const char* variable = "PGREHEARSE_TEST_KEY";

class KeyRings : public testing::Test {
 protected:
  void SetUp() override { setenv(variable, key_.identity().reveal().c_str(), 1); }
  void TearDown() override { unsetenv(variable); }

  AgeKey key_ = AgeKey::generate();
};

std::string complaint_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string complaint_at_loading(const std::vector<KeySpec>& specs) {
  return complaint_of([&] { static_cast<void>(KeyRing::load(specs)); });
}

bool begins(const std::string& text, const std::string& beginning) {
  return text.starts_with(beginning);
}

TEST_F(KeyRings, TakeAKeyFromTheEnvironmentAndKeepItFromChildren) {
  const KeyRing ring = KeyRing::load({{.id = "k1", .environment = variable}});
  EXPECT_EQ(ring.active().id, "k1");
  EXPECT_EQ(ring.active().key->identity().reveal(), key_.identity().reveal());
  EXPECT_EQ(ring.active().key->recipient().reveal(), key_.recipient().reveal());
  EXPECT_TRUE(begins(ring.active().key->recipient().reveal(), "age1"));
  EXPECT_EQ(run({.argv = {"env"}}).out.find("AGE-SECRET-KEY"), std::string::npos);
}

TEST_F(KeyRings, TakeAKeyFromACommandThatWritesItWithComments) {
  const KeyRing ring = KeyRing::load({{.id = "k1", .command = {"age-keygen"}}});
  EXPECT_TRUE(begins(ring.active().key->identity().reveal(), "AGE-SECRET-KEY-1"));
  EXPECT_NE(ring.active().key->identity().reveal(), key_.identity().reveal());
}

TEST_F(KeyRings, HaveExactlyOneActiveKey) {
  const KeySpec retired{.id = "k1", .state = KeyState::retired, .environment = variable};
  EXPECT_TRUE(begins(complaint_at_loading({}), "bad-config: 0 keys are active"));
  EXPECT_TRUE(begins(complaint_at_loading({retired}), "bad-config: 0 keys are active"));
  EXPECT_TRUE(begins(complaint_at_loading({{.id = "a", .environment = variable},
                         {.id = "b", .environment = variable}}),
      "bad-config: 2 keys are active"));
  EXPECT_TRUE(begins(complaint_at_loading({{.id = "k1", .environment = variable}, retired}),
      "bad-config: the key 'k1' is given twice"));
}

TEST_F(KeyRings, OpenWithActiveAndRetiredKeysOnly) {
  const KeyRing ring = KeyRing::load({{.id = "new", .environment = variable},
      {.id = "old", .state = KeyState::retired, .command = {"age-keygen"}},
      {.id = "stolen", .state = KeyState::revoked}});
  EXPECT_EQ(ring.opener("new").id, "new");
  EXPECT_EQ(ring.opener("old").state, KeyState::retired);
  EXPECT_TRUE(begins(complaint_of([&] { static_cast<void>(ring.opener("stolen")); }),
      "key-refused: it is sealed with the key 'stolen', which is revoked"));
  EXPECT_TRUE(begins(complaint_of([&] { static_cast<void>(ring.opener("never")); }),
      "key-refused: it is sealed with a key that is not in the ring"));
}

TEST_F(KeyRings, NeverAskForARevokedKey) {
  const KeyRing ring = KeyRing::load({{.id = "k1", .environment = variable},
      {.id = "stolen", .state = KeyState::revoked, .command = {"no-such-program-here"}}});
  EXPECT_EQ(ring.active().id, "k1");
}

TEST_F(KeyRings, RotateWithoutChangingTheRingThatWas) {
  const KeyRing before = KeyRing::with("k1", key_);
  const KeyRing after = before.rotated_to("k2", AgeKey::generate());
  EXPECT_EQ(before.active().id, "k1");
  EXPECT_EQ(after.active().id, "k2");
  EXPECT_EQ(after.opener("k1").state, KeyState::retired);

  const KeyRing last = after.revoking("k1");
  EXPECT_TRUE(begins(complaint_of([&] { static_cast<void>(last.opener("k1")); }), "key-refused: "));
  EXPECT_EQ(after.opener("k1").id, "k1");
  EXPECT_TRUE(begins(complaint_of([&] { static_cast<void>(after.revoking("k2")); }),
      "refused: the key 'k2' is the one that seals"));
  EXPECT_TRUE(begins(complaint_of([&] { static_cast<void>(after.revoking("k3")); }),
      "bad-config: there is no key 'k3'"));
  EXPECT_TRUE(
      begins(complaint_of([&] { static_cast<void>(last.rotated_to("k1", AgeKey::generate())); }),
          "bad-config: the key 'k1' is given twice"))
      << "what was sealed says the id only";
}

TEST_F(KeyRings, SayWhereAKeyIsMissingAndShowNothingOfIt) {
  const std::string identity = key_.identity().reveal();
  unsetenv(variable);
  EXPECT_TRUE(begins(complaint_at_loading({{.id = "k1", .environment = variable}}),
      "bad-config: the key 'k1' is to come from $PGREHEARSE_TEST_KEY, which is not set"));
  EXPECT_TRUE(begins(
      complaint_at_loading({{.id = "k1"}}), "bad-config: nothing says where the key 'k1' is"));
  EXPECT_TRUE(begins(complaint_at_loading(
                         {{.id = "k1", .command = {"sh", "-c", "echo " + identity + "; exit 7"}}}),
      "program-failed: the command for the key 'k1' ended with status 7\n"));

  std::string damaged = identity;
  damaged[30] = damaged[30] == 'Q' ? 'P' : 'Q';
  for (const std::string& value : {damaged, fmt::format("{0}\n{0}", identity),
           std::string{"password"}, std::string{"# nothing"}, identity.substr(0, 40),
           fmt::format("AGE-PLUGIN-X-{}", identity)}) {
    setenv(variable, value.c_str(), 1);
    const std::string said = complaint_at_loading({{.id = "k1", .environment = variable}});
    EXPECT_TRUE(begins(said, "$PGREHEARSE_TEST_KEY: bad-config: ")) << said;
    EXPECT_EQ(said.find(value), std::string::npos);
    EXPECT_EQ(said.find(identity.substr(16, 12)), std::string::npos);
  }
  const std::string said = complaint_at_loading({{.id = identity, .environment = variable}});
  EXPECT_TRUE(begins(said, "bad-config: this is no id of a key")) << said;
  EXPECT_EQ(said.find(identity), std::string::npos);
}

TEST_F(KeyRings, GiveUpOnACommandThatTakesTooLong) {
  EXPECT_TRUE(begins(complaint_at_loading(
                         {{.id = "k1", .command = {"sleep", "60"}, .deadline = Milliseconds{100}}}),
      "program-failed: the command for the key 'k1' did not end within "));
}

}  // namespace
}  // namespace pgrehearse
