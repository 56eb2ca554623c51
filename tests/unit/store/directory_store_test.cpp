#include "harness/store/directory_store.hpp"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace {

namespace fs = std::filesystem;

class DirectoryStoreFiles : public testing::Test {
 protected:
  void put(const std::string& key, const std::string& bytes) {
    store_.put(key, Content::of_bytes(bytes), {});
  }
  ErrorCode code_of_get(const std::string& key) {
    try {
      static_cast<void>(get_bytes(store_, key));
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  }

  TempDir folder_{"pgrehearse-directory-store"};
  fs::path root_ = folder_.path() / "store";
  DirectoryStore store_{root_};
};

TEST_F(DirectoryStoreFiles, ShowsTheContentToItsOwnerOnlyAndAsItIs) {
  put("base/1/data.tar", "the bytes");

  EXPECT_EQ(read_file(store_.content_of("base/1/data.tar")), "the bytes");
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator{folder_.path()}) {
    const fs::perms allowed = entry.is_directory() ? fs::perms::owner_all
                                                   : fs::perms::owner_read | fs::perms::owner_write;
    EXPECT_EQ(entry.status().permissions(), allowed) << entry.path();
  }
}

TEST_F(DirectoryStoreFiles, LeavesNoFileBehindWhenItReplacesOrRemoves) {
  put("key", "first");
  put("key", "second");
  store_.remove("key", {});
  EXPECT_EQ(std::distance(fs::directory_iterator{root_}, fs::directory_iterator{}), 1)
      << "only the lock may stay";
}

TEST_F(DirectoryStoreFiles, NoticesEveryDamageOfItsFiles) {
  put("flipped", "content");
  put("shortened", "content");
  put("gone", "content");
  put("note", "content");
  put("sized", "content");
  write_file(store_.content_of("flipped"), "contenT");
  write_file(store_.content_of("shortened"), "conten");
  fs::remove(store_.content_of("gone"));
  write_file(root_ / "note~object", "not a note");
  std::string note = read_file(root_ / "sized~object");
  note.replace(note.find(" 7 "), 3, " 8 ");
  write_file(root_ / "sized~object", note);

  for (const char* key : {"flipped", "shortened", "gone", "note", "sized"}) {
    EXPECT_EQ(code_of_get(key), ErrorCode::object_damaged) << key;
    store_.remove(key, {});
    EXPECT_EQ(code_of_get(key), ErrorCode::object_missing) << key;
  }
}

TEST_F(DirectoryStoreFiles, FollowsNoLinkOutOfItsFolder) {
  const fs::path outside = folder_.path() / "outside";
  fs::create_directory(outside);
  fs::create_directory_symlink(outside, root_ / "linked");

  EXPECT_THROW(put("linked/key", "x"), Error);
  EXPECT_THROW(static_cast<void>(store_.list("linked/")), Error);
  EXPECT_TRUE(fs::is_empty(outside));
}

TEST_F(DirectoryStoreFiles, SaysThatItIsNotThereWhenItsFolderIsNot) {
  put("key", "x");
  fs::remove_all(root_);
  EXPECT_EQ(code_of_get("key"), ErrorCode::store_unreachable);
}

TEST_F(DirectoryStoreFiles, IsFoundAgainByTheNextProcess) {
  put("key", "still there");
  DirectoryStore later{root_};
  EXPECT_EQ(get_bytes(later, "key"), "still there");
}

}  // namespace
}  // namespace pgrehearse
