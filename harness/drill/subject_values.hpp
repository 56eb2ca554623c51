// How single values of drill.yaml are read, whichever section they stand in: texts, numbers,
// durations, commands, paths. The tree fits the schema already; here is what a schema cannot say.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/drill/subject.hpp"
#include "harness/drill/subject_yaml.hpp"

namespace pgrehearse {

/// Every function throws Error{bad_config} naming file and line. What the file does not give stays
/// as it is, or is empty.
class SubjectValues {
 public:
  /// `file` as shown to people; paths start in `folder`.
  SubjectValues(std::string file, std::filesystem::path folder);

  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[noreturn]] void fail(int line, std::string message, std::string hint) const;

  static void set(std::string& value, const YamlNode& map, std::string_view key);
  static void set(int& value, const YamlNode& map, std::string_view key);
  static void set(std::int64_t& value, const YamlNode& map, std::string_view key);
  /// A text, or a list of texts.
  [[nodiscard]] static std::vector<std::string> texts(const YamlNode& map, std::string_view key);
  /// The map under "settings".
  [[nodiscard]] static std::map<std::string, std::string> settings(const YamlNode& map);

  /// Not both of them.
  void exclude(const YamlNode& map, std::string_view one, std::string_view other) const;
  /// At most ten years.
  [[nodiscard]] std::optional<Milliseconds> duration(
      const YamlNode& map, std::string_view key) const;
  /// A text for the shell or a list, and the map's "deadline". A program given by a path exists.
  [[nodiscard]] std::optional<Command> command(
      const YamlNode& map, std::string_view key = "command") const;
  /// The folder under "directory", which exists.
  [[nodiscard]] std::filesystem::path directory(const YamlNode& map) const;
  /// The file under "file", which exists.
  [[nodiscard]] std::filesystem::path one_file(const YamlNode& map) const;
  /// The list under "files"; each is a plain file.
  [[nodiscard]] std::vector<std::filesystem::path> files(const YamlNode& map) const;

 private:
  [[nodiscard]] std::filesystem::path plain_file(const YamlNode& node) const;

  std::string file_;
  std::filesystem::path folder_;
};

}  // namespace pgrehearse
