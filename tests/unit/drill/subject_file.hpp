// A drill.yaml in a folder of its own, and what loading it says.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/drill/subject.hpp"

namespace pgrehearse {

class SubjectFile {
 public:
  explicit SubjectFile(std::string_view text) {
    std::filesystem::create_directory(folder_.path() / "migrations");
    write_file(folder_.path() / "seed.sql", "SELECT 1;\n");
    write(text);
  }

  void write(std::string_view text) const { write_file(path(), text); }
  [[nodiscard]] std::filesystem::path folder() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "drill.yaml"; }
  /// "<file>:<line>" as errors give it.
  [[nodiscard]] std::string line(int number) const {
    return path().string() + ":" + std::to_string(number);
  }
  [[nodiscard]] Subject load() const { return load_subject(path()); }
  /// The Error of loading, or nothing.
  [[nodiscard]] std::optional<Error> refusal() const {
    try {
      static_cast<void>(load());
      return std::nullopt;
    } catch (const Error& error) {
      return error;
    }
  }

 private:
  TempDir folder_{"pgrehearse-test"};
};

}  // namespace pgrehearse
