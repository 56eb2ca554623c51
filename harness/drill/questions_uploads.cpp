// uploads: do the rows and the files beside the database belong together, both ways?
#include <map>
#include <set>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/crypto/sha256.hpp"
#include "harness/drill/uploads.hpp"

namespace pgrehearse {
namespace {

// Of the bytes that the store gives, whatever it says of them.
std::string digest_of(ObjectStore& store, const std::string& key) {
  Sha256 digest;
  store.read(key, {}, [&](std::string_view piece) { digest.add(piece); });
  return digest.take_hex();
}

std::vector<Finding> ask_uploads(Restored& restored, ObjectStore& store, const Subject& subject) {
  Finding finding{.check = "uploads",
      .question = "does every row have its file, byte for byte, and every file its row?",
      .expected = "as many files as rows, each with the digest of its row"};
  std::set<std::string> files;
  for (const ObjectInfo& file : store.list(std::string{uploads_prefix})) {
    files.insert(file.key);
  }
  Session session = restored.cluster.connect(subject.database);
  const Rows rows = session.exec(subject.uploads->listed);
  std::size_t missing = 0;
  std::size_t other = 0;
  for (const Row& row : rows) {
    const std::string key = upload_key(row.at(0).value_or(""));
    if (files.erase(key) == 0) {
      ++missing;
      add_details(finding, {key}, "is missing");
    } else if (digest_of(store, key) != row.at(1)) {
      ++other;
      add_details(finding, {key}, "has other bytes than its row says");
    }
  }
  add_details(finding, {files.begin(), files.end()}, "has no row");
  finding.observed = fmt::format("{} rows: {} files missing, {} with other bytes, {} without a row",
      rows.size(), missing, other, files.size());
  finding.verdict = missing + other + files.size() > 0 ? Verdict::missed
                    : !rows.empty()                    ? Verdict::met
                                                       : Verdict::unknown;
  return {finding};
}

}  // namespace

Question has_every_upload(ObjectStore& store, const Subject& subject) {
  return {.check = "uploads",
      .sentence = "does every row have its file, byte for byte, and every file its row?",
      .ask = [&](Restored& restored) { return ask_uploads(restored, store, subject); }};
}

}  // namespace pgrehearse
