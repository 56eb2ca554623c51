#include "harness/project/dialect.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

TEST(Dialect, IsThatOfTheLastServerNamed) {
  EXPECT_EQ(dialect_of("db/migrations/001_a.sql"), Dialect::unsaid);
  EXPECT_EQ(dialect_of("SQL/mysql/2020.sql"), Dialect::another);
  EXPECT_EQ(dialect_of("schema/MySQL.initial.sql"), Dialect::another);
  EXPECT_EQ(dialect_of("mysql-and-others/pgsql/1.sql"), Dialect::postgres);
  EXPECT_EQ(dialect_of("postgres/sqlite3/1.sql"), Dialect::another);
  EXPECT_EQ(dialect_of("migrations/004_forget_oracles.sql"), Dialect::unsaid);
}

TEST(SchemaInOneFile, IsKnownByItsName) {
  for (const char* name : {"schema.sql", "db/structure.sql", "postgres.initial.sql",
           "schema.pgsql.sql", "pg.sql", "SQL/init_schema.sql"}) {
    EXPECT_TRUE(is_named_like_a_schema(name)) << name;
  }
  for (const char* name : {"4.1.0_to_4.2.0_schema.pgsql.sql", "pg.new.sql", "001_init.sql",
           "schema.txt", "mysql.sql", "postgres/2008.sql", "report.sql", "pgsql/.sql"}) {
    EXPECT_FALSE(is_named_like_a_schema(name)) << name;
  }
}

TEST(WordsOfAName, LeaveOutServersAndTheExtension) {
  EXPECT_EQ(words_of_name("schema/pgsql-migrations"), std::vector<std::string>{"migrations"});
  EXPECT_EQ(words_of_name("SQL/postgres"), std::vector<std::string>{});
}

}  // namespace
}  // namespace pgrehearse
