// What the documents show of drill.yaml is read by the program, or the build is red.
#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/drill/subject.hpp"
#include "tests/docs/document.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

/// Files that the examples name: drill.yaml is refused when one is not there.
constexpr std::array<std::string_view, 4> named_files{
    "ops/rotate-store-key", "docs/DR.md", "backups/globals.sql", "shop.baseline.json"};

/// Keys with which YAML of another kind begins, and the kind. Every other block is of drill.yaml.
struct OtherKind {
  std::string_view begins_with;
  std::string_view kind;
};
constexpr std::array<OtherKind, 2> other_kinds{{
    {"steps:\n", "a step of a workflow"},
    {"jobs:\n", "a workflow"},
}};

bool is_of_drill_yaml(std::string_view text) {
  for (const OtherKind& other : other_kinds) {
    if (text.starts_with(other.begins_with)) {
      return false;
    }
  }
  return true;
}

/// A part stands below the only key that every drill.yaml has.
std::string whole(const std::string& text) {
  const bool has_name = text.starts_with("name:") || text.find("\nname:") != std::string::npos;
  return has_name ? text : "name: shop\n" + text;
}

/// "" when drill.yaml may hold this text.
std::string refused(const std::string& text) {
  const TempDir folder{"pgrehearse-docs"};
  for (const std::string_view name : named_files) {
    const fs::path file = folder.path() / name;
    fs::create_directories(file.parent_path());
    write_file(file, "", 0755);
  }
  const fs::path file = folder.path() / "drill.yaml";
  write_file(file, whole(text));
  try {
    static_cast<void>(load_subject(file));
  } catch (const Error& problem) {
    return fmt::format("{} ({})", problem.message(), problem.hint());
  }
  return "";
}

TEST(DocumentedYaml, IsReadAsDrillYaml) {
  std::size_t seen = 0;
  for (const fs::path& document : documents()) {
    for (const DocumentedBlock& block : blocks_in(read_file(document), "yaml")) {
      if (is_of_drill_yaml(block.text)) {
        ++seen;
        EXPECT_EQ(refused(block.text), "") << place_in(document, block.line);
      }
    }
  }
  EXPECT_GE(seen, 5U);
}

TEST(DocumentedYaml, AWrongOneIsNoticed) {
  EXPECT_EQ(refused("scale: 2\n"), "");
  EXPECT_NE(refused("scales: 2\n"), "");
  EXPECT_NE(refused("name: shop\nworkload:\n  writers: many\n"), "");
  EXPECT_NE(refused("runbook:\n  path: docs/nobody-wrote-it.md\n"), "");
  EXPECT_TRUE(is_of_drill_yaml("stores:\n  vault: {}\n"));
  EXPECT_FALSE(is_of_drill_yaml("steps:\n  - run: make\n"));
}

TEST(DocumentReader, TellsBlocksByTheirLanguage) {
  const auto blocks =
      blocks_in("```yaml\na: 1\n\nb: 2\n```\n```sh\nx\n```\n```yaml\nc: 3\n```\n", "yaml");
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0].text, "a: 1\n\nb: 2\n");
  EXPECT_EQ(blocks[0].line, 2);
  EXPECT_EQ(blocks[1].text, "c: 3\n");
}

}  // namespace
}  // namespace pgrehearse
