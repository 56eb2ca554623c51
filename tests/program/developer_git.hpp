// git as a developer runs it in the repository of a test, whoever runs the test.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/process/run.hpp"

namespace pgrehearse {

/// Throws Error{program_failed} where git does not succeed.
inline void developer_git(
    const std::filesystem::path& repository, const std::vector<std::string>& words) {
  std::vector<std::string> argv{"git", "-C", repository.string(), "-c", "user.name=A Developer",
      "-c", "user.email=developer@example.invalid"};
  argv.insert(argv.end(), words.begin(), words.end());
  run_or_throw({.argv = argv});
}

}  // namespace pgrehearse
