// Whole drills whose backups lie in buckets, on a server that checks who asks: what a team's own
// store and keys must be like is broken from outside, and the drill must say so.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/drill/store_mark.hpp"
#include "harness/store/s3_store.hpp"
#include "tests/contract/store_drill_server.hpp"
#include "tests/program/program_run.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

std::string raw(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

class StoreDrill : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string& why : {missing_radosgw(), missing_engine("local")}) {
      if (!why.empty()) {
        GTEST_SKIP() << why;
      }
    }
    write_file(sandbox_.subject() / "migrations" / "0002_members.sql",
        "-- migrate:up\n"
        "CREATE TABLE public.members (name text PRIMARY KEY);\n"
        "INSERT INTO public.members VALUES ('ada'), ('bob');\n"
        "CREATE TABLE public.files (name text PRIMARY KEY, sha256 text NOT NULL);\n"
        "INSERT INTO public.files VALUES ('a/1', encode(sha256('one'), 'hex'));\n");
    add("security_breach: {table: public.members}");
    add("uploads:\n  listed: SELECT name, sha256 FROM public.files\n"
        "  command: 'mkdir \"$PGREHEARSE_UPLOADS/a\" && printf one >\"$PGREHEARSE_UPLOADS/a/1\"'");
  }

  void add(const std::string& section) const {
    const fs::path file = sandbox_.subject() / "drill.yaml";
    write_file(file, read_file(file) + section + "\n");
  }
  /// The section of one store; its credentials come from the variables NAME_ID and NAME_KEY.
  std::string store(const std::string& name, const S3Config& bucket, const S3Credentials& as) {
    variables_.push_back({name + "_ID", as.key_id});
    variables_.push_back({name + "_KEY", as.secret.reveal()});
    return fmt::format(
        "{{endpoint: '{}', bucket: {}, ca_file: '{}', key_id_env: {}_ID, secret_env: {}_KEY}}",
        bucket.endpoint, bucket.bucket, bucket.ca_file.string(), name, name);
  }
  [[nodiscard]] std::vector<std::string> arguments(const std::string& drill) const {
    return {"run", "--engine", "local", "--subject", sandbox_.subject().string(), "--report-dir",
        reports_.string(), "--commits", "110", "--gtest_filter=" + drill};
  }
  int status_of(const std::string& drill) {
    ProgramRun program{sandbox_, arguments(drill), variables_};
    const int status = program.status();
    said_ = program.out() + program.err();
    return status;
  }
  /// "met: what was observed; details", of a check of the only drill.
  [[nodiscard]] std::string found(const std::string& check) const {
    const auto record = nlohmann::json::parse(read_file(reports_ / "record.json"));
    for (const auto& finding : record.at("drills").at(0).at("findings")) {
      if (finding.at("check") == check) {
        return fmt::format("{}: {}; {}", finding.at("verdict").get<std::string>(),
            finding.at("observed").get<std::string>(),
            joined(finding.at("details").get<std::vector<std::string>>(), "; "));
      }
    }
    return "not asked";
  }
  /// Nothing of a key, in nothing that the run said or left.
  void expect_no_secret(const std::vector<S3Credentials>& keys) const {
    std::string all = said_;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator{sandbox_.path()}) {
      all += entry.is_regular_file() ? raw(entry.path()) : "";
    }
    ASSERT_GT(all.size(), 10'000U);
    for (const S3Credentials& key : keys) {
      EXPECT_EQ(all.find(key.secret.reveal()), std::string::npos);
      EXPECT_EQ(all.find(key.key_id), std::string::npos);
    }
  }
  static void expect_empty(S3Config bucket, const S3Credentials& as) {
    bucket.credentials = as;
    EXPECT_TRUE(S3Store{bucket}.list("").empty()) << "the drill left objects behind";
  }

  Sandbox sandbox_;
  fs::path reports_ = sandbox_.path() / "reports";
  std::vector<Variable> variables_;
  std::string said_;
};

const std::string outage = "RegionalOutage.NothingThatHadArrivedIsLost";
const std::string breach = "SecurityBreach.TheNewestBackupIsFromBeforeTheBreakIn";

TEST_F(StoreDrill, RecoversInRegionBWithTheCredentialsOfRegionBAlone) {
  const StoreUser a;
  const StoreUser b;
  const S3Config bucket_a = a.make_bucket();
  const S3Config bucket_b = b.make_bucket();
  add("stores:\n  region_a: {s3: " + store("A", bucket_a, a.credentials()) +
      "}\n  region_b: {s3: " + store("B", bucket_b, b.credentials()) + "}");
  EXPECT_EQ(status_of(outage), 0) << said_;
  EXPECT_EQ(found("region-credentials"),
      "met: B's suffice; A's: refused in 5 of 5; A's store: asked 0 times; ");
  EXPECT_EQ(
      found("uploads"), "met: 1 rows: 0 files missing, 0 with other bytes, 0 without a row; ");
  expect_empty(bucket_a, a.credentials());
  expect_empty(bucket_b, b.credentials());
  expect_no_secret({a.credentials(), b.credentials()});
}

// Whoever set up the copying could write there, and nobody ever tried to read.
TEST_F(StoreDrill, WithoutTheRightToReadInRegionBIsRed) {
  const StoreUser a;
  const StoreUser owner;
  const StoreUser b;
  const S3Config bucket_a = a.make_bucket();
  const S3Config bucket_b = owner.make_bucket();
  owner.let_write_but_not_read(bucket_b, b);
  add("stores:\n  region_a: {s3: " + store("A", bucket_a, a.credentials()) +
      "}\n  region_b: {s3: " + store("B", bucket_b, b.credentials()) + "}");
  EXPECT_EQ(status_of(outage), 1) << said_;
  EXPECT_EQ(found("region-credentials"),
      fmt::format("missed: the store s3 {}/{} refused: status 403 AccessDenied; ",
          bucket_b.endpoint, bucket_b.bucket));
  expect_empty(bucket_b, owner.credentials());
}

TEST_F(StoreDrill, RotatesTheCredentialsOfTheVault) {
  const StoreUser user;
  const S3Config bucket = user.make_bucket();
  write_file(sandbox_.subject() / "rotate", user.rotation(true), 0755);
  add("stores:\n  vault:\n    rotate: ./rotate\n    s3: " +
      store("VAULT", bucket, user.credentials()));
  EXPECT_EQ(status_of(breach), 0) << said_;
  EXPECT_TRUE(
      found("store-credentials-rotated").starts_with("met: old one: refused in 5 of 5; new one: "))
      << found("store-credentials-rotated");
  const std::vector<S3Credentials> now = user.keys();
  ASSERT_EQ(now.size(), 1U);
  EXPECT_NE(now[0].key_id, user.credentials().key_id);
  expect_empty(bucket, now[0]);
  expect_no_secret({user.credentials(), now[0]});
}

TEST_F(StoreDrill, WhoseRotationLeavesTheOldKeyInUseIsRed) {
  const StoreUser user;
  const S3Config bucket = user.make_bucket();
  write_file(sandbox_.subject() / "rotate", user.rotation(false), 0755);
  add("stores:\n  vault:\n    rotate: ./rotate\n    s3: " +
      store("VAULT", bucket, user.credentials()));
  EXPECT_EQ(status_of(breach), 1) << said_;
  EXPECT_NE(found("store-credentials-rotated").find("the old credential reads an object"),
      std::string::npos)
      << found("store-credentials-rotated");
  expect_empty(bucket, user.credentials());
}

TEST_F(StoreDrill, ThatRotatesAKeyGoesAlone) {
  add("stores:\n  vault:\n    rotate: 'true'\n    s3: {endpoint: 'https://127.0.0.1:1', bucket: "
      "any, "
      "key_id_env: A, secret_env: B}");
  ProgramRun program{sandbox_, {"run", "--subject", sandbox_.subject().string(), "--jobs", "2"}};
  EXPECT_EQ(program.status(), 64) << program.out();
  EXPECT_NE(program.err().find("go one after the other"), std::string::npos) << program.err();
}

// The next drill in that bucket finds the mark of a dead one. It takes nothing of a living one, nor
// what has no mark.
TEST_F(StoreDrill, ThatWasKilledIsSweptByTheNext) {
  const StoreUser user;
  S3Config bucket = user.make_bucket();
  add("stores:\n  vault: {s3: " + store("VAULT", bucket, user.credentials()) + "}");
  S3Store{bucket}.put(
      "pgrehearse/20250101T000000Z-00000000/vault-1/base/x", Content::of_bytes("nobody's"), {});
  {
    ProgramRun program{sandbox_, arguments(breach), variables_};
    await_step(program, reports_, 4);
    program.signal(SIGKILL);
    EXPECT_EQ(program.status(), 128 + SIGKILL);
  }
  EXPECT_GT(S3Store{bucket}.list("").size(), 3U) << "what is there to sweep?";
  S3Config shared = bucket;
  shared.prefix = "pgrehearse";
  mark_store(shared, "run-that-lives", "vault-1");
  EXPECT_EQ(sweep_stores(shared), 1U);
  EXPECT_EQ(S3Store{bucket}.list("").size(), 2U);
  EXPECT_EQ(sweep_stores(shared), 0U);
  unmark_store(shared, "run-that-lives", "vault-1");
  EXPECT_EQ(S3Store{bucket}.list("").size(), 1U);
}

}  // namespace
}  // namespace pgrehearse
