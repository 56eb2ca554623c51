// `pgrehearse baseline` of what looks like production: refused before the first packet.
#include <algorithm>
#include <memory>

#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "tests/program/listener.hpp"
#include "tests/program/program_run.hpp"
#include "tests/program/sandbox.hpp"
#include "tests/unit/drill/production_like.hpp"

namespace pgrehearse {
namespace {

constexpr int refused = 4;

/// The target, led to the listener: its host, where it has one, is then only a name.
std::string led_to(const Listener& listener, const std::string& target) {
  const bool uri = target.find("://") != std::string::npos;
  const std::string between = uri ? "&" : " ";
  const std::string first = uri && target.find('?') == std::string::npos ? "?" : between;
  const bool has_address = target.find("hostaddr=") != std::string::npos;
  return target + first + "port=" + listener.port() +
         (has_address ? "" : between + "hostaddr=127.0.0.1");
}

class BaselineOfProduction : public testing::Test {
 protected:
  BaselineOfProduction() {
    write_file(sandbox_.path() / "services",
        "[prod-behind-a-harmless-host]\nhost=127.0.0.1\ndbname=shop\n");
  }

  [[nodiscard]] std::unique_ptr<ProgramRun> started(const std::string& target) {
    return std::make_unique<ProgramRun>(sandbox_,
        std::vector<std::string>{"baseline", "--source-is-not-production", "--source", target},
        std::vector<Variable>{{"PGSERVICEFILE", sandbox_.path() / "services"},
            {"ENV_FILE", sandbox_.path() / "drill.env"}});
  }

  /// Whether the listener is called when this is the source.
  [[nodiscard]] bool calls(const std::string& target) {
    auto listener = std::make_unique<Listener>();
    const std::unique_ptr<ProgramRun> verb = started(led_to(*listener, target));
    const bool called = listener->was_called(longest_start);
    listener.reset();
    EXPECT_NE(verb->status(), 0) << target;
    return called;
  }

  static constexpr int longest_start = 30'000;  // ms
  Sandbox sandbox_;
};

TEST_F(BaselineOfProduction, IsRefusedByItsNameBeforeTheFirstPacket) {
  const Listener listener;
  for (const char* target : like_production) {
    const std::unique_ptr<ProgramRun> verb = started(led_to(listener, target));
    EXPECT_EQ(verb->status(), refused) << target << ": " << verb->err();
    ASSERT_FALSE(listener.was_called()) << target;
  }
  EXPECT_FALSE(std::filesystem::exists(sandbox_.path() / "baseline.json"));
  for (const char* target : {"host=staging.example.org dbname=shop user=reader",
           "postgresql://reader@staging.example.org/shop",
           "postgresql://reader@staging.example.org/shop?application_name=qa"}) {
    EXPECT_TRUE(calls(target)) << "the listener would have noticed: " << target;
  }
}

TEST_F(BaselineOfProduction, IsRefusedWhereTheEnvironmentFileSaysSo) {
  const std::filesystem::path file = sandbox_.path() / ".env";
  const std::string harmless = "host=127.0.0.1 dbname=shop user=reader";
  const Listener listener;
  write_file(file, "DB_PASSWORD=sesame\nexport APP_ENV=\"prod\"\n");
  const std::unique_ptr<ProgramRun> verb = started(led_to(listener, harmless));
  EXPECT_EQ(verb->status(), refused);
  const std::string said = verb->out() + verb->err();
  EXPECT_NE(said.find(".env:2"), std::string::npos) << said;
  EXPECT_NE(said.find("APP_ENV says that this is production"), std::string::npos) << said;
  EXPECT_EQ(said.find("sesame"), std::string::npos) << said;
  EXPECT_FALSE(listener.was_called());
  write_file(file, "# APP_ENV=prod\nAPP_ENV=staging\n");
  EXPECT_TRUE(calls(harmless)) << "the listener would have noticed";

  write_file(sandbox_.path() / "drill.env", "APP_ENV=prod\n");
  const std::unique_ptr<ProgramRun> other = started(led_to(listener, harmless));
  EXPECT_EQ(other->status(), refused);
  EXPECT_NE(other->err().find("drill.env:1"), std::string::npos) << other->err();
  EXPECT_FALSE(listener.was_called());
}

}  // namespace
}  // namespace pgrehearse
