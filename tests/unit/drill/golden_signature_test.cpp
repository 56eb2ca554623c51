#include "harness/drill/golden_signature.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/crypto/ed25519.hpp"
#include "harness/drill/golden_backup.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

GoldenKeys new_keys() {
  const Secret key{run({.argv = {"openssl", "genpkey", "-algorithm", "ed25519"}}).out};
  return {.signing = key, .public_key = sign_ed25519(key, "").public_key};
}

TEST(GoldenSignature, IsAskedForByThePublicKeyAlone) {
  const GoldenKeys keys = new_keys();
  const std::string signature = golden_signature("digests", keys);
  EXPECT_EQ(fault_of_signature("digests", signature, keys), "");
  EXPECT_EQ(fault_of_signature("digests", std::nullopt, {.signing = keys.signing}), "");
  EXPECT_EQ(golden_signature("digests", {.public_key = keys.public_key}), "");

  EXPECT_NE(fault_of_signature("digests", std::nullopt, keys), "");
  EXPECT_NE(fault_of_signature("other digests", signature, keys), "");
  EXPECT_NE(fault_of_signature("digests", signature, new_keys()), "");
  EXPECT_NE(fault_of_signature("digests", "", keys), "");
  EXPECT_NE(fault_of_signature("digests", signature, {.public_key = "no key"}), "");
}

TEST(GoldenSignature, IsNotKeptWhereTheNextDrillWouldRefuseIt) {
  const GoldenKeys keys = new_keys();
  EXPECT_NO_THROW(demand_fitting({}));
  EXPECT_NO_THROW(demand_fitting(keys));
  EXPECT_NO_THROW(demand_fitting({.signing = keys.signing}));
  EXPECT_THROW(demand_fitting({.public_key = keys.public_key}), Error);
  EXPECT_THROW(
      demand_fitting({.signing = new_keys().signing, .public_key = keys.public_key}), Error);
  EXPECT_THROW(demand_fitting({.signing = Secret{"no key"}}), Error);
}

class SignedGoldenBackup : public testing::Test {
 protected:
  void SetUp() override {
    const GoldenKeys keys = new_keys();
    setenv("PGREHEARSE_SIGNING_KEY", keys.signing->reveal().c_str(), 1);
    setenv("PGREHEARSE_PUBLIC_KEY", keys.public_key->c_str(), 1);
    subject_.golden = GoldenSpec{folder_.path() / "golden"};
    demand_room_for(subject_, "v1");
    keep({.dump = "PGDMP", .globals = "", .baseline = {}, .engine = "none"}, subject_, "v1");
  }
  void TearDown() override {
    unsetenv("PGREHEARSE_SIGNING_KEY");
    unsetenv("PGREHEARSE_PUBLIC_KEY");
  }
  [[nodiscard]] fs::path kept(const char* name) const {
    return subject_.golden->path / "v1" / name;
  }
  [[nodiscard]] std::string problem() const {
    return verify(golden_backups(subject_).front()).problem;
  }

  TempDir folder_{"pgrehearse-test"};
  Subject subject_;
};

TEST_F(SignedGoldenBackup, IsWhatWasKept) {
  EXPECT_EQ(problem(), "");
}

TEST_F(SignedGoldenBackup, IsRefusedWithoutItsSignature) {
  fs::remove(kept("golden.sig"));
  EXPECT_NE(problem().find("is not signed"), std::string::npos) << problem();
  unsetenv("PGREHEARSE_PUBLIC_KEY");
  EXPECT_EQ(problem(), "");
}

TEST_F(SignedGoldenBackup, IsRefusedWithDigestsThatNobodySigned) {
  write_file(kept("golden.json"), read_file(kept("golden.json")) + " ");
  EXPECT_NE(problem().find("is not what was signed"), std::string::npos) << problem();
}

TEST_F(SignedGoldenBackup, IsRefusedInThePlaceOfAnotherRelease) {
  fs::rename(subject_.golden->path / "v1", subject_.golden->path / "v2");
  EXPECT_NE(problem().find("another release"), std::string::npos) << problem();
}

}  // namespace
}  // namespace pgrehearse
