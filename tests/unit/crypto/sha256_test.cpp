#include "harness/crypto/sha256.hpp"

#include <string>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"

namespace pgrehearse {
namespace {

// FIPS 180-4 example vectors, as NIST publishes them.
constexpr std::string_view digest_of_nothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view digest_of_abc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view digest_of_two_blocks =
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
constexpr std::string_view digest_of_a_million_a =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, AgreesWithThePublishedVectors) {
  EXPECT_EQ(sha256_hex(""), digest_of_nothing);
  EXPECT_EQ(sha256_hex("abc"), digest_of_abc);
  EXPECT_EQ(
      sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), digest_of_two_blocks);
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')), digest_of_a_million_a);
}

TEST(Sha256, DoesNotCareHowTheTextIsCut) {
  Sha256 digest;
  for (int piece = 0; piece < 1000; ++piece) {
    digest.add(std::string(1000, 'a'));
  }
  EXPECT_EQ(digest.take_hex(), digest_of_a_million_a);
}

TEST(Sha256, BeginsAnewAfterItWasTaken) {
  Sha256 digest;
  digest.add("something else");
  EXPECT_NE(digest.take_hex(), digest_of_abc);
  digest.add("abc");
  EXPECT_EQ(digest.take_hex(), digest_of_abc);
  EXPECT_EQ(digest.take_hex(), digest_of_nothing);
}

TEST(Sha256, DigestsFilesOfAnySize) {
  const TempDir folder{"sha256-test"};
  write_file(folder.path() / "million", std::string(1'000'000, 'a'));
  write_file(folder.path() / "nothing", "");
  EXPECT_EQ(sha256_of_file(folder.path() / "million"), digest_of_a_million_a);
  EXPECT_EQ(sha256_of_file(folder.path() / "nothing"), digest_of_nothing);
}

TEST(Sha256, NamesTheFileItCannotRead) {
  const TempDir folder{"sha256-test"};
  for (const auto& path : {folder.path() / "absent", folder.path()}) {
    try {
      const std::string digest = sha256_of_file(path);
      ADD_FAILURE() << "digested " << path << " as " << digest;
    } catch (const Error& problem) {
      EXPECT_EQ(problem.code(), ErrorCode::io);
      EXPECT_EQ(problem.place(), path.string());
    }
  }
}

TEST(HexDigits, AreLowerCaseAndKeepZeros) {
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(hex_of("\x00\x0f\xa0\xff"sv), "000fa0ff");
  EXPECT_EQ(hex_of(""), "");
}

}  // namespace
}  // namespace pgrehearse
