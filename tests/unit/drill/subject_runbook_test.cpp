// What drill.yaml may say of a runbook.
#include <gtest/gtest.h>

#include "tests/unit/drill/subject_file.hpp"

namespace pgrehearse {
namespace {

TEST(SubjectRunbook, IsNoneWhereNothingIsSaid) {
  EXPECT_FALSE(SubjectFile{"name: shop\n"}.load().runbook.has_value());
}

TEST(SubjectRunbook, IsAFileBesideDrillYaml) {
  const SubjectFile file{"name: shop\nrunbook: {path: DR.md}\n"};
  write_file(file.folder() / "DR.md", "# Restore\n");
  const Subject subject = file.load();
  ASSERT_TRUE(subject.runbook.has_value());
  EXPECT_EQ(subject.runbook->path, file.folder() / "DR.md");
}

TEST(SubjectRunbook, IsRefusedByItsLine) {
  const SubjectFile file{"name: shop\nrunbook:\n  path: none.md\n"};
  ASSERT_TRUE(file.refusal().has_value());
  EXPECT_EQ(file.refusal()->place(), file.line(3));
  file.write("name: shop\nrunbook: {}\n");
  ASSERT_TRUE(file.refusal().has_value());
  EXPECT_NE(file.refusal()->message().find("'path'"), std::string::npos);
}

}  // namespace
}  // namespace pgrehearse
