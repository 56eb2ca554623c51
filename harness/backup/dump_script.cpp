#include "harness/backup/dump_script.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "harness/backup/backup_scripts.hpp"
#include "harness/backup/dump_client.hpp"
#include "harness/base/error.hpp"
#include "harness/base/random.hpp"
#include "harness/base/text.hpp"

namespace pgrehearse {
namespace {

constexpr Milliseconds hours_at_most = std::chrono::hours{4};
constexpr std::string_view restriction = "\\restrict ";
constexpr std::string_view its_end = "\\unrestrict ";

bool restricts(std::string_view line) {
  return line.starts_with(restriction) || line.starts_with(its_end);
}

// `script` is read from standard input behind our word; `file`, if any, after that.
std::vector<std::string> run_restricted(const Cluster& cluster, const std::string& database,
    const std::string& script, const std::string& file) {
  std::vector<std::string> argv{"psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1",
      "--output=/dev/null", "--dbname=" + database, "--file=-"};
  if (!file.empty()) {
    argv.push_back("--file=" + file);
  }
  Program psql = dump_client(cluster, argv);
  psql.input = fmt::format("{}{}\n{}", restriction, random_hex(16), script);
  const Completed ran = cluster.instance().exec(psql);
  if (ran.err.find("backslash commands are restricted") != std::string::npos) {
    throw Error{ErrorCode::backup_unusable,
        "the dump holds a psql meta-command, which was not obeyed",
        "pg_dump writes none there: somebody wants a program run wherever the dump is loaded."};
  }
  demand_success(ran, "psql");
  return complaints_in("psql", ran.err);
}

// Numbers of the lines that match, as grep prints them, with the lines themselves.
std::vector<std::pair<int, std::string>> lines_like(
    Instance& instance, const std::string& file, const std::string& pattern) {
  const Completed found =
      instance.exec({.argv = {"grep", "-n", "-a", "-E", pattern, file}, .deadline = hours_at_most});
  std::vector<std::pair<int, std::string>> lines;
  for (const std::string& line : lines_of(found.out)) {
    const std::size_t colon = line.find(':');
    lines.emplace_back(std::stoi(line), line.substr(colon + 1));
  }
  return lines;
}

// Where the script's own word comes and goes.
std::vector<int> lines_that_restrict(Instance& instance, const std::string& file) {
  std::vector<int> lines;
  for (const auto& [number, line] :
      lines_like(instance, file, R"(^\\(un)?restrict [A-Za-z0-9]+$)")) {
    lines.push_back(number);
  }
  return lines;
}

// \connect shop, \connect "my shop", \connect -reuse-previous=on "dbname='shop'"
std::string connected_database(const std::string& line) {
  std::string name = line.substr(line.find(' ') + 1);
  constexpr std::string_view conninfo = "dbname='";
  if (const std::size_t at = name.find(conninfo); at != std::string::npos) {
    return name.substr(at + conninfo.size(), name.rfind('\'') - at - conninfo.size());
  }
  if (name.size() > 1 && name.front() == '"' && name.back() == '"') {
    name = name.substr(1, name.size() - 2);
    for (std::size_t at = 0; (at = name.find("\"\"", at)) != std::string::npos; ++at) {
      name.erase(at, 1);
    }
  }
  return name;
}

// The lines of one part, without words that restrict, as a file of its own.
std::string part_of(Instance& instance, const std::string& file, int first, int last) {
  const std::string part = fmt::format("{}.from-{}", file, first);
  exec_or_throw(instance,
      {.argv = {"sed", "-n",
           fmt::format(
               R"({},{}{{/^\\(un)?restrict /d;/^(CREATE|ALTER) ROLE postgres[; ]/d;w {}{}}})",
               first, last == 0 ? std::string{"$"} : fmt::format("{}", last), part, "\n"),
           "-E", file},
          .deadline = hours_at_most});
  return part;
}

}  // namespace

std::vector<std::string> load_globals(const Cluster& cluster, const std::string& script) {
  std::string text;
  for (const std::string& line : lines_of(script)) {
    // pg_dumpall makes the role that every cluster already has. Its ALTER ROLE is welcome.
    if (line != "CREATE ROLE postgres;" && !restricts(line)) {
      text += line + "\n";
    }
  }
  return run_restricted(cluster, "postgres", text, {});
}

std::vector<std::string> load_plain_dump(
    const Cluster& cluster, const std::string& file, const std::string& database) {
  Instance& instance = cluster.instance();
  const std::vector<int> lines = lines_that_restrict(instance, file);
  if (lines.size() != 4) {
    throw Error{ErrorCode::backup_unusable,
        "the plain dump does not restrict psql as pg_dump writes it",
        "pg_dump has done so since 15.14. It is of an older one, or somebody changed it."};
  }
  // Between its two parts the script leaves its restriction to connect to the new database. We
  // connect for it.
  const Completed cut = exec_or_throw(instance,
      {.argv = {"sed", "-n", fmt::format("1,{}{{/^\\\\restrict /!p}}", lines[1] - 1), file},
          .deadline = hours_at_most});
  exec_or_throw(
      instance, {.argv = {"sed", "-i", fmt::format("1,{}d;{}d", lines[2], lines[3]), file},
                    .deadline = hours_at_most});
  std::vector<std::string> complaints = run_restricted(cluster, "postgres", cut.out, {});
  for (std::string& complaint : run_restricted(cluster, database, {}, file)) {
    complaints.push_back(std::move(complaint));
  }
  return complaints;
}

std::vector<std::string> load_any_script(
    const Cluster& cluster, const std::string& file, const std::string& database) {
  Instance& instance = cluster.instance();
  if (lines_like(instance, file, "^-- PostgreSQL database( cluster)? dump complete").empty()) {
    throw Error{ErrorCode::backup_unusable, "the plain dump has no end",
        "pg_dump was ended, or its output cut, before the last line."};
  }
  const auto connects = lines_like(instance, file, R"(^\\connect )");
  const bool makes_database = !lines_like(instance, file, "^CREATE DATABASE ").empty();
  std::string into = makes_database || !connects.empty() ? "postgres" : database;
  if (into == database && database != "postgres") {
    cluster.connect().exec("CREATE DATABASE " + identifier(database));
  }
  std::vector<std::string> complaints;
  int first = 1;
  for (std::size_t number = 0; number <= connects.size(); ++number) {
    const bool last = number == connects.size();
    const std::string part =
        part_of(instance, file, first, last ? 0 : connects.at(number).first - 1);
    for (std::string& complaint : run_restricted(cluster, into, {}, part)) {
      complaints.push_back(std::move(complaint));
    }
    exec_or_throw(instance, {.argv = {"rm", "-f", part}});
    if (!last) {
      first = connects.at(number).first + 1;
      into = connected_database(connects.at(number).second);
    }
  }
  return complaints;
}

}  // namespace pgrehearse
