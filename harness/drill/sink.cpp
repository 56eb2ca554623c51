#include "harness/drill/sink.hpp"

#include "harness/drill/reach.hpp"
#include "harness/pg/cluster.hpp"

namespace pgrehearse {

Sink::Sink(Run& run, Instance& server, const std::string& network)
    : server_(server),
      server_at_(server.neighbours_endpoint()),
      instance_(run.engine.create({.name = run.next_name("sink"), .network = network})) {
  Cluster{*instance_, run.engine.superuser_password()}.start();
}

bool Sink::hears() {
  return answers(server_, instance_->neighbours_endpoint());
}

bool Sink::reaches() {
  return answers(*instance_, server_at_);
}

}  // namespace pgrehearse
