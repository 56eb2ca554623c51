// The engines of docker and podman: the whole contract with both kinds of image, and what only
// containers promise.
#include "harness/engine/container_engine.hpp"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/engine/container_image.hpp"
#include "harness/engine/container_program.hpp"
#include "harness/engine/container_sweep.hpp"
#include "harness/engine/container_template.hpp"
#include "harness/engine/run_scope.hpp"
#include "tests/contract/engine_contract.hpp"

namespace pgrehearse {
namespace {

constexpr const char* built_image = "pgrehearse-postgres:15";
constexpr const char* official_style_image = "pgrehearse-official-style:15";

EngineUnderTest engine_with(const std::string& program, const std::string& image) {
  const auto with_image = [image](EngineConfig config) {
    config.image = image;
    return config;
  };
  return {.name = program,
      .make =
          [=](const EngineConfig& config, RunJournal& journal) {
            return make_container_engine(program, with_image(config), journal);
          },
      .state =
          [=](const EngineConfig& config) {
            return container_engine_state(program, with_image(config));
          }};
}

INSTANTIATE_TEST_SUITE_P(BuiltImage, EngineContract,
    testing::Values(engine_with("docker", built_image), engine_with("podman", built_image)),
    suffix_of);
INSTANTIATE_TEST_SUITE_P(OfficialStyleImage, EngineContract,
    testing::Values(
        engine_with("docker", official_style_image), engine_with("podman", official_style_image)),
    suffix_of);

class ContainerEngine : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const EngineState state = container_engine_state(GetParam(), config(official_style_image));
    if (!state.usable) {
      GTEST_SKIP() << state.detail;
    }
    journal_ = std::make_unique<RunJournal>(new_run_id());
    engine_ = make_container_engine(GetParam(), config(official_style_image), *journal_);
  }
  void TearDown() override {
    if (engine_ != nullptr) {
      engine_->remove_run();
      EXPECT_TRUE(find_owned_containers(program(), journal_->run_id()).empty());
    }
    if (journal_ != nullptr) {
      std::filesystem::remove_all(journal_->folder());
    }
  }

  static EngineConfig config(const std::string& image) { return {.image = image}; }
  [[nodiscard]] static ContainerProgram program() { return ContainerProgram{GetParam()}; }
  static std::string told(const std::vector<std::string>& arguments) {
    return std::string{
        trimmed(program()
                    .call_or_throw(arguments, ErrorCode::program_failed, "the test's own question")
                    .out)};
  }
  [[nodiscard]] std::string full_name(const std::string& name) const {
    return fmt::format("pgr-{}-{}", journal_->run_id(), name);
  }

  std::unique_ptr<RunJournal> journal_;
  std::unique_ptr<Engine> engine_;
};

TEST_P(ContainerEngine, ConfinesWhatRunsInside) {
  const auto instance = engine_->create({.name = "confined"});

  const std::string status = get_file(*instance, "/proc/1/status");
  EXPECT_NE(status.find("CapEff:\t0000000000000000"), std::string::npos) << status;
  EXPECT_NE(status.find("CapBnd:\t0000000000000000"), std::string::npos) << status;
  EXPECT_NE(status.find("NoNewPrivs:\t1"), std::string::npos) << status;
  EXPECT_EQ(status.find("Uid:\t0"), std::string::npos) << status;
  const std::string mounts = get_file(*instance, "/proc/self/mounts");
  EXPECT_EQ(mounts.find(".sock"), std::string::npos) << mounts;
  const std::string ports = told({"port", full_name("confined")});
  EXPECT_TRUE(ports.starts_with("5432/tcp -> 127.0.0.1:")) << ports;
  EXPECT_EQ(lines_of(ports).size(), 1U) << ports;
}

TEST_P(ContainerEngine, MakesNoVolumeWithoutOurLabel) {
  const auto instance = engine_->create({.name = "official"});
  const auto fresh = engine_->create({.name = "fresh", .initialised = false});

  const std::string format = "{{range .Mounts}}{{if eq .Type \"volume\"}}{{.Name}} {{end}}{{end}}";
  EXPECT_EQ(told({"container", "inspect", "--format", format, full_name("official")}), "");
  EXPECT_EQ(told({"container", "inspect", "--format", format, full_name("fresh")}),
      full_name("fresh-data"));
  const std::vector<Owned> owned = find_owned_containers(program(), journal_->run_id());
  EXPECT_EQ(owned.size(), 3U);
}

TEST_P(ContainerEngine, ShowsThePasswordNowhereInTheImageOrTheContainer) {
  const auto instance = engine_->create({.name = "secretive"});
  const std::string password = engine_->superuser_password().reveal();
  const std::string image =
      told({"container", "inspect", "--format", "{{.Config.Image}}", full_name("secretive")});

  // Compared apart, so that a failure does not print what it found.
  const auto shows_it = [&](const std::string& text) {
    return text.find(password) != std::string::npos;
  };
  EXPECT_FALSE(shows_it(told({"container", "inspect", full_name("secretive")})));
  EXPECT_FALSE(shows_it(told({"image", "inspect", image})));
  EXPECT_FALSE(shows_it(told({"history", "--no-trunc", image})));
  const Completed found =
      instance->exec({.argv = {"grep", "-rqF", "-f", "-", "/pgrehearse"}, .input = password});
  EXPECT_EQ(found.status, 1) << "grep exits 1 when nothing matched";
}

TEST_P(ContainerEngine, EndsTheProgramInsideAtTheDeadline) {
  const auto instance = engine_->create({.name = "patient"});

  const Completed slept = instance->exec(
      {.argv = {"sh", "-c", "sleep 277 & sleep 278"}, .deadline = Milliseconds{400}});

  EXPECT_TRUE(slept.timed_out);
  EXPECT_LT(slept.took, Seconds{60});
  const Completed left = instance->exec(
      {.argv = {"sh", "-c", "cat /proc/[0-9]*/comm 2>/dev/null | grep -c '^sleep'"}});
  EXPECT_EQ(trimmed(left.out), "0");
}

TEST_P(ContainerEngine, SaysThatAnInstanceRemovedFromOutsideIsGone) {
  const auto instance = engine_->create({.name = "doomed"});
  told({"rm", "-f", full_name("doomed")});

  try {
    static_cast<void>(instance->exec({.argv = {"true"}}));
    FAIL() << "exec in a removed container did not throw";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::instance_failed) << error.what();
  }
}

TEST_P(ContainerEngine, SweepsWhatCarriesOurLabelAndNothingElse) {
  const std::string run_id = new_run_id();
  const std::string label = "pgrehearse.run=" + run_id;
  const std::string image = std::string{official_style_image};
  const std::string ours = "pgr-" + run_id + "-ours";
  const std::string strange = "strange-" + run_id;
  // Of this process, which lives: what a dead one owns is swept by any drill that starts meanwhile.
  const std::string owner = "pgrehearse.owner=" + owner_of_this_process();
  told({"create", "--name", ours, "--label", label, "--label", owner, image});
  told({"volume", "create", "--label", label, "--label", owner, ours});
  told({"network", "create", "--label", label, "--label", owner, ours});
  told({"create", "--name", strange, image});

  std::vector<std::string> kinds;
  for (const Owned& owned : find_owned_containers()) {
    if (owned.run_id == run_id) {
      EXPECT_EQ(owned.name, ours);
      kinds.push_back(owned.kind);
      EXPECT_TRUE(remove_owned_container_thing(owned)) << owned.kind;
    }
  }
  EXPECT_EQ(kinds, (std::vector<std::string>{"container", "volume", "network"}));
  EXPECT_TRUE(find_owned_containers(program(), run_id).empty());

  remove_owned_container_thing(
      {.kind = "container", .name = strange, .run_id = run_id, .owner = owner_of_this_process()});
  EXPECT_EQ(told({"container", "inspect", "--format", "{{.Name}}", strange}).find("error"),
      std::string::npos);
  told({"rm", "-f", "-v", strange});
}

TEST_P(ContainerEngine, RefusesAPostgresWithKnownRecoveryDefects) {
  const std::string bench = full_name("old-bench");
  const std::string image = "pgrehearse-too-old:" + journal_->run_id().substr(0, 8);
  const TempDir staging{"pgrehearse-too-old"};
  write_file(staging.path() / "postgres", "#!/bin/sh\necho 'postgres (PostgreSQL) 15.18'\n", 0755);
  told({"create", "--name", bench, official_style_image});
  told({"cp", (staging.path() / "postgres").string(),
      bench + ":/usr/lib/postgresql/15/bin/postgres"});
  told({"commit", bench, image});

  const EngineState state = container_engine_state(GetParam(), config(image));
  EXPECT_THROW(
      static_cast<void>(make_container_engine(GetParam(), config(image), *journal_)), Error);

  told({"rm", "-f", "-v", bench});
  told({"rmi", image});
  EXPECT_FALSE(state.usable);
  EXPECT_NE(state.detail.find("15.18"), std::string::npos) << state.detail;
}

// Two people, or two state folders, on one daemon: with one image for both, each would overwrite
// the password of the other.
TEST_P(ContainerEngine, HasATemplateOfItsOwnForEachCache) {
  const EngineConfig made_from = config(official_style_image);
  const std::string here = ready_template(program(), made_from, *journal_).image;
  const TempDir other{"pgrehearse-other-cache"};
  const std::string cache = cache_dir().string();
  setenv("PGREHEARSE_CACHE_DIR", other.path().c_str(), 1);
  const std::string there = ready_template(program(), made_from, *journal_).image;
  setenv("PGREHEARSE_CACHE_DIR", cache.c_str(), 1);
  told({"rmi", there});
  EXPECT_NE(here, there);
}

TEST_P(ContainerEngine, SaysHowToMakeAnImageThatIsMissing) {
  const EngineState state = container_engine_state(GetParam(), config("pgrehearse-nowhere:1"));

  EXPECT_FALSE(state.usable);
  EXPECT_NE(state.detail.find("ci/images/build " + GetParam()), std::string::npos) << state.detail;
}

std::string program_name(const testing::TestParamInfo<std::string>& tested) {
  return tested.param;
}

INSTANTIATE_TEST_SUITE_P(
    Programs, ContainerEngine, testing::Values("docker", "podman"), program_name);

TEST(ContainerEngineState, TellsOfADaemonThatIsNotRunning) {
  if (!is_installed("docker")) {
    GTEST_SKIP() << "docker is not installed";
  }
  const char* before = std::getenv("DOCKER_HOST");
  const std::string kept = before == nullptr ? "" : before;
  setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock", 1);
  const EngineState state = container_engine_state("docker", {});
  if (before == nullptr) {
    unsetenv("DOCKER_HOST");
  } else {
    setenv("DOCKER_HOST", kept.c_str(), 1);
  }

  EXPECT_FALSE(state.usable);
  EXPECT_NE(state.detail.find("daemon"), std::string::npos) << state.detail;
}

}  // namespace
}  // namespace pgrehearse
