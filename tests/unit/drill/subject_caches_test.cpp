// What drill.yaml may say of caches, and what it is told where it may not.
#include "harness/drill/subject_caches.hpp"

#include <gtest/gtest.h>

#include "tests/unit/drill/subject_file.hpp"

namespace pgrehearse {
namespace {

using Argv = std::vector<std::string>;

TEST(SubjectCaches, AreNoneWhereNothingIsSaid) {
  EXPECT_TRUE(SubjectFile{"name: shop\n"}.load().caches.empty());
}

TEST(SubjectCaches, AreReadWithTheirCommands) {
  const std::vector<CacheSpec> caches = SubjectFile{R"(
name: shop
caches:
  - name: prices
    rebuild: make prices
    check: [make, check-prices]
    deadline: 90s
  - {name: calendar, server: [redis-server, "-"], rebuild: a, check: b}
)"}
                                            .load()
                                            .caches;
  ASSERT_EQ(caches.size(), 2U);
  EXPECT_EQ(caches[0].name, "prices");
  EXPECT_FALSE(caches[0].server.has_value());
  EXPECT_EQ(caches[0].rebuild.argv, (Argv{"/bin/sh", "-c", "make prices"}));
  EXPECT_EQ(caches[0].check.argv, (Argv{"make", "check-prices"}));
  EXPECT_EQ(caches[0].rebuild.deadline, Seconds{90});
  EXPECT_EQ(caches[0].check.deadline, Seconds{90});
  ASSERT_TRUE(caches[1].server.has_value());
  EXPECT_EQ(caches[1].server->argv, (Argv{"redis-server", "-"}));
  EXPECT_EQ(caches[1].server->deadline, std::chrono::minutes{10});
}

void expect_refusal(const std::string& section, int line, const std::string& message) {
  const SubjectFile file{"name: shop\ncaches:\n" + section};
  const std::optional<Error> refusal = file.refusal();
  ASSERT_TRUE(refusal.has_value()) << section;
  EXPECT_EQ(refusal->place(), file.line(line)) << refusal->what();
  EXPECT_NE(refusal->message().find(message), std::string::npos) << refusal->what();
}

TEST(SubjectCaches, AreRefusedByTheirLine) {
  expect_refusal("  - name: a\n    check: x\n", 3, "key 'rebuild' is missing");
  expect_refusal("  - name: a\n    rebuild: x\n", 3, "key 'check' is missing");
  expect_refusal("  - rebuild: x\n    check: x\n", 3, "key 'name' is missing");
  expect_refusal("  - {name: a, rebuild: x, check: x}\n  - {name: a, rebuild: y, check: y}\n", 4,
      "cache 'a' is given twice, first on line 3");
  expect_refusal("  - name: a\n    rebuild: [cache/rebuild]\n    check: x\n", 4,
      "there is no program 'cache/rebuild'");
  expect_refusal(
      "  - name: a\n    rebuild: x\n    check: [\"\"]\n", 5, "'check' has an empty part");
  expect_refusal(
      "  - name: a\n    rebuild: x\n    check: x\n    deadline: 0s\n", 6, "'deadline' is nothing");
  expect_refusal("  - name: Calendar\n    rebuild: x\n    check: x\n", 3, "must be lower-case");
  expect_refusal(
      "  - name: a\n    rebuild: x\n    check: x\n    backup: x\n", 6, "unknown key 'backup'");
  expect_refusal("  {}\n", 2, "must be a list");
  expect_refusal("  []\n", 2, "is empty");
}

}  // namespace
}  // namespace pgrehearse
