#include "harness/backup/artifact.hpp"

#include <gtest/gtest.h>

#include "harness/backup/artifact_opening.hpp"
#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/process/run.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

class Artifacts : public testing::Test {
 protected:
  fs::path made(const std::string& name, const std::string& content) {
    write_file(folder_.path() / name, content);
    return folder_.path() / name;
  }

  TempDir folder_{"pgrehearse-test"};
  TempDir work_{"pgrehearse-test"};
};

constexpr const char* dump = "--\n-- PostgreSQL database dump\n--\nSELECT 1;\n";

TEST_F(Artifacts, AreKnownByTheirContent) {
  EXPECT_EQ(format_of(made("a.sql", "PGDMP and more")), ArtifactFormat::custom_dump);
  EXPECT_EQ(format_of(made("a.dump", dump)), ArtifactFormat::plain_dump);
  EXPECT_EQ(format_of(made("b.dump", "--\n-- MySQL dump 10.13\n")), ArtifactFormat::unknown);
  EXPECT_EQ(format_of(made("c.dump", "")), ArtifactFormat::unknown);
  EXPECT_EQ(format_of(made("d", "age-encryption.org/v1\n-> X25519")), ArtifactFormat::encrypted);
  EXPECT_EQ(format_of(made("e", "-----BEGIN PGP MESSAGE-----")), ArtifactFormat::encrypted);
  EXPECT_EQ(format_of(made("f", "\x84\x5e\x03 a session key")), ArtifactFormat::encrypted);
  EXPECT_EQ(format_of(made("g", "\x8c\x0d\x04 a session key")), ArtifactFormat::encrypted);
  EXPECT_EQ(format_of(made("h", "\x85\x01\x8c\x03 a session key")), ArtifactFormat::encrypted);
  EXPECT_EQ(format_of(made("i", "\xc3\x0d\x04 a session key")), ArtifactFormat::encrypted);
  EXPECT_EQ(format_of(made("j", "\xc3\x96l is no backup")), ArtifactFormat::unknown);
  EXPECT_EQ(format_of(made("k", "\x85\x01\x8c\x20 too old")), ArtifactFormat::unknown);
  fs::create_directories(folder_.path() / "data" / "global");
  EXPECT_EQ(format_of(folder_.path() / "data"), ArtifactFormat::unknown);
  made("data/PG_VERSION", "15\n");
  EXPECT_EQ(format_of(folder_.path() / "data"), ArtifactFormat::unknown);
  made("data/global/pg_control", "x");
  EXPECT_EQ(format_of(folder_.path() / "data"), ArtifactFormat::data_directory);
}

TEST_F(Artifacts, AreThoseThatMatchNewestFirst) {
  for (const char* name : {"shop-1.dump", "shop-2.dump", "shop-3.dump", "other.dump",
           "shop-3.dump.sha256", "shop-4.dump.part", ".shop-5.dump"}) {
    made(name, "PGDMP");
  }
  const auto now = fs::last_write_time(folder_.path() / "shop-1.dump");
  fs::last_write_time(folder_.path() / "shop-2.dump", now + Seconds{60});
  fs::last_write_time(folder_.path() / "shop-1.dump", now);
  fs::last_write_time(folder_.path() / "shop-3.dump", now - Seconds{60});
  const std::vector<Artifact> found = artifacts_in(folder_.path(), "shop-*");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(chosen_of(found, "latest", 1).name, "shop-2.dump");
  EXPECT_EQ(chosen_of(found, "1", 1).name, "shop-2.dump");
  EXPECT_EQ(chosen_of(found, "2", 1).name, "shop-1.dump");
  EXPECT_EQ(chosen_of(found, "oldest", 1).name, "shop-3.dump");
  EXPECT_EQ(chosen_of(found, "random", 7).name, chosen_of(found, "random", 7).name);
  EXPECT_EQ(chosen_of(found, "shop-1.dump", 1).name, "shop-1.dump");
  EXPECT_THROW(static_cast<void>(chosen_of(found, "4", 1)), Error);
  EXPECT_THROW(static_cast<void>(chosen_of(found, "2.dump", 1)), Error);
  EXPECT_THROW(static_cast<void>(chosen_of({}, "latest", 1)), Error);
  EXPECT_THROW(static_cast<void>(artifacts_in(folder_.path() / "nowhere", "*")), Error);
}

TEST_F(Artifacts, LoseTheirWrappingsOneByOne) {
  const fs::path plain = made("shop.sql", dump);
  run_or_throw({.argv = {"gzip", "--keep", plain}});
  run_or_throw({.argv = {"xz", "--keep", folder_.path() / "shop.sql.gz"}});
  run_or_throw({.argv = {"bzip2", "--keep", folder_.path() / "shop.sql.gz.xz"}});
  const Artifact artifact{.name = "shop", .path = folder_.path() / "shop.sql.gz.xz.bz2"};
  const OpenedArtifact opened = open_artifact(artifact, std::nullopt, work_.path());
  EXPECT_EQ(opened.wrappings, (std::vector<std::string>{"bzip2", "xz", "gzip"}));
  EXPECT_EQ(opened.format, ArtifactFormat::plain_dump);
  EXPECT_EQ(read_file(opened.path), dump);
  EXPECT_EQ(std::distance(fs::directory_iterator{work_.path()}, {}), 1) << "nothing lies between";
}

TEST_F(Artifacts, ThatDoNotOpenNameTheirWrapping) {
  const auto refusal = [&](const fs::path& path, const std::optional<Program>& decrypt) {
    const TempDir work{"pgrehearse-test"};
    try {
      static_cast<void>(open_artifact({.name = "x", .path = path}, decrypt, work.path()));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::backup_unusable);
      return error.message();
    }
    return std::string{"nothing refused it"};
  };
  const fs::path plain = made("shop.sql", dump);
  run_or_throw({.argv = {"gzip", "--keep", plain}});
  const fs::path zipped = folder_.path() / "shop.sql.gz";
  fs::resize_file(zipped, fs::file_size(zipped) - 4);
  EXPECT_NE(refusal(zipped, {}).find("'gzip'"), std::string::npos);
  EXPECT_NE(refusal(plain, Program{.argv = {"false"}}).find("'decrypt'"), std::string::npos);
  EXPECT_NE(refusal(made("e", "age-encryption.org/v1\n"), {}).find("encrypted"), std::string::npos);
  EXPECT_NE(refusal(made("n", "notes"), {}).find("no backup"), std::string::npos);
}

}  // namespace
}  // namespace pgrehearse
