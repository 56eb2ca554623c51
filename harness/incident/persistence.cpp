#include "harness/incident/persistence.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace pgrehearse {
namespace {

std::string replaced(std::string text, std::string_view what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), by);
    at += by.size();
  }
  return text;
}

std::string filled_in(const Stage& stage, const Trick& trick, std::string_view script) {
  std::string it = "intruder_" + std::string{trick.id};
  std::replace(it.begin(), it.end(), '-', '_');
  const std::string named = replaced(std::string{script}, "{it}", it);
  return replaced(
      replaced(named, "{table}", stage.table), "{database}", identifier(stage.database));
}

void run_statements(Session& session, const std::string& statements) {
  constexpr std::string_view end = ";;";
  for (std::size_t at = 0; at < statements.size();) {
    const std::size_t next = std::min(statements.find(end, at), statements.size());
    session.exec(statements.substr(at, next - at));
    at = next + end.size();
  }
}

void run_in(const Stage& stage, const std::string& database, const std::string& statements) {
  Session session = stage.cluster.connect(database);
  run_statements(session, statements);
}

void run_in_template0(const Stage& stage, const std::string& statements) {
  Session outside = stage.cluster.connect(stage.database);
  const std::string open = outside.value(
      "SELECT datallowconn::text FROM pg_catalog.pg_database WHERE datname = 'template0'");
  outside.exec("ALTER DATABASE template0 ALLOW_CONNECTIONS true");
  run_in(stage, "template0", statements);
  outside.exec("ALTER DATABASE template0 ALLOW_CONNECTIONS " + open);
}

void run_at(const Stage& stage, Seat seat, const std::string& script) {
  switch (seat) {
    case Seat::database:
      return run_in(stage, stage.database, script);
    case Seat::settings:
      run_in(stage, stage.database, script);
      return stage.cluster.reload();
    case Seat::template1:
      return run_in(stage, "template1", script);
    case Seat::template0:
      return run_in_template0(stage, script);
    case Seat::files:
      exec_or_throw(stage.cluster.instance(),
          {.argv = {"sh", "-e", "-c", fmt::format("umask 077\ncd \"$1\"\n{}", script), "sh",
               stage.cluster.data_path()}});
      return;
    case Seat::session:
      return;
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
  const std::string script = filled_in(stage, trick, trick.plant);
  run_at(stage, trick.seat, script);
  Planted planted;
  if (trick.seat == Seat::session) {
    ConnectionSpec spec = stage.cluster.connection(stage.database);
    spec.application = script;
    planted.session.emplace(spec);
  }
  return planted;
}

void uproot(const Stage& stage, const Trick& trick) {
  run_at(stage, trick.seat, filled_in(stage, trick, trick.uproot));
}

}  // namespace pgrehearse
