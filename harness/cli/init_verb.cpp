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
#include "harness/cli/init_trial.hpp"
#include "harness/cli/settings.hpp"
#include "harness/process/interrupt.hpp"
#include "harness/process/run.hpp"
#include "harness/project/drill_file.hpp"
#include "harness/project/pipelines.hpp"

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
  const Layout layout = layout_of(tree);
  say_what_was_seen(layout);

  catch_interrupts();
  InitTrial trial = try_layout(layout, tree.root, {.engine = given.engine, .image = given.image});
  trial.content.leave_out = cases_to_leave_out(trial.content.sketch);

  const bool ours = put(tree.root, "drill.yaml", drill_file(trial.content), false);
  static_cast<void>(load_subject(tree.root / "drill.yaml"));
  const Pipeline pipeline = pipeline_for(layout.ci);
  for (const PipelineFile& file : pipeline.files) {
    put(tree.root, file.file, file.text, file.executable);
  }
  if (!trial.problem.empty()) {
    fmt::print(stderr, "{}\n", trial.problem);
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
