#include "harness/base/error.hpp"

#include <utility>

namespace pgrehearse {
namespace {

// what(): "place: code: message" and the hint on a line of its own.
std::string compose(
    ErrorCode code, const std::string& message, const std::string& hint, const std::string& place) {
  std::string text = place.empty() ? "" : place + ": ";
  text += std::string{name_of(code)} + ": " + message;
  if (!hint.empty()) {
    text += "\nHINT: " + hint;
  }
  return text;
}

}  // namespace

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::bad_config:
      return "bad-config";
    case ErrorCode::bad_value:
      return "bad-value";
    case ErrorCode::engine_missing:
      return "engine-missing";
    case ErrorCode::instance_failed:
      return "instance-failed";
    case ErrorCode::program_failed:
      return "program-failed";
    case ErrorCode::timed_out:
      return "timed-out";
    case ErrorCode::query_failed:
      return "query-failed";
    case ErrorCode::connection_lost:
      return "connection-lost";
    case ErrorCode::archive_gap:
      return "archive-gap";
    case ErrorCode::backup_unusable:
      return "backup-unusable";
    case ErrorCode::store_unreachable:
      return "store-unreachable";
    case ErrorCode::store_refused:
      return "store-refused";
    case ErrorCode::object_missing:
      return "object-missing";
    case ErrorCode::object_damaged:
      return "object-damaged";
    case ErrorCode::key_refused:
      return "key-refused";
    case ErrorCode::recovery_failed:
      return "recovery-failed";
    case ErrorCode::io:
      return "io";
    case ErrorCode::interrupted:
      return "interrupted";
    case ErrorCode::refused:
      return "refused";
    case ErrorCode::leftovers:
      return "leftovers";
    case ErrorCode::internal:
      return "internal";
  }
  return "internal";
}

Error::Error(ErrorCode code, std::string message, std::string hint, std::string place)
    : std::runtime_error(compose(code, message, hint, place)),
      code_(code),
      message_(std::move(message)),
      hint_(std::move(hint)),
      place_(std::move(place)) {}

}  // namespace pgrehearse
