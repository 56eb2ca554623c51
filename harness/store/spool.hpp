// A file without a name: room for bytes on their way that are too many for memory. It is gone with
// the process, however that ends. Only sealed bytes go there.
#pragma once

#include <string_view>

#include "harness/process/spawn.hpp"
#include "harness/store/content.hpp"

namespace pgrehearse {

/// In the system's temporary folder, mode 0600. All throw Error{io}.
class Spool {
 public:
  Spool();

  void add(std::string_view piece);
  /// For a program that writes it. Shares its place in the file with add().
  [[nodiscard]] int writer() const { return file_.get(); }
  /// A descriptor of its own, at the beginning, for reading.
  [[nodiscard]] OwnedFd reader() const;
  /// What is in it now. The spool must outlive it.
  [[nodiscard]] Content content() const;

 private:
  OwnedFd file_;
};

}  // namespace pgrehearse
