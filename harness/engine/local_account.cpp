#include "harness/engine/local_account.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"

namespace pgrehearse {
namespace {

std::optional<Account> account_named(const std::string& name) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 16384> space;
  if (getpwnam_r(name.c_str(), &entry, space.data(), space.size(), &found) != 0 ||
      found == nullptr) {
    return std::nullopt;
  }
  return Account{.name = name, .uid = entry.pw_uid, .gid = entry.pw_gid};
}

}  // namespace

std::optional<Account> local_account() {
  if (geteuid() != 0) {
    return std::nullopt;
  }
  const char* told = std::getenv("PGREHEARSE_LOCAL_USER");
  if (told != nullptr && *told != '\0') {
    std::optional<Account> account = account_named(told);
    if (!account.has_value() || account->uid == 0) {
      throw Error{ErrorCode::bad_config,
          fmt::format("'{}' is not an account that servers can run as", told),
          "Name an existing account other than root.", "PGREHEARSE_LOCAL_USER"};
    }
    return account;
  }
  for (const char* name : {"postgres", "nobody"}) {
    if (std::optional<Account> account = account_named(name); account.has_value()) {
      return account;
    }
  }
  throw Error{ErrorCode::engine_missing,
      "postgres does not run as root, and there is no other account",
      "Make an account and name it in PGREHEARSE_LOCAL_USER, or run as an ordinary user."};
}

void make_folder_for(const std::filesystem::path& path, const std::optional<Account>& account) {
  if (mkdir(path.c_str(), 0700) != 0 ||
      (account.has_value() && lchown(path.c_str(), account->uid, account->gid) != 0)) {
    throw Error{ErrorCode::io, fmt::format("cannot create directory: {}", std::strerror(errno)), {},
        path.string()};
  }
}

void write_file_for(const std::filesystem::path& path, std::string_view content,
    const std::optional<Account>& account) {
  const std::filesystem::path made{
      path.parent_path().string() + "." + path.filename().string() + ".tmp"};
  write_file(made, content, 0600);
  if ((account.has_value() && lchown(made.c_str(), account->uid, account->gid) != 0) ||
      rename(made.c_str(), path.c_str()) != 0) {
    throw Error{ErrorCode::io, fmt::format("cannot write a file: {}", std::strerror(errno)), {},
        path.string()};
  }
}

}  // namespace pgrehearse
