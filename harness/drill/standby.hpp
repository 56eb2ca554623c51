// A streaming standby in region B: what becomes the primary when region A is gone.
//
// The two regions reach each other over one link, which no client uses. Losing region A cuts it.
#pragma once

#include <string>

#include "harness/drill/replica.hpp"
#include "harness/drill/restored.hpp"
#include "harness/drill/run.hpp"
#include "harness/drill/source.hpp"

namespace pgrehearse {

/// Whether the primary acknowledges a commit before the standby has flushed it. Only then does a
/// failover lose nothing.
enum class Replication { asynchronous, synchronous };

/// Where two servers meet. Where the engine does not separate networks, on this host.
struct Link {
  std::string name = {};    ///< of the engine; empty: this host's own network
  Endpoint primary = {};    ///< of the first primary
  Endpoint successor = {};  ///< of the standby that takes over
};

/// What is known of the standby's WAL just before it is promoted, and where it went another way.
struct Takeover {
  Lsn received;  ///< flushed by the standby, the last of its primary's WAL
  Lsn replayed;  ///< of that
  /// No whole record lies between the two. A primary that dies may have sent the first page of one.
  bool nothing_whole_left = false;
  Lsn fork;  ///< of the history file: where the new timeline begins
  bool promoted = false;
};

/// What an instance is called as a standby, and its slot: a slot's name may hold no hyphen.
[[nodiscard]] std::string name_as_standby(std::string instance);

/// The password file of a server's replication connections, written inside with mode 0600.
[[nodiscard]] std::string write_password_file(Instance& instance, const Secret& password);

/// What makes a data directory follow `primary`: settings, and a signal file that is written, too.
/// `name` is application name and slot. A standby archives nothing.
void make_standby(Cluster& cluster, const Subject& subject, const Endpoint& primary,
    const Secret& password, const std::string& name);

/// The standby's instance belongs to the drill, and must outlive it.
class Standby {
 public:
  /// Copies the source's cluster over the link with pg_basebackup and a slot of its own, and starts
  /// as its standby. With synchronous replication the source waits for it from then on.
  Standby(Run& run, Source& source, Instance& instance, Replication replication);

  /// To be asked like a restored server; it serves once it is promoted.
  [[nodiscard]] Restored& server() { return server_; }
  /// Waits, for `patience` at most, until nothing more arrives and all that did is replayed; then
  /// promotes it.
  void promote(Milliseconds patience);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Link& link() const { return link_; }
  [[nodiscard]] const Takeover& takeover() const { return takeover_; }
  /// Once promoted: the commits in the WAL that it had received, replayed or not.
  [[nodiscard]] const Replica& received() const { return received_; }
  [[nodiscard]] std::uint64_t system_identifier() const { return system_identifier_; }

 private:
  void copy(const Cluster& primary);
  void be_waited_for(Source& source) const;
  void wait_for_replay(Milliseconds patience);
  [[nodiscard]] bool holds_a_whole_record_at(Lsn lsn) const;
  void read_fork();
  void read_received(Lsn end);

  std::string name_;
  Link link_;
  Restored server_;
  Takeover takeover_ = {};
  Replica received_ = {};
  Lsn copied_from_ = {};  ///< replay of the copy began here
  std::uint64_t system_identifier_ = 0;
};

}  // namespace pgrehearse
