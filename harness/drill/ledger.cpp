#include "harness/drill/ledger.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "harness/base/error.hpp"

namespace pgrehearse {
namespace {

const char* name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::invoked:
      return "invoked";
    case Outcome::acknowledged:
      return "acknowledged";
    case Outcome::failed:
      return "failed";
    case Outcome::in_doubt:
      return "in doubt";
  }
  return "in doubt";
}

}  // namespace

Ledger::Ledger(const std::filesystem::path& file)
    : fd_(open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600)) {
  if (fd_ < 0) {
    throw Error{ErrorCode::io, fmt::format("cannot create the ledger: {}", std::strerror(errno)),
        {}, file.string()};
  }
}

Ledger::~Ledger() {
  fdatasync(fd_);
  close(fd_);
}

void Ledger::append(const LedgerEntry& entry, bool durable) {
  const std::string line = fmt::format(
      "{{\"writer\":{},\"sequence\":{},\"xid\":{},\"outcome\":\"{}\",\"boot_ns\":{}}}\n",
      entry.writer, entry.sequence,
      entry.xid ? fmt::format("{}", static_cast<std::uint64_t>(*entry.xid)) : "null",
      name_of(entry.outcome), SteadyTime::now().since_boot().count());
  if (write(fd_, line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
      (durable && fdatasync(fd_) != 0)) {
    throw Error{ErrorCode::io, fmt::format("cannot write the ledger: {}", std::strerror(errno)),
        "Without the ledger no loss can be counted. Is the disk full?"};
  }
}

std::size_t Ledger::invoke(int writer, std::int64_t sequence, std::optional<Xid> xid) {
  const std::scoped_lock lock{mutex_};
  entries_.push_back({.writer = writer, .sequence = sequence, .xid = xid});
  append(entries_.back(), true);
  entries_.back().invoked_at = SteadyTime::now();
  return entries_.size() - 1;
}

void Ledger::settle(std::size_t place, Outcome outcome) {
  const SteadyTime now = SteadyTime::now();
  const std::scoped_lock lock{mutex_};
  entries_.at(place).outcome = outcome;
  entries_.at(place).settled_at = now;
  acknowledged_ += outcome == Outcome::acknowledged ? 1 : 0;
  ++settled_;
  append(entries_.at(place), false);
}

void Ledger::failed(int writer, std::int64_t sequence) {
  const SteadyTime now = SteadyTime::now();
  const std::scoped_lock lock{mutex_};
  entries_.push_back({.writer = writer,
      .sequence = sequence,
      .outcome = Outcome::failed,
      .invoked_at = now,
      .settled_at = now});
  ++settled_;
  append(entries_.back(), false);
}

std::vector<LedgerEntry> Ledger::entries() const {
  const std::scoped_lock lock{mutex_};
  return entries_;
}

std::int64_t Ledger::acknowledged() const {
  const std::scoped_lock lock{mutex_};
  return acknowledged_;
}

std::int64_t Ledger::settled() const {
  const std::scoped_lock lock{mutex_};
  return settled_;
}

}  // namespace pgrehearse
