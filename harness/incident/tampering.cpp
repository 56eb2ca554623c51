#include "harness/incident/tampering.hpp"

#include <fstream>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/store/transfer.hpp"

namespace pgrehearse {

void tamper_with(ObjectStore& store, const std::string& key) {
  const TempDir folder{"tampering"};
  const std::filesystem::path copy = folder.path() / "object";
  const ObjectLabels labels = get_file(store, key, copy).labels;
  std::fstream file{copy, std::ios::in | std::ios::out | std::ios::binary};
  const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(copy) / 2);
  file.seekg(middle);
  const auto byte = static_cast<unsigned char>(file.get());
  file.seekp(middle);
  file.put(static_cast<char>(byte ^ 1U));
  file.close();
  if (!file) {
    throw Error{ErrorCode::io, "could not change the copy of the object " + key};
  }
  store.put(key, Content::of_file(copy), {.labels = labels});
}

}  // namespace pgrehearse
