#include "harness/crypto/keyed_digest.hpp"

#include <string>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/crypto/sha256.hpp"

namespace pgrehearse {
namespace {

TEST(KeyedDigest, IsTheBeginningOfThePublishedHmac) {
  // RFC 4231, test cases 1 and 2.
  EXPECT_EQ(keyed_digest(Secret{std::string(20, '\x0b')}, "Hi There"), "b0344c61d8db3853");
  EXPECT_EQ(keyed_digest(Secret{"Jefe"}, "what do ya want for nothing?"), "5bdcc146bf60754e");
}

TEST(KeyedDigest, IsShortWhereACodeIsWhole) {
  EXPECT_EQ(authentication_code(Secret{"Jefe"}, "what do ya want for nothing?"),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(KeyedDigest, DependsOnTheKeyAndOnTheText) {
  const Secret key = Secret::random();
  EXPECT_EQ(keyed_digest(key, "yes"), keyed_digest(key, "yes"));
  EXPECT_NE(keyed_digest(key, "yes"), keyed_digest(key, "no"));
  EXPECT_NE(keyed_digest(key, "yes"), keyed_digest(Secret::random(), "yes"));
  EXPECT_NE(keyed_digest(key, "yes"), sha256_hex("yes").substr(0, 16));
}

TEST(KeyedDigest, RefusesToWorkWithoutAKey) {
  EXPECT_THROW(static_cast<void>(keyed_digest(Secret{}, "yes")), Error);
}

}  // namespace
}  // namespace pgrehearse
