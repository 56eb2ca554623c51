#include "harness/cli/bundle_verb.hpp"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/report/bundle.hpp"

namespace pgrehearse {
namespace {

struct Given {
  std::string source;
  std::string other;
};

// By the environment only: an argument would show it to every user of the host.
std::optional<Secret> signing_key() {
  const char* key = std::getenv("PGREHEARSE_SIGNING_KEY");
  return key == nullptr || *key == '\0' ? std::nullopt : std::optional{Secret{key}};
}

int make_bundle(const Given& given) {
  if (std::filesystem::exists(given.other)) {
    throw Error{ErrorCode::refused, "there is a file of this name already",
        "A bundle never replaces another one. Choose a new name.", given.other};
  }
  const std::optional<Secret> key = signing_key();
  const std::string bytes = bundle_of(given.source, key);
  write_file(given.other, bytes, 0600);
  const BundleReport report = verify_bundle(read_file(given.other));
  fmt::print("{}: {} files of run {} ({}), {}\nhead {}\n", given.other, report.files, report.run_id,
      report.verdict, report.is_signed ? "signed" : "not signed", report.head);
  return report.faults.empty() ? exit_met : exit_not_proven;
}

int check_bundle(const Given& given) {
  const std::optional<std::string> key =
      given.other.empty() ? std::nullopt : std::optional{read_file(given.other)};
  const BundleReport report = verify_bundle(read_file(given.source), key);
  for (const std::string& fault : report.faults) {
    fmt::print("CHANGED  {}\n", fault);
  }
  if (!report.faults.empty()) {
    return exit_missed;
  }
  fmt::print("UNCHANGED  {} files of run {}, whose verdict was {}\nhead {}\n", report.files,
      report.run_id, report.verdict, report.head);
  fmt::print("{}\n", report.key_known ? "signed with the key that was asked for"
                     : report.is_signed
                         ? "signed; --public-key shows by whom"
                         : "not signed: whoever can replace the file can make another one");
  return exit_met;
}

}  // namespace

void add_bundle_verbs(CLI::App& app, VerbToRun& chosen) {
  CLI::App* bundle = app.add_subcommand("bundle", "Put the reports of a run into one sealed file");
  const auto made = std::make_shared<Given>();
  bundle->add_option("REPORT_DIR", made->source, "Folder with the reports of one run")->required();
  bundle->add_option("-o,--output", made->other, "The bundle, a tar archive")->required();
  bundle->callback([&chosen, made] { chosen = [made] { return make_bundle(*made); }; });

  CLI::App* verify = app.add_subcommand("verify-bundle", "Say whether a bundle was changed");
  const auto checked = std::make_shared<Given>();
  verify->add_option("FILE", checked->source, "The bundle")->required();
  verify->add_option("--public-key", checked->other, "Public key (PEM) that must have signed it");
  verify->callback([&chosen, checked] { chosen = [checked] { return check_bundle(*checked); }; });
}

}  // namespace pgrehearse
