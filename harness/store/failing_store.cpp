#include "harness/store/failing_store.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/base/files.hpp"
#include "harness/process/wait.hpp"
#include "harness/store/new_file.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t piece_bytes = 256UL * 1024;

bool is_nth(std::uint64_t count, unsigned nth) {
  return nth != 0 && count % nth == 0;
}

void flip_bit(std::string& piece, std::uint64_t number) {
  char& byte = piece[static_cast<std::size_t>((number >> 3U) % piece.size())];
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << (number & 7U)));
}

void wait_for(Milliseconds delay) {
  const SteadyTime end = SteadyTime::now() + delay;
  wait_until("a slow object store", delay + Seconds{10}, [&] {
    return SteadyTime::now() < end ? std::optional<std::string>{"its delay"} : std::nullopt;
  });
}

// A copy of the content in a file, one bit of its first piece flipped. Constant memory.
Content flipped_copy(const Content& content, std::uint64_t number, const TempDir& folder) {
  NewFile file{folder.path() / "flipped"};
  ContentReader reader{content};
  bool first = true;
  std::string piece(piece_bytes, '\0');
  while (const std::size_t got = reader.read(piece.data(), piece_bytes)) {
    piece.resize(got);
    if (std::exchange(first, false)) {
      flip_bit(piece, number);
    }
    file.add(piece);
    piece.resize(piece_bytes);
  }
  file.keep();
  return Content::of_file(folder.path() / "flipped");
}

}  // namespace

FailingStore::FailingStore(ObjectStore& inner, StoreFaults faults)
    : inner_(inner), faults_(faults) {}

std::vector<InjectedFault> FailingStore::injected() const {
  const std::lock_guard lock{mutex_};
  return injected_;
}

void FailingStore::note(std::uint64_t call, std::string kind, const std::string& key) {
  const std::lock_guard lock{mutex_};
  injected_.push_back({.call = call, .kind = std::move(kind), .key = key});
}

void FailingStore::fail(std::uint64_t call, const std::string& kind, const std::string& key) {
  note(call, kind, key);
  throw Error{ErrorCode::store_unreachable,
      fmt::format("the store {} does not serve: {}, on purpose", inner_.properties().name, kind),
      "This fault was injected."};
}

// SplitMix64 (Steele, Lea, Flood 2014): the same on every machine, unlike std's distributions.
std::uint64_t FailingStore::number_for(std::uint64_t call) const {
  std::uint64_t mixed = faults_.seed + call * 0x9e3779b97f4a7c15ULL;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
  return mixed ^ (mixed >> 31U);
}

std::uint64_t FailingStore::begin_call(const std::string& key) {
  const std::uint64_t call = ++calls_;
  if (faults_.delay.count() > 0) {
    wait_for(faults_.delay);
  }
  if (outage_) {
    fail(call, "outage", key);
  }
  if (is_nth(call, faults_.every_nth_call_fails)) {
    fail(call, "failed", key);
  }
  return call;
}

std::optional<ObjectInfo> FailingStore::put(
    const std::string& key, const Content& content, const PutOptions& options) {
  const std::uint64_t call = begin_call(key);
  const std::uint64_t number = ++puts_;
  std::optional<ObjectInfo> stored;
  if (is_nth(number, faults_.every_nth_put_flipped) && content.bytes() > 0) {
    const TempDir folder{"pgrehearse-flipped"};
    PutOptions as_if_whole = options;
    as_if_whole.sha256 = options.sha256.empty() ? sha256_of(content) : options.sha256;
    stored = inner_.put(key, flipped_copy(content, number_for(call), folder), as_if_whole);
    note(call, "flipped on put", key);
  } else {
    stored = inner_.put(key, content, options);
  }
  if (is_nth(number, faults_.every_nth_put_unanswered)) {
    fail(call, "unanswered", key);
  }
  return stored;
}

ObjectInfo FailingStore::read(
    const std::string& key, const std::optional<std::string>& version, const PieceSink& sink) {
  const std::uint64_t call = begin_call(key);
  if (!is_nth(++reads_, faults_.every_nth_read_flipped)) {
    return inner_.read(key, version, sink);
  }
  bool first = true;
  return inner_.read(key, version, [&](std::string_view piece) {
    if (piece.empty() || !std::exchange(first, false)) {
      sink(piece);
      return;
    }
    std::string flipped{piece};
    flip_bit(flipped, number_for(call));
    note(call, "flipped on read", key);
    sink(flipped);
  });
}

std::vector<ObjectInfo> FailingStore::list(const std::string& prefix) {
  begin_call("");
  return inner_.list(prefix);
}

std::optional<ObjectInfo> FailingStore::stat(const std::string& key) {
  begin_call(key);
  return inner_.stat(key);
}

void FailingStore::remove(const std::string& key, const std::optional<std::string>& version) {
  begin_call(key);
  inner_.remove(key, version);
}

std::vector<ObjectInfo> FailingStore::versions(const std::string& key) {
  begin_call(key);
  return inner_.versions(key);
}

}  // namespace pgrehearse
