// Regions and quarantine: who reaches whom, seen from both ends. Every "cannot" has its "could"
// beside it, or it would prove nothing.
#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "tests/contract/engine_contract.hpp"

namespace pgrehearse {
namespace {

// pg_isready: 0 accepts, 1 rejects, 2 no answer, 3 it did not even try.
int asked(Instance& from, const Endpoint& to, const char* seconds) {
  return from
      .exec({.argv = {"pg_isready", "-q", "-t", seconds, "-h", to.host, "-p",
                 std::to_string(to.port)}})
      .status;
}

// An answer is worth its wait on a busy host. Where silence is expected, it is waited for each
// time.
int reaches(Instance& from, const Endpoint& to) {
  return asked(from, to, "50");
}
int reaches_soon(Instance& from, const Endpoint& to) {
  return asked(from, to, "2");
}

constexpr int answers = 0;
constexpr int no_answer = 2;

}  // namespace

TEST_P(EngineContract, SeparatesNetworksExactlyWhenItSaysSo) {
  if (!engine().properties().separates_networks) {
    EXPECT_THROW(engine().create_network("region-a"), Error);
    EXPECT_THROW((void)engine().create({.name = "one", .network = "region-a"}), Error);
    EXPECT_TRUE(listed(owned_now()).empty());
    return;
  }
  engine().create_network("region-a");
  engine().create_network("region-b");
  const auto server = engine().create({.name = "server", .network = "region-a"});
  const auto neighbour = engine().create({.name = "neighbour", .network = "region-a"});
  const auto stranger = engine().create({.name = "stranger", .network = "region-b"});
  start_server(*server);
  EXPECT_EQ(reaches(*neighbour, server->neighbours_endpoint()), answers);
  EXPECT_EQ(reaches_soon(*stranger, server->neighbours_endpoint()), no_answer);
  EXPECT_EQ(answer(*server, "select 1"), "1");
}

TEST_P(EngineContract, CutsOffExactlyWhenItSaysSo) {
  if (!engine().properties().separates_networks) {
    const auto instance = engine().create({.name = "server"});
    EXPECT_THROW(instance->cut_off(), Error);
    return;
  }
  engine().create_network("region-a");
  const auto server = engine().create({.name = "server", .network = "region-a"});
  const auto neighbour = engine().create({.name = "neighbour", .network = "region-a"});
  start_server(*server);
  const Endpoint address = server->neighbours_endpoint();
  ASSERT_EQ(reaches(*neighbour, address), answers);
  server->cut_off();
  EXPECT_EQ(reaches_soon(*neighbour, address), no_answer);
  EXPECT_FALSE(ask(*server, engine().superuser_password(), "select 1", Seconds{5}).ok());
  EXPECT_THROW((void)server->neighbours_endpoint(), Error);
  const Completed inside =
      server->exec({.argv = {"pg_isready", "-q", "-h", server->path_of(Place::sockets), "-p",
                        std::to_string(server->listen_inside().port)}});
  EXPECT_EQ(inside.status, answers) << "its server was to go on";
}

TEST_P(EngineContract, LinksNetworksExactlyWhenItSaysSo) {
  if (!engine().properties().separates_networks) {
    EXPECT_THROW(engine().create_link("link"), Error);
    const auto instance = engine().create({.name = "server"});
    EXPECT_THROW((void)instance->join("link"), Error);
    return;
  }
  engine().create_network("region-a");
  engine().create_network("region-b");
  engine().create_link("link");
  const auto server = engine().create({.name = "server", .network = "region-a"});
  const auto stranger = engine().create({.name = "stranger", .network = "region-b"});
  start_server(*server);
  const std::uint16_t published = server->endpoint().port;
  const Endpoint at_home = server->neighbours_endpoint();
  const Endpoint over_the_link = server->join("link");
  EXPECT_EQ(reaches_soon(*stranger, over_the_link), no_answer) << "it has not joined yet";
  (void)stranger->join("link");
  EXPECT_EQ(reaches(*stranger, over_the_link), answers);
  EXPECT_EQ(reaches_soon(*stranger, at_home), no_answer) << "a link leads to no other network";
  EXPECT_EQ(server->neighbours_endpoint().host, at_home.host);
  EXPECT_EQ(server->endpoint().port, published) << "who is connected would be cut off";
  EXPECT_EQ(answer(*server, "select 1"), "1");
  EXPECT_THROW((void)stranger->join("region-a"), Error);
  EXPECT_THROW((void)stranger->join("nowhere"), Error);
}

TEST_P(EngineContract, ComesBackIntoItsNetworksAfterItWasCutOff) {
  if (!engine().properties().separates_networks) {
    return;  // it cannot be cut off: CutsOffExactlyWhenItSaysSo
  }
  engine().create_network("region-a");
  engine().create_link("link");
  const auto server = engine().create({.name = "server", .network = "region-a"});
  const auto neighbour = engine().create({.name = "neighbour", .network = "region-a"});
  const auto linked = engine().create({.name = "linked"});
  start_server(*server);
  const Endpoint over_the_link = server->join("link");
  (void)linked->join("link");
  ASSERT_EQ(reaches(*linked, over_the_link), answers);
  server->cut_off();
  EXPECT_EQ(reaches_soon(*linked, over_the_link), no_answer) << "a link is cut with the rest";
  EXPECT_EQ(reaches(*neighbour, server->join("region-a")), answers);
  EXPECT_EQ(reaches_soon(*linked, over_the_link), no_answer) << "nobody led it there";
  EXPECT_EQ(reaches(*linked, server->join("link")), answers);
  EXPECT_EQ(answer(*server, "select 1"), "1");
}

TEST_P(EngineContract, QuarantinesExactlyWhenItSaysSo) {
  if (!engine().properties().quarantines) {
    EXPECT_THROW((void)engine().create({.name = "suspect", .quarantined = true}), Error);
    EXPECT_TRUE(listed(owned_now()).empty());
    return;
  }
  const auto outside = engine().create({.name = "outside"});
  start_server(*outside);
  const Endpoint address = outside->neighbours_endpoint();
  {
    const auto control = engine().create({.name = "control"});
    ASSERT_EQ(reaches(*control, address), answers);
  }
  const auto suspect = engine().create({.name = "suspect", .quarantined = true});
  start_server(*suspect);
  EXPECT_EQ(reaches_soon(*suspect, address), no_answer) << "it reaches out";
  EXPECT_EQ(suspect->endpoint().host.front(), '/');
  EXPECT_EQ(answer(*suspect, "select 1"), "1") << "nobody reaches in through its socket";
  EXPECT_TRUE(suspect
                  ->exec({.argv = {"pg_isready", "-t", "50", "-h", "127.0.0.1", "-p",
                              std::to_string(suspect->listen_inside().port)}})
                  .ok())
      << "programs inside do not share its loopback";
  const std::string said =
      answer(*suspect, fmt::format("create temp table said (line text); copy said from program "
                                   "'pg_isready -t 2 -h {} -p {} || true'; select * from said",
                           address.host, address.port));
  EXPECT_TRUE(said.ends_with("no response") || said.ends_with("no attempt"))
      << said << "its server reaches out";
  EXPECT_THROW((void)suspect->neighbours_endpoint(), Error);
}

}  // namespace pgrehearse
