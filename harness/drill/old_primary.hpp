// The primary of a region that comes back after another server has taken over. Until it follows
// that server it must take no write, and nobody on the network may be trusted to see to that: it is
// fenced before its first start.
#pragma once

#include <string>
#include <vector>

#include "harness/drill/source.hpp"
#include "harness/drill/standby.hpp"
#include "harness/pg/wal_oracle.hpp"

namespace pgrehearse {

class OldPrimary {
 public:
  /// `successor` is the standby that was promoted. All of them outlive this.
  OldPrimary(Run& run, Source& source, Standby& successor, std::string network);

  /// Closes it to everybody but its own superuser over its Unix socket: pg_hba.conf. For a server
  /// that is not running. What the server itself enforces no client can lift.
  void fence();
  /// Its network and the link are there again, and its server starts, as a machine does that boots.
  void come_back();
  /// Reads which of its commits lie behind the fork, stops it, and rewinds it to the fork against
  /// its successor. Throws Error{program_failed} when pg_rewind will not.
  void rewind();
  /// Starts it as its successor's standby. That it did not come up is for rejoined() to tell.
  void follow();

  [[nodiscard]] Cluster& cluster() const { return source_->cluster(); }
  [[nodiscard]] const Source& source() const { return *source_; }
  /// Where the successor reaches it.
  [[nodiscard]] const Endpoint& address() const { return address_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  /// Its server answers inside, whoever it lets in.
  [[nodiscard]] bool answers_inside() const;
  /// Committed behind the fork: given up by the rewind. In the order of the WAL.
  [[nodiscard]] const std::vector<WalCommit>& diverged() const { return diverged_; }
  [[nodiscard]] bool has_looked_back() const { return looked_back_; }

 private:
  void look_back();

  Run* run_;
  Source* source_;
  Standby* successor_;
  std::string network_;  ///< its region's; empty where the engine does not separate networks
  std::string name_;     ///< as standby: application name and slot
  Endpoint address_ = {};
  std::vector<WalCommit> diverged_ = {};
  bool looked_back_ = false;
  std::string trouble_ = "it has not been started as a standby";
};

}  // namespace pgrehearse
