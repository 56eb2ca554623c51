// A golden backup on an image that its release never saw: an extension of another version is named,
// one that the image does not have is red.
#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/engine/container_image.hpp"
#include "harness/process/run.hpp"
#include "tests/program/gate.hpp"

namespace pgrehearse {
namespace {

constexpr const char* control_file = "/usr/share/postgresql/15/extension/hstore.control";

/// An image of docker that differs from the drills' own by one command; its name goes with it.
class [[nodiscard]] OtherImage {
 public:
  OtherImage(std::string name, const std::string& command) : name_(std::move(name)) {
    const std::string base = choose_image(ContainerProgram{"docker"}, "").reference;
    run_or_throw({.argv = {"docker", "build", "--quiet", "--network", "none", "--tag", name_, "-"},
        .input = "FROM " + base + "\nUSER root\nRUN " + command + "\n"});
  }
  ~OtherImage() { static_cast<void>(run({.argv = {"docker", "image", "rm", name_}})); }
  OtherImage(const OtherImage&) = delete;
  OtherImage& operator=(const OtherImage&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
};

class GateOnAnotherImage : public GateTest {
 protected:
  void SetUp() override {
    if (const std::string why = missing_engine("docker"); !why.empty()) {
      GTEST_SKIP() << why;
    }
    GateTest::SetUp();
  }

  std::map<std::string, std::string> golden_on(const OtherImage& image) {
    engine_ = "docker";
    return gated({"--gtest_filter=GoldenBackups.*", "--image", image.name()});
  }
};

TEST_F(GateOnAnotherImage, NamesTheExtensionThatIsOlderOrNotThere) {
  const std::filesystem::path drill_yaml = sandbox_.subject() / "drill.yaml";
  write_file(drill_yaml, read_file(drill_yaml) + "golden: {path: golden}\n");
  migration("CREATE EXTENSION hstore;", "DROP EXTENSION hstore;");
  EXPECT_EQ(gated({"--keep-golden", "v1"}).at("exit"), "0") << said_;

  const OtherImage older{
      "pgrehearse-test:older", std::string{"sed -i \"s/'1.8'/'1.7'/\" "} + control_file};
  EXPECT_EQ(golden_on(older).at("exit"), "0") << said_;
  EXPECT_NE(record_.find("v1: notes: extension hstore is of another version on this image"),
      std::string::npos)
      << record_;

  const OtherImage lacking{"pgrehearse-test:lacking", std::string{"rm "} + control_file};
  const auto verdicts = golden_on(lacking);
  EXPECT_EQ(verdicts.at("exit"), "1") << said_;
  EXPECT_EQ(verdicts.at("restore-completed"), "missed") << said_;
  EXPECT_NE(said_.find("hstore"), std::string::npos) << said_;
}

}  // namespace
}  // namespace pgrehearse
