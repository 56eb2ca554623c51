// Which Postgres programs we accept, and what the template's name depends on.
#include "harness/engine/local_programs.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/engine/local_engine.hpp"
#include "harness/engine/local_template.hpp"

namespace pgrehearse {
namespace {

TEST(LocalPrograms, ReadsTheVersionOutOfTheAnswer) {
  EXPECT_EQ(version_in("postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n"), "15.20");
  EXPECT_EQ(version_in("postgres (PostgreSQL) 16beta1"), "16");
  EXPECT_EQ(version_in("something else"), "");
}

TEST(LocalPrograms, AcceptsOnlyVersionsWithoutTheKnownHoles) {
  for (const char* good : {"15.19", "15.20", "15.100"}) {
    EXPECT_NO_THROW(demand_safe_version(good, "")) << good;
  }
  for (const char* bad : {"15.18", "15.2", "14.22", "16.9", "15", "", "15.x", "15.-1", "15.20.1"}) {
    try {
      demand_safe_version(bad, "");
      FAIL() << "accepted '" << bad << "'";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::refused);
      EXPECT_FALSE(error.hint().empty());
    }
  }
}

TEST(LocalPrograms, AnOldServerMakesTheEngineUnusable) {
  const TempDir folder{"old-postgres"};
  for (const char* program : {"postgres", "initdb", "pg_ctl"}) {
    write_file(folder.path() / program, "#!/bin/sh\necho 'postgres (PostgreSQL) 15.3'\n", 0755);
  }
  setenv("PGREHEARSE_PG_BIN", folder.path().c_str(), 1);
  const EngineState state = local_engine_state();
  unsetenv("PGREHEARSE_PG_BIN");
  EXPECT_FALSE(state.usable);
  EXPECT_NE(state.detail.find("15.3"), std::string::npos) << state.detail;
}

TEST(LocalPrograms, AFolderWithoutProgramsIsNotReplacedByAnother) {
  const TempDir folder{"no-postgres"};
  setenv("PGREHEARSE_PG_BIN", folder.path().c_str(), 1);
  EXPECT_THROW((void)local_programs(), Error);
  unsetenv("PGREHEARSE_PG_BIN");
}

TEST(LocalTemplate, HasAKeyThatChangesWithEverythingInIt) {
  const LocalPrograms programs{.folder = "/pg", .version = "15.20"};
  const std::string key = template_key(programs, {}, std::nullopt);
  EXPECT_EQ(key, template_key(programs, {}, std::nullopt));
  EXPECT_NE(key, template_key({.folder = "/pg", .version = "15.21"}, {}, std::nullopt));
  EXPECT_NE(key, template_key(programs, {.data_checksums = false}, std::nullopt));
  EXPECT_NE(key, template_key(programs, {.encoding = "SQL_ASCII"}, std::nullopt));
  EXPECT_NE(key, template_key(programs, {.locale = "C"}, std::nullopt));
  EXPECT_NE(key, template_key(programs, {.settings = "wal_level = logical"}, std::nullopt));
  EXPECT_NE(key, template_key(programs, {}, Account{.name = "x", .uid = 4711, .gid = 4711}));
}

}  // namespace
}  // namespace pgrehearse
