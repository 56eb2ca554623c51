#include "harness/drill/sink.hpp"

#include "harness/pg/cluster.hpp"

namespace pgrehearse {

Sink::Sink(Run& run, Instance& server, const std::string& network)
    : server_(server),
      server_at_(server.neighbours_endpoint()),
      instance_(run.engine.create({.name = run.next_name("sink"), .network = network})) {
  Cluster{*instance_, run.engine.superuser_password()}.start();
}

bool Sink::hears(Seconds patience) {
  return answers(server_, instance_->neighbours_endpoint(), patience);
}

bool Sink::reaches(Seconds patience) {
  return answers(*instance_, server_at_, patience);
}

}  // namespace pgrehearse
