// age as the kept format: what it says of files that are not whole, and that nobody sees the key.
#include "harness/crypto/age_stream.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/base/text.hpp"
#include "harness/process/run.hpp"
#include "harness/process/wait.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

class AgeStream : public testing::Test {
 protected:
  [[nodiscard]] OwnedFd opened(const std::string& name, int flags) const {
    return OwnedFd{open((folder_.path() / name).c_str(), flags | O_CLOEXEC, 0600)};
  }
  std::string sealed(std::string_view text) {
    {
      const OwnedFd file = opened("sealed", O_WRONLY | O_CREAT | O_TRUNC);
      AgeSealer sealer{key_, file.get()};
      sealer.add(text);
      sealer.end();
    }
    return read_file(folder_.path() / "sealed");
  }
  AgeEnding ending_of(const std::string& bytes, const AgeKey& key) {
    write_file(folder_.path() / "given", bytes);
    const OwnedFd file = opened("given", O_RDONLY);
    AgeOpener opener{key, file.get()};
    std::array<char, 65536> piece;
    text_.clear();
    while (const std::size_t got = opener.read(piece.data(), piece.size())) {
      text_.append(piece.data(), got);
    }
    return opener.ending();
  }

  TempDir folder_{"pgrehearse-age-test"};
  AgeKey key_ = AgeKey::generate();
  std::string text_;
};

TEST_F(AgeStream, OpensWhatItSealedAndKnowsTheSize) {
  for (const std::size_t bytes : {0UL, 1UL, 65535UL, 65536UL, 65537UL, 131072UL, 1'000'000UL}) {
    const std::string text(bytes, 'x');
    const std::string file = sealed(text);
    EXPECT_TRUE(file.starts_with("age-encryption.org/v1\n"));
    EXPECT_EQ(file.size(), sealed_size(bytes));
    EXPECT_EQ(plain_size(file.size()), bytes);
    EXPECT_EQ(ending_of(file, key_), AgeEnding::whole);
    EXPECT_EQ(text_, text);
  }
  EXPECT_FALSE(plain_size(0).has_value());
  EXPECT_FALSE(plain_size(199).has_value());
  EXPECT_FALSE(plain_size(sealed_size(65536) + 16).has_value()) << "an empty last chunk";
}

TEST_F(AgeStream, OpensForAgeAloneWithoutUs) {
  sealed("kept by a format of others");
  const Completed completed = run({.argv = {"age", "-d", "-i", "-", "sealed"},
      .input = key_.identity().reveal(),
      .cwd = folder_.path()});
  EXPECT_EQ(completed.out, "kept by a format of others");
}

TEST_F(AgeStream, TellsAnotherKeyFromDamage) {
  const std::string file = sealed(std::string(200'000, 'x'));
  EXPECT_EQ(ending_of(file, AgeKey::generate()), AgeEnding::other_key);
  EXPECT_EQ(ending_of(file + "x", key_), AgeEnding::not_genuine);
  EXPECT_EQ(ending_of("", key_), AgeEnding::not_genuine);
  EXPECT_EQ(ending_of("not a file of age", key_), AgeEnding::not_genuine);
}

// Why nothing may be used before the ending: age has handed out whole chunks by then.
TEST_F(AgeStream, HandsOutGenuineChunksOfAFileThatIsCutShort) {
  const std::string file = sealed(std::string(200'000, 'x'));
  EXPECT_EQ(ending_of(file.substr(0, sealed_size(131072)), key_), AgeEnding::not_genuine);
  EXPECT_EQ(text_.size(), 131072U);
}

TEST_F(AgeStream, SealsSmallTextsInMemory) {
  const std::string file = sealed_text(key_, "a note");
  EXPECT_EQ(file.find("a note"), std::string::npos);
  EXPECT_EQ(opened_text(key_, file), "a note");
  EXPECT_FALSE(opened_text(key_, file.substr(0, file.size() - 1)).has_value());
  EXPECT_FALSE(opened_text(AgeKey::generate(), file).has_value());
  EXPECT_FALSE(opened_text(key_, "").has_value());
  EXPECT_FALSE(opened_text(key_, std::string(100'000, 'x')).has_value());
}

std::string text_of(const fs::path& path) {
  std::ifstream in{path};
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

std::vector<fs::path> processes() {
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator{"/proc"}) {
    if (entry.path().filename().string().find_first_not_of("0123456789") == std::string::npos) {
      found.push_back(entry.path());
    }
  }
  return found;
}

// Our own age, which cannot end: nobody reads what it writes.
std::optional<fs::path> our_age() {
  for (const fs::path& process : processes()) {
    const std::string status = text_of(process / "status");
    if (status.starts_with("Name:\tage\n") &&
        status.find("\nPPid:\t" + std::to_string(getpid()) + "\n") != std::string::npos) {
      return process;
    }
  }
  return std::nullopt;
}

TEST_F(AgeStream, ShowsNothingOfTheKeyInAnyProcessList) {
  sealed(std::string(1'000'000, 'x'));
  const OwnedFd file = opened("sealed", O_RDONLY);
  const AgeOpener opener{key_, file.get()};
  wait_until("age to run", Seconds{20}, [] {
    return our_age().has_value() ? std::nullopt : std::optional<std::string>{"no child named age"};
  });
  const fs::path age = *our_age();

  const std::string identity = key_.identity().reveal();
  const std::string recipient = key_.recipient().reveal();
  for (const fs::path& process : processes()) {
    const std::string arguments = text_of(process / "cmdline");
    EXPECT_EQ(arguments.find(identity), std::string::npos) << process;
    EXPECT_EQ(arguments.find(recipient), std::string::npos) << process;
  }
  EXPECT_EQ(text_of(age / "cmdline"), (std::string{"age\0--decrypt\0--identity\0/dev/fd/3\0", 35}));
  EXPECT_EQ(text_of(age / "environ").find(identity), std::string::npos);
  EXPECT_EQ(split(text_of(age / "environ"), '\0').size(), 2U) << "PATH, and the end";
  EXPECT_NE(text_of(age / "limits").find("Max core file size        0 "), std::string::npos);
}

TEST_F(AgeStream, NamesThePackageWhenAgeIsNotHere) {
  const std::string path = std::getenv("PATH");
  setenv("PATH", folder_.path().c_str(), 1);
  std::string said;
  try {
    sealed("x");
  } catch (const Error& error) {
    said = error.what();
  }
  setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(said,
      "program-failed: the program age is not here\nHINT: Sealing and opening is its work. Install "
      "the package age (ci/packages does), or put it in PATH.");
}

TEST_F(AgeStream, SaysWhenAgeItselfWasKilled) {
  write_file(folder_.path() / "age", "#!/bin/sh\nkill -9 $$\n", 0700);
  const std::string path = std::getenv("PATH");
  setenv("PATH", (folder_.path().string() + ":" + path).c_str(), 1);
  ErrorCode code = ErrorCode::internal;
  try {
    ending_of("age-encryption.org/v1", key_);
  } catch (const Error& error) {
    code = error.code();
  }
  setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(code, ErrorCode::program_failed) << "that is no damage of the file";
}

}  // namespace
}  // namespace pgrehearse
