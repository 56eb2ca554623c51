// The gate of our own changes (.github/workflows/gate.yml): a migration that the built-in subject
// does not have yet passes all of it. For the night: Gate tries the same with a small subject.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "tests/program/developer_git.hpp"
#include "tests/program/nightly.hpp"
#include "tests/program/program_run.hpp"
#include "tests/program/sandbox.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr const char* ratings = R"(-- What clients say of a visit.

-- migrate:up
SET ROLE booking_owner;
ALTER TABLE public.crews ADD COLUMN rated smallint NOT NULL DEFAULT 0;
CREATE TABLE public.ratings (
  rating_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  booking_id bigint NOT NULL REFERENCES public.bookings,
  stars smallint NOT NULL CHECK (stars BETWEEN 1 AND 5)
);
INSERT INTO public.ratings (booking_id, stars)
  SELECT b.booking_id, 1 + b.booking_id % 5 FROM public.bookings AS b WHERE b.status = 'completed';
RESET ROLE;

-- migrate:down
DROP TABLE public.ratings;
ALTER TABLE public.crews DROP COLUMN rated;
)";

class BookingsGate : public testing::TestWithParam<int> {};

TEST_P(BookingsGate, LetsAGoodMigrationPass) {
  if (const std::string why = missing_engine("local"); !why.empty()) {
    GTEST_SKIP() << why;
  }
  Sandbox sandbox;
  const fs::path bookings = sandbox.fresh("bookings");
  fs::copy(fs::path{PGREHEARSE_SOURCE_DIR} / "fixtures" / "bookings", bookings,
      fs::copy_options::recursive);
  developer_git(bookings, {"init", "--quiet", "--initial-branch=main"});
  developer_git(bookings, {"add", "--all"});
  developer_git(bookings, {"commit", "--quiet", "--message", "the base"});
  write_file(bookings / "migrations" / "9999_ratings.sql", ratings);

  ProgramRun program{sandbox,
      {"gate", "--base", "main", "--engine", "local", "--subject",
          (bookings / "drill.yaml").string(), "--report-dir", sandbox.fresh("report").string()}};
  EXPECT_EQ(program.status(), 0) << program.out() << program.err();
  EXPECT_NE((program.out() + program.err()).find("changed since main: migrations/9999_ratings.sql"),
      std::string::npos);
  EXPECT_TRUE(sandbox.runs_on_disk().empty());
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BookingsGate);
INSTANTIATE_TEST_SUITE_P(Nights, BookingsGate, testing::Range(0, is_nightly() ? 1 : 0));

}  // namespace
}  // namespace pgrehearse
