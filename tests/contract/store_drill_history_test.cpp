// The history of runs in a bucket: kept by a run, asked by the verbs that look back, and never the
// verdict's business.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/store/s3_store.hpp"
#include "tests/contract/store_drill_server.hpp"
#include "tests/program/program_run.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

class StoredHistory : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string& why : {missing_radosgw(), missing_engine("local")}) {
      if (!why.empty()) {
        GTEST_SKIP() << why;
      }
    }
    user_ = std::make_unique<StoreUser>();
    bucket_ = user_->make_bucket();
    place_ = fmt::format("s3://{}/history", bucket_.bucket);
    secret_ = user_->credentials().secret.reveal();
  }

  int answer_to(std::vector<std::string> arguments) {
    ProgramRun program{sandbox_, std::move(arguments),
        {{"AWS_ACCESS_KEY_ID", user_->credentials().key_id}, {"AWS_SECRET_ACCESS_KEY", secret_},
            {"AWS_ENDPOINT_URL_S3", bucket_.endpoint}, {"AWS_CA_BUNDLE", bucket_.ca_file}}};
    const int status = program.status();
    said_ = program.out() + program.err();
    EXPECT_EQ(said_.find(secret_), std::string::npos);
    return status;
  }
  /// With `filter` instead of the case of a short drill, if there is one.
  int drill(const std::string& history, const std::string& filter = "") {
    std::vector<std::string> arguments = short_drill(sandbox_, "local", sandbox_.fresh("report"));
    arguments.push_back("--history=" + history);
    if (!filter.empty()) {
      arguments.push_back("--gtest_filter=" + filter);
    }
    return answer_to(std::move(arguments));
  }
  [[nodiscard]] bool said(const std::string& text) const {
    return said_.find(text) != std::string::npos;
  }
  [[nodiscard]] std::vector<ObjectInfo> kept() const { return S3Store{bucket_}.list(""); }

  Sandbox sandbox_;
  std::unique_ptr<StoreUser> user_;
  S3Config bucket_;
  std::string place_;
  std::string secret_;
  std::string said_;
};

TEST_F(StoredHistory, IsKeptByRunsAndAskedWhatIsDueAndWhatBecameSlower) {
  const std::vector<std::string> due{
      "due", "--every", "1h", "--scenario", "accidental-delete", "--reports", place_};
  EXPECT_NE(answer_to(due), 0) << "there is no history yet";
  EXPECT_TRUE(said("there is no history at this place")) << said_;
  EXPECT_EQ(drill(place_ + "/"), 0) << said_;
  const std::vector<ObjectInfo> objects = kept();
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_TRUE(
      objects.back().key.starts_with("history/") && objects.back().key.ends_with("/record.json"))
      << objects.back().key;
  EXPECT_EQ(answer_to(due), 0) << said_;
  EXPECT_TRUE(said("RECENT")) << said_;
  EXPECT_TRUE(said(fmt::format("s3://{}/{}", bucket_.bucket, objects.back().key))) << said_;
  EXPECT_EQ(answer_to({"report", "--reports", place_}), 0) << said_;
  EXPECT_TRUE(said("1 runs, 1 met")) << said_;
  EXPECT_NE(answer_to({"forget", "--reports", place_, "--older-than", "1s", "--delete"}), 0);
  EXPECT_TRUE(said("a rule that expires objects")) << said_;
  EXPECT_EQ(kept().size(), 1U);
  S3Store{bucket_}.put("history/x/record.json", Content::of_bytes("{}"), {});
  EXPECT_EQ(answer_to(due), 0) << said_;
  EXPECT_TRUE(said("the first: " + place_ + "/x/record.json")) << said_;
}

TEST_F(StoredHistory, ThatCannotBeKeptOrReadChangesNoVerdictAndIsNoEvidence) {
  const std::string nothing = "Nope.*";
  const int verdict = drill(place_, nothing);
  EXPECT_EQ(kept().size(), 1U) << said_;
  secret_ = "of-somebody-else";
  EXPECT_EQ(drill(place_, nothing), verdict) << said_;
  EXPECT_TRUE(said("warning: the store s3 ")) << said_;
  EXPECT_EQ(kept().size(), 1U);
  EXPECT_NE(answer_to({"due", "--every", "1h", "--reports", place_}), 0);
  EXPECT_TRUE(said("refused")) << said_;
  EXPECT_NE(drill("reports", nothing), verdict);
  EXPECT_TRUE(said("a history is kept in a bucket only")) << said_;
}

}  // namespace
}  // namespace pgrehearse
