// A whole object store in memory: for the unit tests of whatever stands above stores. It can do all
// that the best server can, so both answers of every property can be had from it.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "harness/store/object_store.hpp"

namespace pgrehearse {

class MemoryStore final : public ObjectStore {
 public:
  /// Able to do everything but check signatures, or (`plain`) nothing beyond the contract.
  enum class Kind { able, plain };
  explicit MemoryStore(Kind kind = Kind::able);

  [[nodiscard]] const StoreProperties& properties() const override { return properties_; }
  std::optional<ObjectInfo> put(
      const std::string& key, const Content& content, const PutOptions& options) override;
  ObjectInfo read(const std::string& key, const std::optional<std::string>& version,
      const PieceSink& sink) override;
  [[nodiscard]] std::vector<ObjectInfo> list(const std::string& prefix) override;
  [[nodiscard]] std::optional<ObjectInfo> stat(const std::string& key) override;
  void remove(const std::string& key, const std::optional<std::string>& version) override;
  [[nodiscard]] std::vector<ObjectInfo> versions(const std::string& key) override;

 private:
  struct Version {
    ObjectInfo info;
    std::shared_ptr<const std::string> bytes;
    std::optional<Timestamp> locked_until;
  };
  using Versions = std::vector<Version>;  // oldest first

  [[nodiscard]] std::string next_version();
  void demand_versioned(const std::optional<std::string>& version) const;
  [[nodiscard]] const Version* find(
      const std::string& key, const std::optional<std::string>& version) const;

  StoreProperties properties_;
  std::mutex mutex_;
  std::map<std::string, Versions> objects_;
  std::uint64_t last_version_ = 0;
};

}  // namespace pgrehearse
