// Where backups and WAL live: a place that keeps bytes under names. A folder of this host, a server
// that speaks S3, or memory; and decorators that make one slow, broken or far away.
//
// The comments are the contract. tests/contract/object_store_contract_test.cpp runs it on every
// implementation; what they may differ in is declared in StoreProperties and tested both ways.
//
// Every store tells these apart, by code: Error{store_unreachable} (no answer; nothing is known),
// Error{store_refused} (it said no), Error{object_missing} (it answers, and has no such thing),
// Error{object_damaged} (not the bytes that were put). One that seals also knows Error{key_refused}
// (revoked, unknown or another key). No message holds a credential or content.
// Any function may be called from several threads at once.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/time.hpp"
#include "harness/store/content.hpp"
#include "harness/store/object_labels.hpp"

namespace pgrehearse {

/// What a store promises beyond the contract that all of them fulfil. What it does not promise it
/// refuses, with Error{store_refused}, before it changes anything.
struct StoreProperties {
  std::string name;  ///< for messages and records: "directory", "s3 https://127.0.0.1:7481/wal"
  /// Whoever reads while others replace an object gets one of them, whole. Without it such a reader
  /// may get Error{object_damaged}; never a mixture.
  bool replaces_at_once = true;
  bool versioned = false;  ///< what was overwritten or removed stays there under its version
  bool checks_signatures = false;       ///< refuses a caller whose secret is wrong
  bool honours_only_if_absent = false;  ///< of two writers of one key, one learns that it was late
  bool locks_objects = false;           ///< keeps a version until an instant, whoever asks
};

/// One object, or one version of it.
struct ObjectInfo {
  std::string key;
  std::uint64_t bytes = 0;
  std::string sha256 = {};   ///< 64 hexadecimal digits; empty where the store does not tell
  Timestamp modified = {};   ///< by the store's clock; some resolve whole seconds only
  std::string version = {};  ///< empty unless the store is versioned
  bool removal = false;      ///< the trace of a removal: the key was absent from then on
  ObjectLabels labels = {};  ///< as they were put; lists leave them out
};

struct PutOptions {
  /// Store nothing when the key is there already. Needs honours_only_if_absent.
  bool only_if_absent = false;
  /// What get() has to find, when the caller knows better than the bytes at hand: the digest that a
  /// backup's manifest names, or the digest of the object that this is a copy of. It is recorded
  /// and not compared now. Empty: the digest of what was read.
  std::string sha256 = {};
  /// Until then this version cannot be removed, not even by its owner. Needs locks_objects.
  std::optional<Timestamp> locked_until = {};
  ObjectLabels labels = {};  ///< kept with the object; see demand_labels
};

/// Takes the bytes of an object, piece by piece, in order. What it throws ends the transfer and
/// goes to the caller.
using PieceSink = std::function<void(std::string_view)>;

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  [[nodiscard]] virtual const StoreProperties& properties() const = 0;

  /// Stores the content under the key, in place of what was there. It appears whole or not at all:
  /// a put that throws has left what was there before. Returns what is stored now, with its digest;
  /// nothing when only_if_absent was asked and the key was taken. Memory use does not grow with
  /// the content (that of the memory store excepted).
  virtual std::optional<ObjectInfo> put(
      const std::string& key, const Content& content, const PutOptions& options) = 0;

  /// Hands out the bytes that the store gives, unproven: only harness/store/transfer.hpp compares
  /// them with the digest that this returns. Throws Error{object_missing}.
  virtual ObjectInfo read(
      const std::string& key, const std::optional<std::string>& version, const PieceSink& sink) = 0;

  /// What is there under keys that begin so, in byte order of the keys, without a bound. Digests
  /// and labels may be left out. Nothing there is an empty list.
  [[nodiscard]] virtual std::vector<ObjectInfo> list(const std::string& prefix) = 0;

  /// Nothing when there is no such key (or, in a versioned store, no longer).
  [[nodiscard]] virtual std::optional<ObjectInfo> stat(const std::string& key) = 0;

  /// The key is absent afterwards; that it was absent before is no error. A versioned store keeps
  /// the versions and notes the removal; with a version it removes just that one, for good. A
  /// locked version stays: Error{store_refused}.
  virtual void remove(const std::string& key, const std::optional<std::string>& version) = 0;

  /// All versions and removals of one key, newest first. Needs versioned.
  [[nodiscard]] virtual std::vector<ObjectInfo> versions(const std::string& key) = 0;
};

}  // namespace pgrehearse
