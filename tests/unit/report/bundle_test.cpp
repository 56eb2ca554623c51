#include "harness/report/bundle.hpp"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/report/report_writer.hpp"
#include "harness/report/tar.hpp"
#include "tests/unit/report/given.hpp"

namespace pgrehearse {
namespace {

/// The reports of a run, with a piece of evidence whose digest is in the record.
class Bundle : public testing::Test {
 protected:
  Bundle() {
    RunRecord record = sample_record();
    for (DrillRecord& drill : record.drills) {
      drill.evidence.clear();
    }
    const std::string log = "a line of the server's log\n";
    record.drills[0].evidence = {
        {"restored.server.log", sha256_hex(log), static_cast<std::int64_t>(log.size())}};
    ReportWriter{folder_}.write(record);
    write_file(folder_ / "restored.server.log", log);
  }

  [[nodiscard]] static std::string fault(
      const std::string& bytes, const std::optional<std::string>& key = {}) {
    const BundleReport report = verify_bundle(bytes, key);
    return report.faults.empty() ? "" : report.faults.front();
  }
  /// The entries of a bundle, changed and packed again as a careful forger would.
  template <typename Change>
  [[nodiscard]] static std::string changed(const std::string& bytes, Change change) {
    std::vector<TarEntry> entries = read_tar(bytes);
    change(entries);
    return write_tar(entries);
  }
  static Secret new_key() {
    return Secret{program({"openssl", "genpkey", "-algorithm", "ed25519"}).out};
  }
  static std::string public_half(const std::string& bundle) {
    const std::vector<TarEntry> entries = read_tar(bundle);
    return std::find_if(entries.begin(), entries.end(), [](const TarEntry& entry) {
      return entry.name == "MANIFEST.pub";
    })->content;
  }

  TempDir parent_{"bundle"};
  std::filesystem::path folder_ = parent_.path() / "out";
};

TEST_F(Bundle, OfTheSameFolderIsTheSameToTheByte) {
  const std::string bytes = bundle_of(folder_);
  EXPECT_EQ(bytes, bundle_of(folder_));
  const BundleReport report = verify_bundle(bytes);
  EXPECT_TRUE(report.faults.empty());
  EXPECT_EQ(report.files, 5U);
  EXPECT_EQ(report.verdict, "missed");
  EXPECT_EQ(report.head.size(), 64U);
  EXPECT_FALSE(report.is_signed);
}

TEST_F(Bundle, IsWhatTarUnpacks) {
  const std::filesystem::path file = parent_.path() / "bundle.tar";
  write_file(file, bundle_of(folder_));
  EXPECT_EQ(program({"tar", "-tf", file.string()}).out,
      "drill-record.md\njunit.xml\nrecord.json\nreport.html\nrestored.server.log\nMANIFEST.json\n");
  EXPECT_EQ(program({"tar", "-xOf", file.string(), "record.json"}).out,
      read_file(folder_ / "record.json"));
}

// Every byte would take a minute: all of the smallest parts, and a spread of the rest.
TEST_F(Bundle, ShowsOneChangedByteAnywhere) {
  const std::filesystem::path small = parent_.path() / "small";
  { ReportWriter{small}.write(empty_record()); }
  for (const std::string& whole : {bundle_of(small), bundle_of(small, new_key())}) {
    ASSERT_EQ(fault(whole), "");
    std::mt19937 random{7};
    std::vector<std::size_t> places;
    for (std::size_t at = 0; at < 600; ++at) {
      places.push_back(at);                     // a header, and the first file
      places.push_back(whole.size() - 1 - at);  // the end of the archive
    }
    for (std::size_t at = whole.size() - 4096; at < whole.size(); at += 23) {
      places.push_back(at);  // manifest, key, signature
    }
    for (int i = 0; i < 120; ++i) {
      places.push_back(random() % whole.size());
    }
    for (const std::size_t at : places) {
      std::string flipped = whole;
      flipped[at] = static_cast<char>(flipped[at] ^ (1U << (at % 8)));
      EXPECT_NE(fault(flipped), "") << "byte " << at << " of " << whole.size();
    }
  }
}

TEST_F(Bundle, ShowsWhatWasCutOffOrAppended) {
  const std::string whole = bundle_of(folder_);
  for (const std::size_t size :
      {std::size_t{0}, std::size_t{511}, whole.size() / 2, whole.size() - 512, whole.size() - 1}) {
    EXPECT_NE(fault(whole.substr(0, size)), "") << size;
  }
  EXPECT_NE(fault(whole + std::string(512, '\0')), "");
  EXPECT_NE(fault("no archive at all"), "");
}

TEST_F(Bundle, NamesTheFileThatWasChangedRemovedOrAdded) {
  const std::string whole = bundle_of(folder_);
  EXPECT_EQ(fault(changed(whole, [](auto& entries) { entries[1].content[9] ^= 1; })),
      "junit.xml was changed");
  EXPECT_EQ(fault(changed(whole, [](auto& entries) { entries.erase(entries.begin() + 1); })),
      "junit.xml is missing");
  EXPECT_EQ(fault(changed(whole,
                [](auto& entries) {
                  entries.push_back({"more.txt", "x"});
                })),
      "more.txt is not in the manifest: it was added");
  EXPECT_NE(fault(changed(whole, [](auto& entries) { std::swap(entries[0], entries[1]); })), "");
  EXPECT_EQ(fault(changed(whole, [](auto& entries) { entries.erase(entries.end() - 1); })),
      "it has no manifest");
}

// Whoever makes the manifest anew is caught by the digests in the record, or else by the signature.
TEST_F(Bundle, IsSignedByOneKeyOnly) {
  const Secret key = new_key();
  const std::string whole = bundle_of(folder_, key);
  const std::string known = public_half(whole);
  EXPECT_EQ(fault(whole, known), "");
  EXPECT_TRUE(verify_bundle(whole, known).key_known);
  EXPECT_EQ(fault(bundle_of(folder_, new_key()), known),
      "it was signed with another key than the one asked for");
  EXPECT_EQ(fault(bundle_of(folder_), known), "it is not signed, and a signature was asked for");
  EXPECT_EQ(fault(changed(whole, [](auto& entries) { entries.back().content[0] ^= 1; })),
      "the signature is not that of the manifest");
  EXPECT_EQ(fault(changed(whole, [](auto& entries) { entries.pop_back(); })),
      "its signature is not whole");
  EXPECT_NE(fault(whole, "no key"), "");
}

TEST_F(Bundle, IsVerifiedByOpensslToo) {
  const std::vector<TarEntry> entries = read_tar(bundle_of(folder_, new_key()));
  for (const TarEntry& entry : entries) {
    write_file(parent_.path() / entry.name, entry.content);
  }
  const auto in_folder = [&](const char* name) { return (parent_.path() / name).string(); };
  EXPECT_EQ(program({"openssl", "pkeyutl", "-verify", "-pubin", "-inkey", in_folder("MANIFEST.pub"),
                        "-rawin", "-in", in_folder("MANIFEST.json"), "-sigfile",
                        in_folder("MANIFEST.sig")})
                .status,
      0);
}

TEST_F(Bundle, VouchesForNothingThatTheRunHasNotLeft) {
  write_file(folder_ / "restored.server.log", "another line\n");
  EXPECT_THROW(static_cast<void>(bundle_of(folder_)), Error);
  std::filesystem::remove(folder_ / "restored.server.log");
  EXPECT_THROW(static_cast<void>(bundle_of(folder_)), Error);
  std::filesystem::create_symlink("/etc/hostname", folder_ / "restored.server.log");
  EXPECT_THROW(static_cast<void>(bundle_of(folder_)), Error);
  EXPECT_THROW(static_cast<void>(bundle_of(parent_.path() / "none")), Error);
}

TEST_F(Bundle, RefusesAKeyThatIsNoneWithoutShowingIt) {
  try {
    static_cast<void>(bundle_of(folder_, Secret{"hush-hush"}));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_config);
    EXPECT_EQ(std::string{error.what()}.find("hush-hush"), std::string::npos);
  }
}

TEST(Tar, HoldsLongNamesAndRefusesLongerOnes) {
  const std::string folder(120, 'f');
  const std::vector<TarEntry> entries{{folder + "/" + std::string(90, 'n'), "content"}};
  EXPECT_EQ(read_tar(write_tar(entries)).at(0).name, entries[0].name);
  EXPECT_THROW(static_cast<void>(write_tar({{std::string(101, 'n'), ""}})), Error);
  EXPECT_THROW(static_cast<void>(write_tar({{std::string(160, 'f') + "/n", ""}})), Error);
}

}  // namespace
}  // namespace pgrehearse
