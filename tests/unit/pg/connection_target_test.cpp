#include "harness/pg/connection_target.hpp"

#include <map>
#include <string>

#include <gtest/gtest.h>

namespace pgrehearse {
namespace {

// As libpq counts them: a host beside a hostaddr is only a name of the same server.
TEST(ConnectionTarget, CountsServersAsLibpqDoes) {
  const std::map<std::string, std::size_t> counts{{"dbname=shop", 1}, {"host=a dbname=shop", 1},
      {"host=a,b dbname=shop", 2}, {"host=a,,b dbname=shop", 3},
      {"hostaddr=127.0.0.1 host=anything", 1}, {"hostaddr=127.0.0.1,127.0.0.2 host=a,b", 2},
      {"hostaddr=127.0.0.1,127.0.0.2", 2}, {"postgresql://a,b/shop", 2}, {"postgresql://a/shop", 1},
      {"postgresql://a/shop?hostaddr=127.0.0.1", 1}};
  for (const auto& [target, servers] : counts) {
    EXPECT_EQ(connection_target(target).servers, servers) << target;
  }
}

TEST(ConnectionTarget, LeadsToTheAddressWhereOneIsGiven) {
  const ConnectionTarget target = connection_target("host=anything hostaddr=127.0.0.1 port=5433");
  EXPECT_EQ(target.connection.endpoint.host, "127.0.0.1");
  EXPECT_EQ(target.connection.endpoint.port, 5433);
  EXPECT_EQ(target.hosts, (std::vector<std::string>{"127.0.0.1", "anything"}));
}

}  // namespace
}  // namespace pgrehearse
