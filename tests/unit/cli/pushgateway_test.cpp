// A real Pushgateway takes what we push, and gives it to whoever scrapes.
#include "harness/cli/pushgateway.hpp"

#include <memory>
#include <optional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/process/background.hpp"
#include "harness/process/free_port.hpp"
#include "harness/process/run.hpp"
#include "harness/process/wait.hpp"
#include "harness/traffic/http.hpp"

namespace pgrehearse {
namespace {

RunRecord run_of(const std::string& subject, int exit_status) {
  RunRecord record;
  record.run_id = "run-1";
  record.exit_status = exit_status;
  DrillRecord drill;
  drill.suite = "OwnBackup";
  drill.test = "A \"quoted\" case";
  drill.scenario = "own-backup";
  drill.subject = subject;
  record.drills.push_back(drill);
  return record;
}

TEST(PushAddress, IsAGroupForEachSubjectAndVerb) {
  const RunRecord record = run_of("shop", 0);
  EXPECT_EQ(push_address("http://gateway:9091/", record, false),
      "http://gateway:9091/metrics/job/pgrehearse/verb/run/subject/shop");
  EXPECT_EQ(push_address("http://gateway:9091", record, true),
      "http://gateway:9091/metrics/job/pgrehearse/verb/prove/subject/shop");
  EXPECT_EQ(push_address("http://gateway:9091", RunRecord{}, false),
      "http://gateway:9091/metrics/job/pgrehearse/verb/run");
  EXPECT_EQ(push_address("http://gateway:9091/metrics/job/nightly", record, false),
      "http://gateway:9091/metrics/job/nightly");
}

class Pushgateway : public testing::Test {
 protected:
  void SetUp() override {
    if (!run({.argv = {"sh", "-c", "command -v prometheus-pushgateway"}}).ok()) {
      GTEST_SKIP() << "prometheus-pushgateway is not installed: ci/packages --ci installs it";
    }
    const std::string listens = fmt::format("127.0.0.1:{}", port_from_the_system());
    url_ = "http://" + listens;
    gateway_ = std::make_unique<Background>(
        Program{.argv = {"prometheus-pushgateway", "--web.listen-address=" + listens,
                    // Debian's keeps them in a file of the host otherwise.
                    "--persistence.file=" + (folder_.path() / "metrics").string()}},
        folder_.path() / "log");
    wait_until("the Pushgateway", Seconds{30}, [&]() -> std::optional<std::string> {
      if (gateway_->ended()) {
        throw Error{ErrorCode::program_failed, read_file(folder_.path() / "log")};
      }
      try {
        return ask({.url = url_ + "/-/ready"}).status == 200 ? std::nullopt
                                                             : std::optional{"it is not ready"};
      } catch (const Error&) {
        return "no answer";
      }
    });
  }
  [[nodiscard]] std::string scraped() const { return ask({.url = url_ + "/metrics"}).body; }
  [[nodiscard]] bool holds(const std::string& line) const {
    return scraped().find("\n" + line + "\n") != std::string::npos;
  }

  TempDir folder_{"pushgateway"};
  std::string url_;
  std::unique_ptr<Background> gateway_;
};

TEST_F(Pushgateway, KeepsTheNumbersOfTheLastRunOfEachGroup) {
  push_metrics(url_, run_of("shop", 1), {});
  push_metrics(url_, run_of("bookings", 0), {});
  const std::string of_shop =
      R"(pgrehearse_run_exit_status{instance="",job="pgrehearse",subject="shop",verb="run"} )";
  EXPECT_TRUE(holds(of_shop + "1")) << scraped();
  EXPECT_NE(scraped().find(R"(case="OwnBackup.A \"quoted\" case")"), std::string::npos);

  RunRecord next = run_of("shop", 0);
  next.drills.front().test = "Another";
  push_metrics(url_, next, {});
  EXPECT_TRUE(holds(of_shop + "0")) << scraped();
  const std::string after = scraped();
  EXPECT_NE(after.find(R"(case="OwnBackup.Another")"), std::string::npos);
  EXPECT_NE(after.find(R"(subject="bookings")"), std::string::npos) << "a group of its own";
}

TEST_F(Pushgateway, RefusesWhatIsNotItsOwn) {
  EXPECT_THROW(push_metrics(url_ + "/nowhere", run_of("shop", 0), {}), Error);
}

}  // namespace
}  // namespace pgrehearse
