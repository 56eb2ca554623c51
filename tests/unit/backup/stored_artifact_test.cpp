// The same candidates, the same choice and the same refusals as in a folder: here of objects that
// others put.
#include "harness/backup/stored_artifact.hpp"

#include <memory>

#include <gtest/gtest.h>

#include "harness/backup/artifact_opening.hpp"
#include "harness/backup/stored_wal.hpp"
#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/store/memory_store.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

class StoredArtifacts : public testing::Test {
 protected:
  void put(const std::string& key, const std::string& bytes) {
    store_->put(key, Content::of_bytes(bytes), {});
  }
  std::vector<std::string> names(const std::string& place, const std::string& pattern = "*") {
    std::vector<std::string> found;
    for (const Artifact& artifact : artifacts_in(*store_, place, pattern)) {
      found.push_back(artifact.name);
    }
    return found;
  }

  std::unique_ptr<MemoryStore> store_ = std::make_unique<MemoryStore>();
  TempDir folder_{"pgrehearse-test"};
};

using Names = std::vector<std::string>;

TEST_F(StoredArtifacts, AreThoseThatMatchNewestFirst) {
  for (const char* name : {"shop-1.dump", "shop-3.dump", "shop-2.dump", "other.dump",
           "shop-3.dump.sha256", "shop-4.dump.part", ".shop-5.dump"}) {
    put(std::string{"nightly/"} + name, "PGDMP");
  }
  put("nightly-else/shop-9.dump", "PGDMP");
  EXPECT_EQ(names("nightly", "shop-*"), (Names{"shop-2.dump", "shop-3.dump", "shop-1.dump"}));
  EXPECT_EQ(names("nightly"), (Names{"other.dump", "shop-2.dump", "shop-3.dump", "shop-1.dump"}));
  const std::vector<Artifact> found = artifacts_in(*store_, "nightly", "shop-*");
  EXPECT_EQ(chosen_of(found, "oldest", 1).path, "nightly/shop-1.dump");
  EXPECT_EQ(found.front().bytes, 5);
  EXPECT_TRUE(names("night").empty());
  EXPECT_TRUE(names("nightly", "*.sql").empty());
  EXPECT_EQ(names(""), (Names{"nightly-else", "nightly"}));
}

TEST_F(StoredArtifacts, MayBeOneObjectOrTheFilesOfOneBackup) {
  put("shop.dump", "PGDMP");
  put("shop.dump.old", "PGDMP");
  put("directory/toc.dat", "PGDMP");
  put("directory/3000.dat.gz", "x");
  put("cluster/PG_VERSION", "15");
  put("cluster/base/1/1", "x");
  EXPECT_EQ(names("shop.dump"), Names{"shop.dump"});
  EXPECT_EQ(names("directory"), Names{"directory"});
  EXPECT_EQ(names("cluster").size(), 2U) << "a version alone is no cluster";
  put("cluster/global/pg_control", "x");
  EXPECT_EQ(names("cluster"), Names{"cluster"});
  EXPECT_EQ(artifacts_in(*store_, "cluster", "*").front().bytes, 4);
}

TEST_F(StoredArtifacts, OfABackupToolAreRefused) {
  put("repo/backup/shop/backup.info", "x");
  put("repo/archive/shop/archive.info", "x");
  put("barman/shop/base/20261121T193408/backup.info", "x");
  EXPECT_THROW(static_cast<void>(names("repo")), Error);
  EXPECT_THROW(static_cast<void>(names("barman")), Error);
  EXPECT_THROW(static_cast<void>(names("barman/shop")), Error);
}

TEST_F(StoredArtifacts, AreFetchedWithAllTheirFiles) {
  put("directory/toc.dat", "PGDMP");
  put("directory/blobs/1.dat", "x");
  put("directory-else/toc.dat", "no");
  const fs::path there =
      fetch_artifact(*store_, artifacts_in(*store_, "directory", "*").front(), folder_.path());
  EXPECT_EQ(there, folder_.path() / "directory");
  EXPECT_EQ(read_file(there / "toc.dat"), "PGDMP");
  EXPECT_EQ(read_file(there / "blobs" / "1.dat"), "x");
  EXPECT_EQ(format_of(there), ArtifactFormat::directory_dump);
  EXPECT_THROW(
      static_cast<void>(fetch_artifact(*store_, {.name = "gone", .path = "gone"}, folder_.path())),
      Error);
}

TEST_F(StoredArtifacts, HaveTheirWalInAFolderOfItsOwn) {
  const std::string segment = "000000010000000000000007";
  put("wal/" + segment, "seven");
  put("wal/0000000100000000/000000010000000000000008", "eight");
  put("wal/elsewhere/000000010000000000000009", "no");
  put("wal/" + segment + ".partial", "no");
  put("wal/README", "no");
  StoredWal wal{std::move(store_), "wal", folder_.path()};
  EXPECT_EQ(wal.names(), (Names{segment, "000000010000000000000008"}));
  make_private_directory(folder_.path() / "to");
  wal.fetch(segment, folder_.path() / "to" / segment);
  EXPECT_EQ(read_file(folder_.path() / "to" / segment), "seven");
  EXPECT_FALSE(fs::exists(folder_.path() / segment)) << "nothing stays on the way";
}

}  // namespace
}  // namespace pgrehearse
