// The header of a dump, as pg_dump 15 and 17 write it in each format.
#include "harness/backup/dump_origin.hpp"

#include <gtest/gtest.h>

#include "harness/base/files.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

std::string number(int value) {
  return std::string{'\0', static_cast<char>(value), '\0', '\0', '\0'};
}

std::string text(const std::string& value) {
  return number(static_cast<int>(value.size())) + value;
}

std::string archive(char minor, const std::string& server, const std::string& program) {
  std::string head = "PGDMP";
  head += std::string{'\1', minor, '\0', '\4', '\10', '\1'};
  head += minor < 15 ? std::string{'\1', '\1', '\0', '\0', '\0'} : std::string{'\1'};
  for (const int field : {11, 43, 11, 22, 10, 126, 0}) {
    head += number(field);
  }
  return head + text("app") + text(server) + text(program) + "and the contents";
}

class DumpOrigins : public testing::Test {
 protected:
  [[nodiscard]] fs::path made(const std::string& name, const std::string& content) const {
    write_file(folder_.path() / name, content);
    return folder_.path() / name;
  }

  static void expect(const fs::path& dump, ArtifactFormat format, const std::string& server,
      const std::string& program) {
    const auto origin = dump_origin_of(dump, format);
    ASSERT_TRUE(origin) << name_of(format);
    EXPECT_EQ(origin->server, server) << name_of(format);
    EXPECT_EQ(origin->program, program) << name_of(format);
  }

 private:
  TempDir folder_{"pgrehearse-test"};
};

TEST_F(DumpOrigins, IsReadOfEveryFormat) {
  const std::string old = archive(14, "14.9", "15.4 (Debian 15.4-1.pgdg120+1)");
  const std::string young = archive(16, "16.1", "17.2");
  expect(made("old", old), ArtifactFormat::custom_dump, "14.9", "15.4");
  expect(made("young", young), ArtifactFormat::custom_dump, "16.1", "17.2");
  expect(made("a.tar", std::string(512, 'h') + old), ArtifactFormat::tar_dump, "14.9", "15.4");
  fs::create_directory(made("old", old).parent_path() / "folder");
  const fs::path toc = made("folder/toc.dat", young);
  expect(toc.parent_path(), ArtifactFormat::directory_dump, "16.1", "17.2");
  expect(made("a.sql",
             "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 16.1 (Debian "
             "16.1-1)\n-- Dumped by pg_dump version 17.2\n\nSET statement_timeout = 0;\n"),
      ArtifactFormat::plain_dump, "16.1", "17.2");
}

TEST_F(DumpOrigins, IsNotGuessedWhereTheHeaderDoesNotSay) {
  const std::string whole = archive(14, "14.9", "15.4");
  for (const int bytes : {0, 3, 5, 11, 40, 60}) {
    EXPECT_FALSE(dump_origin_of(
        made("cut", whole.substr(0, static_cast<std::size_t>(bytes))), ArtifactFormat::custom_dump))
        << bytes;
  }
  EXPECT_FALSE(dump_origin_of(made("cut.tar", "short"), ArtifactFormat::tar_dump));
  EXPECT_FALSE(dump_origin_of(made("a.sql", "SELECT 1;\n"), ArtifactFormat::plain_dump));
}

TEST_F(DumpOrigins, ThatIsNewerThanTheServerIsTheReasonWhyALoadFailed) {
  EXPECT_TRUE(is_newer(DumpOrigin{"17.2", "17.2"}, "15.20"));
  EXPECT_TRUE(
      is_newer(DumpOrigin{"15.4", "17.2"}, "15.20"));  // whose archives pg_restore 15 cannot read
  EXPECT_FALSE(is_newer(DumpOrigin{"15.21", "15.21"}, "15.20"));
  EXPECT_FALSE(is_newer(DumpOrigin{"9.6.24", "12.1"}, "15.20"));
}

}  // namespace
}  // namespace pgrehearse
