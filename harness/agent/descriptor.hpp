// An open file, and the few calls of the kernel that the agent makes on it. The agent speaks to the
// kernel directly because it must know exactly when bytes are durable; streams do not tell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pgrehearse {

class [[nodiscard]] Descriptor {
 public:
  Descriptor() = default;
  /// Takes ownership of an open file descriptor; a negative one means "none".
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// Throws Error{io} "cannot <what>: <reason of errno>", placed at the path.
[[noreturn]] void throw_io(std::string_view what, const std::filesystem::path& path);

/// All of these throw Error{io} naming the path. O_CLOEXEC is always added.
Descriptor open_file(const std::filesystem::path& path, int flags, unsigned mode = 0600);
/// For listing and for fsync.
Descriptor open_directory(const std::filesystem::path& path);
/// Fills the piece as far as the file goes; less than its size means the file ended. 0 at the end.
[[nodiscard]] std::size_t read_piece(
    const Descriptor& file, std::span<char> piece, const std::filesystem::path& path);
void write_whole(const Descriptor& file, std::string_view bytes, const std::filesystem::path& path);
/// fsync: on return the bytes (or the directory's names) are on stable storage.
void make_durable(const Descriptor& file, const std::filesystem::path& path);
/// Size of a regular file; anything else is Error{io} "not a regular file".
[[nodiscard]] std::uint64_t bytes_of_regular_file(
    const Descriptor& file, const std::filesystem::path& path);

}  // namespace pgrehearse
