#include "harness/incident/persistence.hpp"

#include <fmt/format.h>

#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

std::string replaced(std::string text, std::string_view what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), by);
    at += by.size();
  }
  return text;
}

void run_statements(Session& session, const Stage& stage, std::string_view statements) {
  constexpr std::string_view end = ";;";
  const std::string all = replaced(replaced(std::string{statements}, "{table}", stage.table),
      "{database}", identifier(stage.database));
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t next = std::min(all.find(end, at), all.size());
    session.exec(all.substr(at, next - at));
    at = next + end.size();
  }
}

void run_in_template0(const Stage& stage, std::string_view statements) {
  Session outside = stage.cluster.connect(stage.database);
  outside.exec("ALTER DATABASE template0 ALLOW_CONNECTIONS true");
  {
    Session inside = stage.cluster.connect("template0");
    run_statements(inside, stage, statements);
  }
  outside.exec("ALTER DATABASE template0 ALLOW_CONNECTIONS false");
}

// New sessions see the settings as soon as the postmaster has read them.
void reload(const Stage& stage) {
  constexpr std::string_view loaded = "SELECT pg_catalog.pg_conf_load_time()";
  const std::string before = stage.cluster.connect().value(loaded);
  stage.cluster.connect().exec("SELECT pg_catalog.pg_reload_conf()");
  wait_until(
      "the server to read its settings anew", Seconds{10},
      [&]() -> std::optional<std::string> {
        return stage.cluster.connect().value(loaded) != before
                   ? std::nullopt
                   : std::optional<std::string>{"it has not"};
      },
      Milliseconds{5});
}

void run_at(const Stage& stage, Seat seat, std::string_view script) {
  switch (seat) {
    case Seat::database:
    case Seat::settings: {
      Session session = stage.cluster.connect(stage.database);
      run_statements(session, stage, script);
      break;
    }
    case Seat::template1: {
      Session session = stage.cluster.connect("template1");
      run_statements(session, stage, script);
      break;
    }
    case Seat::template0:
      run_in_template0(stage, script);
      break;
    case Seat::files:
      exec_or_throw(stage.cluster.instance(),
          {.argv = {"sh", "-e", "-c", fmt::format("umask 077\ncd \"$1\"\n{}", script), "sh",
               stage.cluster.data_path()}});
      break;
    case Seat::session:
      break;
  }
  if (seat == Seat::settings) {
    reload(stage);
  }
}

}  // namespace

const Trick& trick_named(std::string_view id) {
  for (const std::span<const Trick> tricks : {tricks_on_clusters(), tricks_in_databases()}) {
    for (const Trick& trick : tricks) {
      if (trick.id == id) {
        return trick;
      }
    }
  }
  throw Error{ErrorCode::bad_value, fmt::format("there is no trick '{}'", id)};
}

Planted plant(const Stage& stage, const Trick& trick) {
  run_at(stage, trick.seat, trick.plant);
  Planted planted;
  if (trick.seat == Seat::session) {
    ConnectionSpec spec = stage.cluster.connection(stage.database);
    spec.application = trick.plant;
    planted.session.emplace(spec);
  }
  return planted;
}

void uproot(const Stage& stage, const Trick& trick) {
  run_at(stage, trick.seat, trick.uproot);
}

}  // namespace pgrehearse
