// What is to be put into a store: bytes at hand, or a file of any size. It can be read more than
// once, because a request that broke off is sent again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "harness/process/spawn.hpp"

namespace pgrehearse {

class Content {
 public:
  [[nodiscard]] static Content of_bytes(std::string bytes);
  /// The file is opened when it is read, and must not change meanwhile. Throws Error{io} when it is
  /// not there or not a regular file.
  [[nodiscard]] static Content of_file(std::filesystem::path path);

  [[nodiscard]] std::uint64_t bytes() const { return size_; }

 private:
  friend class ContentReader;
  Content() = default;

  std::string bytes_;
  std::filesystem::path path_;  // empty: bytes_
  std::uint64_t size_ = 0;
};

/// Reads a stretch of a Content from its beginning. The Content must outlive it.
class ContentReader {
 public:
  explicit ContentReader(const Content& content);
  ContentReader(const Content& content, std::uint64_t offset, std::uint64_t bytes);

  /// Fills `room`, or less at the end of the stretch; 0 is the end. Throws Error{io} when the file
  /// cannot be read or has become shorter.
  std::size_t read(char* room, std::size_t bytes);
  void rewind() { done_ = 0; }

 private:
  const Content* content_;
  std::uint64_t offset_;
  std::uint64_t bytes_;
  std::uint64_t done_ = 0;
  OwnedFd file_;
};

/// SHA-256 of all of it, or of a stretch, as 64 hexadecimal digits. Constant memory.
[[nodiscard]] std::string sha256_of(const Content& content);
[[nodiscard]] std::string sha256_of(
    const Content& content, std::uint64_t offset, std::uint64_t bytes);

}  // namespace pgrehearse
