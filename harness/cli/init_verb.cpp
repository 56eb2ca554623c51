#include "harness/cli/init_verb.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/settings.hpp"
#include "harness/drill/migrate.hpp"
#include "harness/drill/source.hpp"
#include "harness/drill/sql_or_command.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/run.hpp"
#include "harness/project/drill_file.hpp"
#include "harness/project/pipelines.hpp"
#include "harness/project/scratch.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

struct Given {
  std::string folder = ".";
  std::string engine = "auto";
  std::string image = {};
};

void say_what_was_seen(const Layout& layout) {
  fmt::print("saw\n");
  if (layout.migrations) {
    fmt::print(
        "  migrations  {}, by {}\n", layout.migrations->tool, layout.migrations->seen.string());
    if (!layout.migrations->note.empty()) {
      fmt::print("              {}\n", layout.migrations->note);
    }
  } else {
    fmt::print("  migrations  none\n");
  }
  for (const FoundMigrations& other : layout.other_migrations) {
    fmt::print("              not taken: {}, by {}\n", other.tool, other.seen.string());
  }
  for (const fs::path& seed : layout.seeds) {
    fmt::print("  seed        {}\n", seed.string());
  }
  if (!layout.image.empty()) {
    fmt::print("  server      {}, in {}\n", layout.image, layout.compose.string());
  }
  for (const fs::path& backup : layout.backups) {
    fmt::print("  backups     {}\n", backup.string());
  }
  fmt::print("  CI          {}\n", name_of(layout.ci));
}

Subject subject_to_try(const Layout& layout, const fs::path& root) {
  Subject subject{.name = layout.name};
  subject.folder = root;
  if (layout.migrations && layout.migrations->format) {
    subject.migrate.directory = layout.migrations->folder;
    subject.migrate.format = *layout.migrations->format;
  } else if (layout.migrations) {
    subject.migrate.command = Command{.argv = {"/bin/sh", "-c", layout.migrations->command}};
  }
  if (major_version_of(layout.image) == 15 && !layout.image.starts_with("postgres:")) {
    subject.postgres.image = layout.image;
  }
  return subject;
}

/// What a try on a scratch server taught; `problem` says why it could not be gone through with.
struct Tried {
  DrillFileContent content = {};
  std::string problem = {};
};

void try_on(const Scratch& scratch, Subject subject, Tried& tried) {
  HookContext context{.run_id = scratch.run_id(), .phase = "migrate"};
  context.connection = scratch.connection();
  try {
    const MigrationOutcome outcome = migrate(subject, context);
    fmt::print("  migrations  {}\n",
        outcome.by_command ? "the command succeeded" : fmt::format("{} applied", outcome.applied));
  } catch (const Error& error) {
    tried.problem = error.what();
    fmt::print("  migrations  FAILED: {}\n", error.message());
  }
  subject.seed.files = tried.content.layout.seeds;
  for (fs::path& file : subject.seed.files) {
    file = subject.folder / file;
  }
  context.phase = "seed";
  try {
    apply(subject.seed, subject, context);
  } catch (const Error& error) {
    tried.content.seeds_work = false;
    fmt::print("  seed        FAILED, left out: {}\n", error.message());
  }
  Session session{context.connection};
  const bool make_up = subject.seed.files.empty() || !tried.content.seeds_work;
  Sketch& sketch = tried.content.sketch;
  sketch = sketch_of(session, make_up ? MadeUpRows::yes : MadeUpRows::no);
  fmt::print("  rows        made up for {} tables, none for {}{}\n", sketch.filled.size(),
      sketch.refused.size(),
      sketch.own_tables ? "; two tables of our own stand in for clients and accidents" : "");
}

/// Says where the content went; an existing file stays, and the difference is shown.
bool put(const fs::path& root, const fs::path& file, std::string_view text, bool executable) {
  const fs::path path = root / file;
  if (!fs::exists(fs::symlink_status(path))) {
    fs::create_directories(path.parent_path());
    write_file(path, text, executable ? 0755 : 0644);
    fmt::print("  wrote       {}\n", file.string());
    return true;
  }
  const TempDir folder{"pgrehearse-init"};
  const fs::path ours = folder.path() / path.filename();
  write_file(ours, text);
  const Completed difference = run({.argv = {"diff", "-u", "--label", file.string(), "--label",
                                        "what init would write", path.string(), ours.string()}});
  fmt::print("  kept        {}, which was there{}\n{}", file.string(),
      difference.status == 0 ? " and says the same" : "; the difference:", difference.out);
  return false;
}

int init(const Given& given) {
  const Tree tree = tree_of(given.folder);
  Tried tried{.content = {.layout = layout_of(tree)}};
  const Layout& layout = tried.content.layout;
  say_what_was_seen(layout);

  catch_interrupts();
  const Subject subject = subject_to_try(layout, tree.root);
  fmt::print("trying it on a scratch server\n");
  {
    const Scratch scratch{{.engine = given.engine,
                              .image = given.image.empty() ? subject.postgres.image : given.image,
                              .cluster = {}},
        server_settings(subject), subject.database};
    fmt::print("  engine      {}\n", scratch.engine());
    try_on(scratch, subject, tried);
  }
  tried.content.leave_out = cases_to_leave_out(tried.content.sketch);

  const bool ours = put(tree.root, "drill.yaml", drill_file(tried.content), false);
  static_cast<void>(load_subject(tree.root / "drill.yaml"));
  const Pipeline pipeline = pipeline_for(layout.ci);
  for (const PipelineFile& file : pipeline.files) {
    put(tree.root, file.file, file.text, file.executable);
  }
  if (!tried.problem.empty()) {
    fmt::print(stderr, "the migrations could not be applied, so no drill can be met yet: {}\n",
        tried.problem);
    return exit_not_proven;
  }
  fmt::print("next\n  {}pgrehearse run --scenario accidental-delete\n  {}\n",
      given.folder == "." ? "" : fmt::format("cd {} && ", given.folder), pipeline.next);
  if (ours) {
    fmt::print("  change the objectives in drill.yaml to what you have promised\n");
  }
  return exit_met;
}

}  // namespace

void add_init_verb(CLI::App& app, VerbToRun& chosen) {
  CLI::App* verb = app.add_subcommand(
      "init", "Look at a repository, and write a drill.yaml and the pipeline that fit it");
  const auto given = std::make_shared<Given>();
  verb->add_option("FOLDER", given->folder, "The repository; the current folder if not given");
  verb->add_option("--engine", given->engine, "For the scratch server: auto, docker, podman, local")
      ->check(CLI::IsMember({"auto", "docker", "podman", "local"}))
      ->envname("PGREHEARSE_ENGINE");
  verb->add_option("--image", given->image, "Image of the scratch server");
  verb->callback([&chosen, given] { chosen = [given] { return init(*given); }; });
}

}  // namespace pgrehearse
