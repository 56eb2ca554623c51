// What a failed load leaves must go, whatever came with it.
#include <gtest/gtest.h>

#include "harness/backup/clearing.hpp"
#include "tests/contract/bookings_server.hpp"

namespace pgrehearse {
namespace {

TEST(Clearing, DropsADatabaseThatSubscribes) {
  BookingsServer server;
  const auto count = [&](const std::string& what) {
    return server.connect()("postgres").value("SELECT count(*) FROM " + what);
  };
  ASSERT_EQ(count("pg_catalog.pg_subscription"), "1");
  drop_database(server.cluster(), "bookings");
  EXPECT_EQ(count("pg_catalog.pg_subscription"), "0");
  EXPECT_EQ(count("pg_catalog.pg_database WHERE datname = 'bookings'"), "0");
}

}  // namespace
}  // namespace pgrehearse
