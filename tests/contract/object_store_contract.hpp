// What every object store must do. The bodies are in object_store_contract.cpp and
// object_store_contract_abilities.cpp; object_store_contract_test.cpp names the implementations.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "harness/base/files.hpp"
#include "harness/store/object_store.hpp"

namespace pgrehearse {

/// A store that is empty, and whatever it stands on. Removed in reverse.
struct OpenStore {
  std::shared_ptr<void> ground = {};
  std::unique_ptr<ObjectStore> store = {};
  /// The same place, asked by somebody with the wrong secret; without one, the store knows no
  /// credentials.
  std::unique_ptr<ObjectStore> stranger = {};
};

/// One implementation to put through the contract.
struct StoreUnderTest {
  std::string name;  ///< becomes the test's suffix
  std::function<OpenStore()> open_empty;
  /// Why it cannot run on this machine; the tests skip with it.
  std::function<std::optional<std::string>()> why_not = [] { return std::nullopt; };
  bool holds_all_in_memory = false;  ///< the one exception from constant memory
};
std::ostream& operator<<(std::ostream& out, const StoreUnderTest& tested);
[[nodiscard]] std::string suffix_of(const testing::TestParamInfo<StoreUnderTest>& info);

class ObjectStoreContract : public testing::TestWithParam<StoreUnderTest> {
 protected:
  void SetUp() override;

  [[nodiscard]] ObjectStore& store() { return *open_.store; }
  [[nodiscard]] ObjectStore* stranger() { return open_.stranger.get(); }
  std::optional<ObjectInfo> put(
      const std::string& key, const std::string& bytes, const PutOptions& options = {});
  [[nodiscard]] std::string keys_under(const std::string& prefix);
  [[nodiscard]] std::filesystem::path in_folder(const std::string& name) const {
    return folder_.path() / name;
  }

 private:
  TempDir folder_{"pgrehearse-store-test"};
  OpenStore open_;
};

/// The code of the Error that `act` throws; nothing when it throws none.
[[nodiscard]] std::string code_of(const std::function<void()>& act);

}  // namespace pgrehearse
