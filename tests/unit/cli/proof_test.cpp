#include "harness/cli/proof.hpp"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"

namespace pgrehearse {
namespace {

DrillRecord tried(const std::string& test, const std::string& check, Verdict verdict) {
  DrillRecord drill;
  drill.suite = "CorruptionSabotage";
  drill.test = test;
  drill.status = "finished";
  drill.verdict = verdict;
  drill.findings = {{.check = check, .verdict = verdict}};
  drill.finding_lines = {0};
  return drill;
}

class Proof : public testing::Test {
 protected:
  void SetUp() override { setenv("PGREHEARSE_CACHE_DIR", folder_.path().c_str(), 1); }
  void TearDown() override { unsetenv("PGREHEARSE_CACHE_DIR"); }

  [[nodiscard]] RunRecord proven() const {
    RunRecord record;
    record.run_id = "20261121T030928Z-1a2b3c4d";
    record.end = "2026-11-21T03:09:58.900000Z";
    record.drills = {tried("Killed", "sabotage", Verdict::met),
        tried("Survived", "sabotage", Verdict::missed), tried("Lost", "sabotage", Verdict::unknown),
        tried("Twin", "healthy-twin", Verdict::met),
        tried("Alarm", "healthy-twin", Verdict::missed)};
    record.proof = proof_of(record, key_);
    return record;
  }

  TempDir folder_{"proof"};
  ProofKey key_{.program_sha256 = std::string(64, 'a'),
      .configuration_sha256 = std::string(64, 'b'),
      .engine_kind = "local"};
};

TEST_F(Proof, NamesEveryCaseByItsFate) {
  const ProofRecord proof = proven().proof.value();
  EXPECT_EQ(proof.killed, std::vector<std::string>{"CorruptionSabotage.Killed"});
  EXPECT_EQ(proof.survived,
      (std::vector<std::string>{"CorruptionSabotage.Survived", "CorruptionSabotage.Alarm"}));
  EXPECT_EQ(proof.unknown, std::vector<std::string>{"CorruptionSabotage.Lost"});
  EXPECT_FALSE(proof.holds());
}

TEST_F(Proof, IsFoundAgainForTheSameProgramConfigurationAndEngineOnly) {
  keep_proof(proven());
  ASSERT_TRUE(find_proof(key_).has_value());
  EXPECT_EQ(find_proof(key_)->killed, proven().proof->killed);
  for (std::string ProofKey::*part :
      {&ProofKey::program_sha256, &ProofKey::configuration_sha256, &ProofKey::engine_kind}) {
    ProofKey other = key_;
    other.*part = "other";
    EXPECT_FALSE(find_proof(other).has_value());
  }
}

TEST_F(Proof, OfAnotherKeyIsNotTakenFromAFileThatIsNamed) {
  const std::filesystem::path file = folder_.path() / "record.json";
  write_file(file, to_json(proven()));
  EXPECT_TRUE(find_proof(key_, file).has_value());
  ProofKey other = key_;
  other.program_sha256 = std::string(64, 'c');
  EXPECT_FALSE(find_proof(other, file).has_value());
}

TEST_F(Proof, ThatWasEditedIsNone) {
  RunRecord edited = proven();
  edited.proof->survived.clear();
  keep_proof(edited);
  EXPECT_FALSE(find_proof(key_).has_value());
}

TEST_F(Proof, OfATrialThatLeftSomethingOutOrWasCutShortIsNone) {
  RunRecord part = proven();
  part.not_selected = {"CorruptionSabotage.Other"};
  keep_proof(part);
  EXPECT_FALSE(find_proof(key_).has_value());
  RunRecord cut_short = proven();
  cut_short.interrupted = "SIGTERM";
  keep_proof(cut_short);
  EXPECT_FALSE(find_proof(key_).has_value());
}

TEST_F(Proof, FileThatIsNoRecordIsAWrongSetting) {
  EXPECT_THROW(static_cast<void>(find_proof(key_, folder_.path() / "none.json")), Error);
}

}  // namespace
}  // namespace pgrehearse
