#include "harness/backup/load_failure.hpp"

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

TEST(LoadFailure, NamesTheObjectAndTheReason) {
  EXPECT_EQ(load_failure_in("pg_restore: while PROCESSING TOC:\n"
                            "pg_restore: from TOC entry 3325; 1259 16400 INDEX shop label_idx ann\n"
                            "pg_restore: error: could not execute query: ERROR:  function "
                            "label(integer) does not exist\n"
                            "LINE 1: CREATE INDEX ...\n"),
      "INDEX shop label_idx: function label(integer) does not exist");
  EXPECT_EQ(load_failure_in("pg_restore: error: COPY failed for table \"stars\": ERROR:  relation "
                            "\"notes\" does not exist\n"),
      "relation \"notes\" does not exist");
}

TEST(LoadFailure, TellsThatADumpWasCutShort) {
  const std::string end = "could not read from input file: end of file";
  EXPECT_EQ(load_failure_in("pg_restore: error: " + end + "\n"), end);
  EXPECT_EQ(load_failure_in("pg_restore: from TOC entry 7; 0 16401 TABLE DATA shop cards ann\n"
                            "pg_restore: error: " +
                            end + "\n"),
      "TABLE DATA shop cards: " + end);
}

TEST(LoadFailure, RepeatsNoValue) {
  EXPECT_EQ(load_failure_in("pg_restore: from TOC entry 7; 0 16401 TABLE DATA shop cards ann\n"
                            "pg_restore: error: COPY failed for table \"cards\": ERROR:  invalid "
                            "input syntax for type integer: \"4111111111111111\"\n"
                            "CONTEXT:  COPY cards, line 1, column number: \"4111111111111111\"\n"),
      "TABLE DATA shop cards");
  EXPECT_EQ(load_failure_in("psql:dump.sql:4: ERROR:  sesame 'open' does not exist\n"), "");
  EXPECT_EQ(load_failure_in(""), "");
}

TEST(LoadFailure, NamesTheConstraintAndNotTheRow) {
  EXPECT_EQ(load_failure_in("pg_restore: error: COPY failed for table \"a\": ERROR:  new row for "
                            "relation \"a\" violates check constraint \"short\"\n"
                            "DETAIL:  Failing row contains (4111111111111111).\n"),
      "new row for relation \"a\" violates check constraint \"short\"");
}

}  // namespace
}  // namespace pgrehearse
