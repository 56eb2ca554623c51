#include "harness/cli/init_trial.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/drill/migrate.hpp"
#include "harness/drill/source.hpp"
#include "harness/drill/sql_or_command.hpp"
#include "harness/project/scratch.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

Subject subject_to_try(const Layout& layout, const fs::path& root) {
  Subject subject{.name = layout.name};
  subject.folder = root;
  if (layout.migrations && layout.migrations->format) {
    const FoundMigrations& found = *layout.migrations;
    subject.migrate.directory = found.file.empty() ? found.folder : found.file;
    subject.migrate.format = *found.format;
  } else if (layout.migrations) {
    subject.migrate.command = Command{.argv = {"/bin/sh", "-c", layout.migrations->command}};
  }
  if (major_version_of(layout.image) == 15 && !layout.image.starts_with("postgres:")) {
    subject.postgres.image = layout.image;
  }
  return subject;
}

// The first step misses what it is there to change.
bool upgrades_what_is_not_there(const MigrationError& error) {
  constexpr std::array<std::string_view, 5> missing{"42P01", "42703", "42704", "42883", "3F000"};
  return error.applied() == 0 &&
         std::find(missing.begin(), missing.end(), error.sqlstate()) != missing.end();
}

class Trial {
 public:
  Trial(const Layout& layout, fs::path root, const InitEngine& given)
      : layout_(layout),
        root_(std::move(root)),
        scratch_(config(given), server_settings(subject()), subject().database) {
    fmt::print("  engine      {}\n", scratch_.engine());
  }

  InitTrial made() {
    make_schema();
    fill();
    trial_.content.layout = layout_;
    return trial_;
  }

 private:
  [[nodiscard]] Subject subject() const { return subject_to_try(layout_, root_); }

  [[nodiscard]] EngineConfig config(const InitEngine& given) const {
    return {.engine = given.engine,
        .image = given.image.empty() ? subject().postgres.image : given.image,
        .cluster = {}};
  }

  [[nodiscard]] HookContext context(const char* phase) const {
    HookContext context{.run_id = scratch_.run_id(), .phase = phase};
    context.connection = scratch_.connection();
    return context;
  }

  void make_schema() {
    if (layout_.migrations && !layout_.migrations->goes_where_told) {
      trial_.problem = fmt::format(
          "the migrations were not tried, because they may go to a database that is no scratch "
          "server: {}",
          layout_.migrations->note);
      fmt::print("  migrations  not tried\n");
      return;
    }
    try {
      migrate_once();
    } catch (const MigrationError& error) {
      if (!upgrades_what_is_not_there(error) || !take_a_whole_schema(error)) {
        note(error);
      }
    } catch (const Error& error) {
      note(error);
    }
  }

  void migrate_once() {
    const MigrationOutcome outcome = migrate(subject(), context("migrate"));
    fmt::print("  migrations  {}\n",
        outcome.by_command ? "the command succeeded" : fmt::format("{} applied", outcome.applied));
  }

  void note(const Error& error) {
    trial_.problem = fmt::format(
        "the migrations could not be applied, so no drill can be met yet: {}", error.what());
    fmt::print("  migrations  FAILED: {}\n", error.message());
  }

  bool take_a_whole_schema(const MigrationError& error) {
    const Layout before = layout_;
    for (const FoundMigrations& other : before.other_migrations) {
      if (other.file.empty()) {
        continue;
      }
      layout_.migrations = other;
      layout_.migrations->note =
          fmt::format("{} was not taken: its first file, {}, changes what is not there",
              before.migrations->folder.string(), error.place());
      scratch_.empty_database();
      try {
        migrate_once();
        fmt::print("              by {}; {}\n", other.seen.string(), layout_.migrations->note);
        layout_.other_migrations = {*before.migrations};
        return true;
      } catch (const Error&) {  // the first way is the one to tell of
        layout_ = before;
      }
    }
    return false;
  }

  void fill() {
    Subject seeded = subject();
    for (const fs::path& file : layout_.seeds) {
      seeded.seed.files.push_back(root_ / file);
    }
    try {
      apply(seeded.seed, seeded, context("seed"));
    } catch (const Error& error) {
      trial_.content.seeds_work = false;
      fmt::print("  seed        FAILED, left out: {}\n", error.message());
    }
    Session session{scratch_.connection()};
    const bool make_up = layout_.seeds.empty() || !trial_.content.seeds_work;
    const Sketch sketch = sketch_of(session, make_up ? MadeUpRows::yes : MadeUpRows::no);
    const bool migrated_by_us = layout_.migrations && layout_.migrations->command.empty();
    if (sketch.found_tables == 0 && (!migrated_by_us || !trial_.problem.empty())) {
      say_that_nothing_is_there();
      return;
    }
    fmt::print("  rows        made up for {} tables, none for {}{}\n", sketch.filled.size(),
        sketch.refused.size(),
        sketch.own_tables ? "; two tables of our own stand in for clients and accidents" : "");
    trial_.content.sketch = sketch;
  }

  // Tables of our own would be drilled, and prove nothing about this repository.
  void say_that_nothing_is_there() {
    if (!trial_.problem.empty()) {
      return;
    }
    if (layout_.migrations) {
      trial_.problem =
          "the migrations ended well and made no table on the scratch server, so there is nothing "
          "to drill: does their command go to another database?";
      return;
    }
    trial_.problem =
        "nothing here that was understood makes a schema, so there is nothing to drill: give "
        "'migrate' in drill.yaml a folder, a file or a program";
    if (!layout_.loose_sql.empty()) {
      trial_.problem += fmt::format("; {} SQL files were seen and not taken, such as {}",
          layout_.loose_sql.size(), layout_.loose_sql.front().string());
    }
  }

  Layout layout_;
  fs::path root_;
  Scratch scratch_;
  InitTrial trial_ = {};
};

}  // namespace

InitTrial try_layout(const Layout& layout, const fs::path& root, const InitEngine& engine) {
  fmt::print("trying it on a scratch server\n");
  return Trial{layout, root, engine}.made();
}

}  // namespace pgrehearse
