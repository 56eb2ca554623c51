#include "harness/drill/uploads.hpp"

#include <system_error>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/drill/sql_or_command.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {
namespace fs = std::filesystem;

UploadStores::UploadStores(Run& run) : folder_(run.journal.folder() / run.next_name("uploads")) {
  run.journal.intend("directory", folder_.string());
  make_private_directory(folder_);
  live_ = std::make_unique<DirectoryStore>(folder_ / "live");
  backup_ = std::make_unique<DirectoryStore>(folder_ / "backup");
}

UploadStores::~UploadStores() {
  std::error_code ignored;  // what stays is in the journal: the sweeper finds it
  fs::remove_all(folder_, ignored);
}

std::size_t make_uploads(Source& source, ObjectStore& store) {
  const Subject& subject = source.subject();
  if (!subject.uploads) {
    throw Error{ErrorCode::bad_config, "drill.yaml has no 'uploads'",
        "Give it some, or leave this case out with --gtest_filter."};
  }
  if (subject.uploads->command) {
    const TempDir folder{"uploads"};
    HookContext context = source.hook(source.cluster(), "uploads");
    context.more.push_back({"PGREHEARSE_UPLOADS", Secret{folder.path().string()}});
    run_hook(*subject.uploads->command, subject, context);
    return put_uploads_of(folder.path(), store);
  }
  Session session = source.cluster().connect(subject.database);
  const Rows files =
      session.exec(with_numbers(subject.uploads->content, subject.scale, subject.seed_number));
  for (const Row& file : files) {
    if (file.size() != 2 || !file[0] || !file[1]) {
      throw Error{ErrorCode::bad_config, "'content' under 'uploads' does not answer name and text",
          "Give a query with two columns, neither of them NULL."};
    }
    store.put(upload_key(*file[0]), Content::of_bytes(*file[1]), {});
  }
  if (files.empty()) {
    throw Error{ErrorCode::bad_config, "'content' under 'uploads' answers no row",
        "Let the seed make some files."};
  }
  return files.size();
}

std::size_t put_uploads_of(const fs::path& folder, ObjectStore& store) {
  std::size_t put = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator{folder}) {
    if (entry.symlink_status().type() == fs::file_type::directory) {
      continue;
    }
    const std::string name = entry.path().lexically_relative(folder).string();
    // What a link leads to is not in the folder.
    if (entry.symlink_status().type() != fs::file_type::regular) {
      throw Error{ErrorCode::bad_config, "the command of 'uploads' left what is no plain file",
          "Let it copy files, not link to them."};
    }
    store.put(upload_key(name), Content::of_file(entry.path()), {});
    ++put;
  }
  if (put == 0) {
    throw Error{ErrorCode::bad_config, "the command of 'uploads' brought no file",
        "It has to put them into the folder PGREHEARSE_UPLOADS."};
  }
  return put;
}

std::string upload_key(const std::string& name) {
  return std::string{uploads_prefix} + name;
}

std::size_t copy_uploads(ObjectStore& from, ObjectStore& to) {
  const TempDir folder{"uploads"};
  const fs::path copy = folder.path() / "file";
  const std::vector<ObjectInfo> files = from.list(std::string{uploads_prefix});
  for (const ObjectInfo& file : files) {
    const ObjectInfo proven = get_file(from, file.key, copy);
    to.put(file.key, Content::of_file(copy), {.sha256 = proven.sha256});
  }
  return files.size();
}

void lose_uploads(ObjectStore& store) {
  for (const ObjectInfo& file : store.list(std::string{uploads_prefix})) {
    store.remove(file.key, {});
  }
}

}  // namespace pgrehearse
