#include "harness/cli/host_check.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/base/files.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

/// A variable for the length of one test.
class [[nodiscard]] Setting {
 public:
  Setting(const char* name, const std::string& value) : name_{name} {
    if (const char* const before = std::getenv(name)) {
      before_ = before;
    }
    setenv(name, value.c_str(), 1);
  }
  ~Setting() {
    if (before_) {
      setenv(name_, before_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

/// A host whose PATH is one folder, empty at first.
class BareHost : public testing::Test {
 protected:
  void examine(const Subject& subject) { checks_ = host_checks(subject); }
  [[nodiscard]] HostCheck row(const std::string& name) const {
    const auto found = std::find_if(
        checks_.begin(), checks_.end(), [&](const HostCheck& check) { return check.name == name; });
    return found == checks_.end() ? HostCheck{.name = "no row", .detail = {}} : *found;
  }
  void install(const std::string& program) const {
    write_file(bin() / program, "#!/bin/sh\n", 0755);
  }
  [[nodiscard]] fs::path bin() const { return folder_.path() / "bin"; }
  [[nodiscard]] fs::path folder() const { return folder_.path(); }

 private:
  TempDir folder_{"pgrehearse-test"};
  std::vector<HostCheck> checks_;
  bool made_ = fs::create_directory(folder_.path() / "bin");
  Setting path_{"PATH", (folder_.path() / "bin").string()};
  Setting state_{"PGREHEARSE_STATE_DIR", (folder_.path() / "not/yet").string()};
};

Command shell(const std::string& text) {
  return {.argv = {"/bin/sh", "-c", text}};
}

TEST_F(BareHost, HasARowForEachThingThatDrillsNeed) {
  examine({.name = "shop"});
  for (const char* name : {"age", "pgbackrest", "barman", "git"}) {
    EXPECT_EQ(row(name).state, HostState::wanting) << name;
    EXPECT_EQ(row(name).cure, std::string{"apt-get install "} + name);
  }
  EXPECT_EQ(row("alembic").name, "no row") << "nothing calls it";
  EXPECT_EQ(row("state").state, HostState::good) << row("state").detail;
  EXPECT_EQ(row("port").state, HostState::good) << row("port").detail;
  EXPECT_EQ(row("disk").detail.find(folder().string()), row("disk").detail.find("below ") + 6);
  EXPECT_NE(row("account").detail.find("servers run as "), std::string::npos);
  const Setting nobody{"PGREHEARSE_LOCAL_USER", "nobody-of-that-name"};
  install("file");
  fs::permissions(bin() / "file", fs::perms::owner_read);
  const Setting below_a_file{"PGREHEARSE_STATE_DIR", (bin() / "file" / "state").string()};
  examine({.name = "shop"});
  EXPECT_EQ(row("account").state, geteuid() == 0 ? HostState::wanting : HostState::good);
  EXPECT_EQ(row("state").state, HostState::missing);
  EXPECT_EQ(row("state").cure, "Set PGREHEARSE_STATE_DIR to a folder of your own.");
}

TEST_F(BareHost, LacksWhatItsDrillYamlCalls) {
  Subject subject{.name = "shop"};
  subject.migrate.command = shell("cd app && DATABASE_URL=\"$DATABASE_URL\" alembic upgrade head");
  subject.migrate.rollback = shell("node_modules/.bin/prisma migrate resolve");
  subject.seed.command = Command{.argv = {"load-the-shop", "--all"}};
  subject.workload.command = Command{.argv = {"bin/of-the-team"}};
  subject.backup.tool = "barman";
  examine(subject);
  EXPECT_EQ(row("alembic").state, HostState::missing);
  EXPECT_EQ(row("alembic").detail, "not installed; drill.yaml's 'migrate' calls it");
  EXPECT_EQ(row("alembic").cure, "apt-get install alembic python3-psycopg2");
  EXPECT_EQ(row("load-the-shop").state, HostState::missing);
  EXPECT_EQ(row("cd").name, "no row");
  EXPECT_EQ(row("prisma").name, "no row") << "the command says where it is";
  EXPECT_EQ(row("bin/of-the-team").name, "no row") << "it was there when the file was read";
  EXPECT_EQ(row("barman").state, HostState::missing) << "its backup tool";
  install("alembic");
  install("load-the-shop");
  examine(subject);
  EXPECT_EQ(row("alembic").state, HostState::good);
  EXPECT_EQ(row("alembic").detail, (bin() / "alembic").string());
  EXPECT_EQ(row("alembic").cure, "");
  EXPECT_EQ(row("load-the-shop").state, HostState::good);
}

TEST_F(BareHost, LacksWhatOpensTheOwnBackup) {
  Subject subject{.name = "shop"};
  subject.artifact = ArtifactSpec{.path = folder() / "backups", .match = "shop-*"};
  subject.artifact->decrypt = shell("gpg --batch --decrypt");
  fs::create_directory(folder() / "backups");
  write_file(folder() / "backups" / "shop-1.dump.zst.gpg", "\x85 a session key");
  examine(subject);
  EXPECT_EQ(row("gpg").cure, "apt-get install gnupg");
  EXPECT_EQ(row("gpg").state, HostState::missing);
  EXPECT_EQ(row("zstd").state, HostState::missing) << "by the name of what is encrypted";
  EXPECT_EQ(row("zstd").cure, "apt-get install zstd");
  EXPECT_EQ(row("xz").name, "no row");

  subject.artifact->decrypt = shell("age --decrypt --identity key");
  write_file(folder() / "backups" / "shop-1.dump.zst.gpg",
      "\xfd"
      "7zXZ and so on");
  examine(subject);
  EXPECT_EQ(row("age").state, HostState::missing) << "this drill.yaml needs it";
  EXPECT_EQ(row("age").detail, "not installed; drill.yaml's 'artifact.decrypt' calls it");
  EXPECT_EQ(row("xz").cure, "apt-get install xz-utils") << "by its first bytes";

  subject.artifact = ArtifactSpec{.path = folder() / "repository", .tool = "pgbackrest"};
  examine(subject);
  EXPECT_EQ(row("pgbackrest").state, HostState::missing);
}

}  // namespace
}  // namespace pgrehearse
