// What the agent's tests start from: segments as a server writes them, and folders to put them
// into.
#pragma once

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/files.hpp"

namespace pgrehearse {

constexpr std::size_t mebibyte = 1024UL * 1024;

/// Repeatable noise.
inline std::string noise(std::size_t bytes, unsigned seed) {
  std::mt19937_64 source{seed};
  std::string text(bytes, '\0');
  for (std::size_t at = 0; at < bytes; at += sizeof(std::uint64_t)) {
    const std::uint64_t word = source();
    std::memcpy(text.data() + at, &word, std::min(sizeof word, bytes - at));
  }
  return text;
}

/// A segment whose first page says where it begins and how long it is. Its last three quarters are
/// zeros, as in a segment that was switched early.
inline std::string segment(
    std::uint64_t number, std::size_t bytes = 16 * mebibyte, unsigned seed = 1) {
  std::string text(bytes, '\0');
  text.replace(0, bytes / 4, noise(bytes / 4, seed));
  const std::uint16_t magic = 0xD110;
  const std::uint16_t flags = 0x0002;
  const std::uint64_t address = number * bytes;
  const auto segment_bytes = static_cast<std::uint32_t>(bytes);
  std::memcpy(text.data(), &magic, sizeof magic);
  std::memcpy(text.data() + 2, &flags, sizeof flags);
  std::memcpy(text.data() + 8, &address, sizeof address);
  std::memcpy(text.data() + 32, &segment_bytes, sizeof segment_bytes);
  return text;
}

/// Starts a process of its own whose exit status is what `story` answers.
template <typename Story>
pid_t in_another_process(const Story& story) {
  const pid_t pid = fork();
  if (pid == 0) {
    _exit(story());
  }
  return pid;
}
/// -1 when a signal ended it.
inline int exit_status_of(pid_t pid) {
  int status = 0;
  return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// What a full disk does: from now on this process can make no file longer than that.
inline void allow_files_of(std::size_t bytes) {
  const rlimit limit{bytes, bytes};
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, SIG_IGN);
}

/// Names in the folder, sorted.
inline std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace pgrehearse
