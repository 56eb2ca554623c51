// What the person at the keyboard, the CI and drill.yaml want, and who of them wins.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/drill/record.hpp"
#include "harness/drill/subject.hpp"

namespace pgrehearse {

/// One option. Its flag is --<name>, its environment variable PGREHEARSE_<NAME> with underscores.
struct Option {
  std::string_view name;
  std::string_view default_value;  ///< may be empty
  std::string_view
      drill_yaml;            ///< the key of drill.yaml that gives it: "workload.writers", or empty
  std::string_view choices;  ///< "auto docker podman local"; empty: any value
  std::string_view meaning;  ///< one line for --help
};

/// All options, in the order in which they are shown.
[[nodiscard]] std::span<const Option> options();
/// "report-dir" -> "PGREHEARSE_REPORT_DIR"
[[nodiscard]] std::string variable_of(std::string_view option);

using Texts = std::map<std::string, std::string>;

/// Precedence: flag, environment, drill.yaml, default. An empty environment variable counts as not
/// set: CI systems set those for inputs that nobody filled in. Getters throw Error{bad_config}
/// whose place is the source ("--writers", "PGREHEARSE_WRITERS", "drill.yaml: workload.writers").
class Settings {
 public:
  /// `flags` by option name, those given only; `environment` by variable name, all of it. Throws
  /// Error{bad_config} for a flag that is no option.
  Settings(Texts flags, Texts environment);

  /// Takes what the file of this subject states, where neither a flag nor the environment says
  /// more.
  void adopt(const Subject& subject);

  [[nodiscard]] std::string text(std::string_view option) const;
  [[nodiscard]] std::int64_t number(
      std::string_view option, std::int64_t least, std::int64_t most) const;
  [[nodiscard]] Milliseconds duration(std::string_view option) const;
  /// "true" or "1", "false" or "0".
  [[nodiscard]] bool flag(std::string_view option) const;

  /// Every option with its value and its source; a value that holds a secret is shown as
  /// "[redacted]".
  [[nodiscard]] std::vector<SettingRecord> effective() const;
  /// One sentence for each variable PGREHEARSE_* that nobody reads, with the nearest known name.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  struct Found {
    std::string value;
    std::string source;  ///< as in SettingRecord
    std::string place;   ///< for errors
  };
  [[nodiscard]] Found find(std::string_view option) const;

  Texts flags_;
  Texts environment_;
  Texts drill_yaml_ = {};  ///< by option name
};

/// This process' environment.
[[nodiscard]] Texts environment_here();

}  // namespace pgrehearse
