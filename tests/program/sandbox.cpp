#include "tests/program/sandbox.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <sys/stat.h>

#include "harness/base/error.hpp"
#include "harness/engine/run_scope.hpp"
#include "harness/process/companion.hpp"
#include "harness/process/run.hpp"
#include "harness/process/spawn.hpp"
#include "harness/traffic/pgbouncer.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view drill_yaml = R"(# One table, so that a drill is short.
name: notes
database: notes
postgres:
  version: 15
migrate:
  directory: migrations
seed:
  files: [seed.sql]
workload:
  writers: 2
  role: notes_app
  sql:
    - INSERT INTO public.notes (body) VALUES ('note $writer$-$seq$')
accidental_delete:
  delete_from: public.notes
  drop_table: public.notes
  truncate: public.notes
checks:
  - id: notes-not-fewer
    sql: SELECT count(*) FROM public.notes
    expect: ">= baseline"
objectives:
  accidental-delete: {rpo: 5min, rto: 2h}
)";

constexpr std::string_view migration = R"(-- migrate:up
CREATE ROLE notes_app LOGIN;
CREATE TABLE public.notes (note_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL);
GRANT SELECT, INSERT ON public.notes TO notes_app;

-- migrate:down
DROP TABLE public.notes;
)";

constexpr std::string_view seed =
    "INSERT INTO public.notes (body) SELECT 'seeded ' || n FROM generate_series(1, 50 * :scale) AS "
    "n;\n";

// Where things are on this host; everything else would be a choice.
constexpr std::array<std::string_view, 5> places{"PGREHEARSE_PG_BIN=", "PGREHEARSE_PGBOUNCER=",
    "PGREHEARSE_LOCAL_USER=", "PGREHEARSE_LIBEXEC=", "PGREHEARSE_CONTAINER_MEMORY="};

// So that what is killed, interrupted and searched for secrets has a pooler too.
std::string pooler_where_there_is_one() {
  try {
    static_cast<void>(pgbouncer_program());
    return "traffic: {pooler: pgbouncer}\n";
  } catch (const Error&) {
    return "";
  }
}

bool is_a_choice(const std::string& variable) {
  const bool is_a_place = std::any_of(places.begin(), places.end(),
      [&](std::string_view place) { return variable.starts_with(place); });
  return !is_a_place && (variable.starts_with("PGREHEARSE_") || variable.starts_with("GTEST_"));
}

}  // namespace

Sandbox::Sandbox() : folder_{"prog"} {
  // The account that runs local servers has its folders below.
  if (chmod(path().c_str(), 0711) != 0) {
    throw Error{ErrorCode::io, "cannot open the way through", {}, path().string()};
  }
  fs::create_directories(subject() / "migrations");
  write_file(subject() / "drill.yaml", std::string{drill_yaml} + pooler_where_there_is_one());
  write_file(subject() / "migrations" / "0001_notes.sql", migration);
  write_file(subject() / "seed.sql", seed);
}

fs::path Sandbox::fresh(std::string_view name) {
  return path() / fmt::format("{}-{}", name, ++given_);
}

std::vector<std::string> Sandbox::environment() const {
  std::vector<std::string> environment = own_environment();
  std::erase_if(environment, is_a_choice);
  set_variable(environment, "PGREHEARSE_STATE_DIR", state().string());
  set_variable(environment, "PGREHEARSE_CACHE_DIR", cache_dir().string());
  return environment;
}

std::vector<std::string> Sandbox::runs_on_disk() const {
  std::vector<std::string> names;
  std::error_code none_yet;
  for (const fs::directory_entry& entry : fs::directory_iterator{state() / "runs", none_yet}) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

void replace_in(const fs::path& file, std::string_view what, const std::string& replacement) {
  std::string text = read_file(file);
  const std::size_t at = text.find(what);
  if (at == std::string::npos || text.find(what, at + 1) != std::string::npos) {
    throw Error{ErrorCode::bad_value, fmt::format("'{}' does not stand there once", what), {},
        file.string()};
  }
  write_file(file, text.replace(at, what.size(), replacement));
}

std::string missing_engine(const std::string& engine) {
  const Completed doctor = run({.argv = {companion("pgrehearse").string(), "doctor"}});
  const std::size_t row = ("\n" + doctor.out).find("\n" + engine + " ");
  const std::string line =
      row == std::string::npos ? "" : doctor.out.substr(row, doctor.out.find('\n', row) - row);
  return line.find(" yes ") != std::string::npos
             ? ""
             : fmt::format("no drill can run on {} here: {}", engine, line);
}

}  // namespace pgrehearse
