#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

#include "harness/cli/help_verbs.hpp"
#include "harness/cli/host_check.hpp"

namespace pgrehearse {
namespace {

class HelpTexts : public testing::Test {
 protected:
  HelpTexts() {
    CLI::App* verb = app_.add_subcommand("mend", "Mend what's broken");
    verb->add_option("--every", every_, ".often, a duration");
  }
  CLI::App app_{"a program"};
  std::string every_;
};

TEST_F(HelpTexts, NameEveryVerbAndOption) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = completion(app_, shell);
    EXPECT_NE(script.find("mend"), std::string::npos) << shell;
    EXPECT_NE(script.find("every"), std::string::npos) << shell;
  }
  EXPECT_NE(completion(app_, "fish").find("'Mend what\\'s broken'"), std::string::npos);
}

TEST_F(HelpTexts, ThatBeginWithAPointAreNoRequests) {
  const std::string page = man_page(app_, "1.2");
  EXPECT_NE(page.find("\n\\&.often, a duration\n"), std::string::npos) << page;
  EXPECT_NE(page.find(".SS mend\n"), std::string::npos);
  EXPECT_EQ(page.find("--every"), std::string::npos) << "a hyphen where a minus is meant";
}

TEST(HostCheck, RefusesAnOldClientAndSaysWhatMendsIt) {
  const HostCheck old = client_check("psql", "/usr/bin/psql", "psql (PostgreSQL) 15.18 (Debian)");
  EXPECT_EQ(old.state, HostState::missing);
  EXPECT_NE(old.cure.find("postgresql-client-15"), std::string::npos);
  EXPECT_EQ(
      client_check("psql", "/usr/bin/psql", "psql (PostgreSQL) 15.19").state, HostState::good);
  EXPECT_EQ(client_check("psql", "/usr/bin/psql", "no answer").state, HostState::missing);
}

TEST(HostCheck, WantsRoomForADrill) {
  EXPECT_EQ(disk_check("/tmp", disk_for_a_drill).state, HostState::good);
  const HostCheck full = disk_check("/tmp", disk_for_a_drill - 1);
  EXPECT_EQ(full.state, HostState::missing);
  EXPECT_NE(full.cure.find("PGREHEARSE_STATE_DIR"), std::string::npos);
  // A backup of the team's own is fetched and unpacked there.
  constexpr std::uintmax_t gib = 1024ULL * 1024 * 1024;
  EXPECT_EQ(disk_check("/tmp", disk_for_a_drill + 2 * gib, gib).state, HostState::good);
  const HostCheck small = disk_check("/tmp", disk_for_a_drill + 2 * gib - 1, gib);
  EXPECT_EQ(small.state, HostState::missing);
  EXPECT_NE(small.detail.find("this one takes 2560 at least"), std::string::npos) << small.detail;
}

}  // namespace
}  // namespace pgrehearse
