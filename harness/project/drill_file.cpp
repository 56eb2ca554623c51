#include "harness/project/drill_file.hpp"

#include <fmt/format.h>

#include "harness/base/text.hpp"
#include "harness/drill/migration_files.hpp"

namespace pgrehearse {
namespace {

std::string in_quotes(std::string_view text) {
  std::string result{"\""};
  for (const char letter : text) {
    result += (letter == '"' || letter == '\\') ? std::string{'\\', letter} : std::string{letter};
  }
  return result + "\"";
}

// A list item that keeps its lines.
std::string statement(const std::string& sql) {
  std::string text = "    - |-\n";
  for (const std::string& line : lines_of(sql)) {
    text += line.empty() ? "\n" : "      " + line + "\n";
  }
  return text;
}

std::string postgres(const Layout& layout) {
  std::string text =
      "postgres:\n  version: 15  # the only major version that can be drilled so far\n";
  if (layout.image.empty()) {
    return text;
  }
  const int version = major_version_of(layout.image);
  const bool plain = layout.image.starts_with("postgres:") || layout.image == "postgres";
  const std::string seen = fmt::format("{}, of {}", layout.image, layout.compose.string());
  if (version != 15) {
    return text +
           fmt::format("  # Seen: {}. It is another version, or does not say which.\n", seen);
  }
  return text +
         (plain ? fmt::format("  # Seen: {}. In containers such an image is the default.\n", seen)
                : fmt::format("  image: {}  # of {}\n", layout.image, layout.compose.string()));
}

std::string migrate(const Layout& layout) {
  if (!layout.migrations) {
    return "# No migrations were seen. Give a folder of SQL files or a program that migrates:\n"
           "# migrate:\n#   directory: db/migrations\n#   format: plain  # or dbmate, flyway, "
           "prisma, "
           "diesel\n";
  }
  const FoundMigrations& found = *layout.migrations;
  std::string text = fmt::format("# {}, by {}.", found.tool, found.seen.string());
  for (const FoundMigrations& other : layout.other_migrations) {
    text += fmt::format(" Also seen: {}, by {}.", other.tool, other.seen.string());
  }
  text += "\n";
  if (!found.note.empty()) {
    text += fmt::format("# Look at this: {}.\n", found.note);
  }
  text += "migrate:\n";
  if (!found.file.empty()) {
    return text + fmt::format("  file: {}\n", in_quotes(found.file.string()));
  }
  if (found.format) {
    return text + fmt::format("  directory: {}\n  format: {}\n", in_quotes(found.folder.string()),
                      name_of(*found.format));
  }
  return text + fmt::format("  command: {}\n", in_quotes(found.command));
}

std::string seed(const DrillFileContent& content) {
  std::string text;
  if (!content.sketch.seed.empty()) {
    text +=
        "# Rows to begin with, made up from the catalog: each statement was tried. Rows as "
        "production\n"
        "# has them find more.\n";
    if (content.sketch.own_tables) {
      text +=
          "# No table of this database would do for clients and accidents; these stand in for "
          "them.\n";
    }
    if (!content.sketch.refused.empty()) {
      text +=
          fmt::format("# No row could be made up for: {}.\n", joined(content.sketch.refused, ", "));
    }
    if (!content.sketch.had_rows.empty()) {
      text += fmt::format("# Had rows before: {}.\n", joined(content.sketch.had_rows, ", "));
    }
  }
  const bool files = content.seeds_work && !content.layout.seeds.empty();
  if (!files && content.sketch.seed.empty()) {
    return text;
  }
  text += "seed:\n";
  if (!content.sketch.seed.empty()) {
    text += "  sql:\n";
    // The repository's own seeds come after texts; rows were made up with them there.
    for (const std::string& sql : content.sketch.seed) {
      text += statement(sql);
    }
  }
  if (files) {
    text += "  files:\n";
    for (const std::filesystem::path& file : content.layout.seeds) {
      text += fmt::format("    - {}\n", in_quotes(file.string()));
    }
  }
  return text + "scale: 1\n";
}

std::string workload(const Sketch& sketch) {
  std::string text =
      "# What clients write during a drill, one transaction. Better: what your application writes, "
      "as\n"
      "# its own role (role: app).\nworkload:\n  writers: 4\n  sql:\n";
  for (const std::string& sql : sketch.workload) {
    text += statement(sql);
  }
  return text;
}

std::string accident(const Sketch& sketch) {
  const AccidentSpec& spec = sketch.accident;
  std::string text = "# What the accidents hit.\naccidental_delete:\n";
  text += fmt::format("  delete_from: {}\n  drop_table: {}\n  truncate: {}\n", spec.delete_from,
      spec.drop_table, spec.truncate);
  if (!spec.drop_schema.empty()) {
    text += fmt::format("  drop_schema: {}\n", spec.drop_schema);
  }
  if (!spec.bad_migration.empty()) {
    text += "  bad_migration:\n";
    for (const std::string& sql : spec.bad_migration) {
      text += fmt::format("    - {}\n", in_quotes(sql));
    }
    text += fmt::format("  bad_migration_table: {}\n", spec.bad_migration_table);
  }
  if (!sketch.protected_table.empty()) {
    text += fmt::format(
        "\n# Where an intruder changes data; the workload leaves it alone.\nsecurity_breach:\n  "
        "table: "
        "{}\n",
        sketch.protected_table);
  }
  return text;
}

std::string checks(const Sketch& sketch) {
  std::string text =
      "# Questions to the restored database. Content and schema are compared beside them; add what "
      "your\n"
      "# business says must hold.\nchecks:\n";
  for (const CheckSpec& check : sketch.checks) {
    text += fmt::format("  - id: {}\n    sql: {}\n    expect: {}\n", check.id, in_quotes(check.sql),
        in_quotes(check.expect));
  }
  return text;
}

std::string objectives() {
  return "# How much may be lost, and how long it may take: CHANGE THESE to what you have "
         "promised.\n"
         "# profile: daily-backup, hourly-backup, staging or pitr; or rpo and rto themselves.\n"
         "objectives:\n"
         "  accidental-delete: {rpo: 5min, rto: 2h}\n"
         "  corruption: {rpo: 5min, rto: 2h}\n"
         "  regional-outage: {rpo: 1h, rto: 4h}\n"
         "  security-breach: {rpo: 24h, rto: 4h}\n";
}

std::string backup(const Layout& layout) {
  std::string text = "# Drilled with base backups and archived WAL.";
  if (!layout.backups.empty()) {
    std::vector<std::string> names;
    for (const std::filesystem::path& file : layout.backups) {
      names.push_back(file.string());
    }
    text += fmt::format(
        " Seen here: {}.\n# Tools pgbackrest, barman and pg_dump, and scripts of your "
        "own (tool: command) can take their place.",
        joined(names, ", "));
  }
  return text + "\nbackup:\n  tool: pg_basebackup\n";
}

std::string leave_out(const DrillFileContent& content) {
  std::string text =
      "# Cases that do not apply here. Reports name them as not covered, with the "
      "reason.\nleave_out:\n";
  for (const auto& [name, reason] : content.leave_out) {
    text += fmt::format("  {}: {}\n", name, reason);
  }
  return content.leave_out.empty() ? "" : text;
}

}  // namespace

std::map<std::string, std::string> cases_to_leave_out(const Sketch& sketch) {
  std::map<std::string, std::string> cases{
      {"AccidentalDelete.WhatWasErasedAfterTheMarkerStaysErased", "no 'erasure' is described"},
      {"AccidentalDelete.FilesBesideTheDatabaseComeBackWithIt", "no 'uploads' are described"},
      {"AccidentalDelete.CachesAreRebuiltFromTheRestoredDatabase", "no 'caches' are described"}};
  if (sketch.accident.bad_migration.empty()) {
    cases.emplace("AccidentalDelete.ABadMigrationIsUndone", "no 'bad_migration' is described");
  }
  if (sketch.accident.drop_schema.empty()) {
    cases.emplace("AccidentalDelete.ADroppedSchemaComesBack", "no 'drop_schema' is described");
  }
  if (sketch.protected_table.empty()) {
    cases.emplace("SecurityBreach.*", "no table is left alone by the workload");
  }
  return cases;
}

std::string drill_file(const DrillFileContent& content) {
  const Layout& layout = content.layout;
  std::string text = fmt::format(
      "# What pgrehearse drills here, written by 'pgrehearse init'. It runs as it is; every value "
      "may be\n"
      "# changed, and nobody will overwrite it. Keys: docs/drill-yaml.md of pgrehearse.\nname: "
      "{}\n\n",
      layout.name);
  std::vector<std::string> sections{postgres(layout), migrate(layout)};
  if (!content.sketch.workload.empty()) {
    sections.insert(sections.end(), {seed(content), workload(content.sketch),
                                        accident(content.sketch), checks(content.sketch)});
  } else {
    sections.emplace_back(
        "# Nothing is known of the schema yet, so no drill of it can be met. With migrations "
        "above, take\n"
        "# this file away and let 'pgrehearse init' write it again: with rows, a workload and "
        "checks.\n");
  }
  sections.insert(sections.end(), {objectives(), leave_out(content), backup(layout)});
  for (const std::string& section : sections) {
    text += section.empty() ? "" : section + "\n";
  }
  text.pop_back();
  return text;
}

}  // namespace pgrehearse
