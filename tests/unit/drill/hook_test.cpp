#include "harness/drill/hook.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr const char* awkward = "p@ss:w/rd %+\"'\\ CANARY";

class Hook : public testing::Test {
 protected:
  Hook() {
    subject_.folder = folder_.path();
    context_.run_id = "r-1";
    context_.phase = "seed";
    context_.marker = "before";
    context_.connection.endpoint.port = 5433;
    context_.connection.user = "ann/b";
    context_.connection.database = "shop db";
    context_.connection.password = Secret{awkward};
    context_.artifacts = folder_.path() / "artifacts";
    context_.heartbeats = folder_.path() / "heartbeats";
    context_.scale = 3;
    context_.seed_number = 9;
    context_.scenario = "accidental-delete";
  }

  Completed run(const std::string& text) {
    return run_hook({.argv = {"/bin/sh", "-c", text}, .deadline = Seconds{20}}, subject_, context_);
  }
  Error error_of(const std::string& text, Milliseconds deadline = Seconds{20}) {
    try {
      run_hook({.argv = {"/bin/sh", "-c", text}, .deadline = deadline}, subject_, context_);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return Error{ErrorCode::internal, ""};
  }

  TempDir folder_{"pgrehearse-test"};
  Subject subject_;
  HookContext context_;
};

TEST_F(Hook, FindsItsEnvironment) {
  const std::string out = run("env; pwd").out;
  for (const char* line : {"PGHOST=127.0.0.1", "PGPORT=5433", "PGUSER=ann/b", "PGDATABASE=shop db",
           "PGAPPNAME=pgrehearse", "PGREHEARSE_RUN_ID=r-1", "PGREHEARSE_PHASE=seed",
           "PGREHEARSE_MARKER=before", "PGREHEARSE_SCALE=3", "PGREHEARSE_SEED=9",
           "PGREHEARSE_SCENARIO=accidental-delete"}) {
    const std::vector<std::string> lines = lines_of(out);
    EXPECT_NE(std::find(lines.begin(), lines.end(), line), lines.end()) << line;
  }
  EXPECT_NE(out.find("PGREHEARSE_ARTIFACTS=" + context_.artifacts.string()), std::string::npos);
  EXPECT_NE(out.find("PGREHEARSE_HEARTBEATS=" + context_.heartbeats.string()), std::string::npos);
  EXPECT_NE(out.find("\n" + std::filesystem::canonical(folder_.path()).string() + "\n"),
      std::string::npos);
}

TEST_F(Hook, FindsTheFolderForWhatItLeavesBehindFromItsOwnFolder) {
  context_.artifacts = "reports";
  EXPECT_NE(run("env").out.find("PGREHEARSE_ARTIFACTS=" +
                                (std::filesystem::current_path() / "reports").string() + "\n"),
      std::string::npos);
}

TEST_F(Hook, FindsThePasswordAsItIs) {
  write_file(folder_.path() / "wanted", awkward);
  EXPECT_NO_THROW(run("printf %s \"$PGPASSWORD\" | cmp - wanted"));
  write_file(folder_.path() / "wanted", database_url(context_.connection).reveal());
  EXPECT_NO_THROW(run("printf %s \"$DATABASE_URL\" | cmp - wanted"));
}

TEST_F(Hook, GetsAPercentEncodedUrl) {
  context_.connection.password = Secret{"a@b c"};
  EXPECT_EQ(database_url(context_.connection).reveal(),
      "postgres://ann%2Fb:a%40b%20c@127.0.0.1:5433/shop%20db");
}

TEST_F(Hook, FindsWhatIsOfItsKindAlone) {
  context_.more = {{"PORT", Secret{"6379"}}};
  EXPECT_EQ(run("echo $PORT").out, "6379\n");
}

TEST_F(Hook, LeavesItsStatusToACallerWhoAsksForIt) {
  const Completed ended = hook_outcome(
      {.argv = {"/bin/sh", "-c", "echo \"$PGPASSWORD\"; exit 3"}, .deadline = Seconds{20}},
      subject_, context_);
  EXPECT_EQ(ended.status, 3);
  EXPECT_EQ(ended.out, "[redacted]\n");
}

TEST_F(Hook, FailsWithPhaseAndStatus) {
  const Error error = error_of("echo first >&2; echo no such table >&2; exit 3");
  EXPECT_EQ(error.code(), ErrorCode::program_failed);
  EXPECT_EQ(
      error.message(), "the seed command ended with status 3; it wrote 2 lines to standard error");
  EXPECT_FALSE(error.hint().empty());
}

TEST_F(Hook, FailsWhenItIsTooSlow) {
  const Error error = error_of("sleep 30", Milliseconds{200});
  EXPECT_EQ(error.code(), ErrorCode::timed_out);
  EXPECT_NE(error.message().find("within 200ms"), std::string::npos) << error.message();
}

TEST_F(Hook, NeverRepeatsWhatWasWritten) {
  for (const char* text : {"echo 'DETAIL:  Key (mail)=(CANARY) already exists.' >&2; exit 1",
           "printf %s \"$PGPASSWORD\" >&2; exit 1", "printf %s \"$DATABASE_URL\" >&2; exit 1",
           "printf %s \"$PGPASSWORD\" | base64 -w0 >&2; exit 1",
           "printf %s \"u:$PGPASSWORD\" | base64 -w0 >&2; exit 1",
           "printf %s \"xx:$PGPASSWORD@h\" | base64 -w0 >&2; exit 1"}) {
    const Error error = error_of(text);
    EXPECT_TRUE(
        error.message().starts_with("the seed command ended with status 1; it wrote 1 lines"))
        << error.message();
    EXPECT_EQ(error.message().find("CANARY"), std::string::npos) << error.message();
  }
}

TEST(Scrubbed, LeavesOtherTextAlone) {
  ConnectionSpec connection;
  EXPECT_EQ(scrubbed("nothing to hide", connection), "nothing to hide");
  connection.password = Secret{"hunter2"};
  EXPECT_EQ(scrubbed("nothing to hide", connection), "nothing to hide");
  EXPECT_EQ(scrubbed("a hunter2 b hunter2", connection), "a [redacted] b [redacted]");
}

}  // namespace
}  // namespace pgrehearse
