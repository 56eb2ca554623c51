#include "harness/backup/archive_audit.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "harness/pg/wal_record.hpp"

namespace pgrehearse {
namespace {

constexpr std::size_t timeline_digits = 8;
constexpr std::size_t segment_digits = 24;

// Fields that end in a zero byte.
class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool over() const { return rest_.empty(); }
  std::string next() {
    const std::size_t end = rest_.find('\0');
    if (end == std::string_view::npos) {
      strange();
    }
    std::string field{rest_.substr(0, end)};
    rest_.remove_prefix(end + 1);
    return field;
  }
  std::uint64_t number() {
    const std::string digits = next();
    std::uint64_t value = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (code != std::errc{} || end != digits.data() + digits.size()) {
      strange();
    }
    return value;
  }

 private:
  [[noreturn]] static void strange() {
    throw Error{ErrorCode::program_failed, "the survey of the archive cannot be read",
        "Is pgrehearse-agent of another version than this program?"};
  }

  std::string_view rest_;
};

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits &&
         text.find_first_not_of("0123456789ABCDEF") == std::string_view::npos;
}

std::uint64_t hex(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

enum class Kind { segment, partial, history, backup_history, stray };

Kind kind_of(std::string_view name) {
  const std::string_view stem = name.substr(0, name.find('.'));
  const std::string_view ending = name.substr(stem.size());
  if (is_hex(stem, timeline_digits) && ending == ".history") {
    return Kind::history;
  }
  if (!is_hex(stem, segment_digits)) {
    return Kind::stray;
  }
  if (ending.empty() || ending == ".partial") {
    return ending.empty() ? Kind::segment : Kind::partial;
  }
  const bool label = ending.ends_with(".backup") && ending.size() == 16;
  return label ? Kind::backup_history : Kind::stray;
}

TimelineId timeline_in(std::string_view name) {
  return TimelineId{static_cast<std::uint32_t>(hex(name.substr(0, timeline_digits)))};
}

// Segments are counted through all files, whatever their size.
struct Place {
  TimelineId timeline;
  std::uint64_t number;
};

class Audit {
 public:
  Audit(const SurveyedArchive& archive, const ArchiveNeed& need) : archive_(archive), need_(need) {
    for (const SurveyedFile& file : archive_.files) {
      if (file.page && file.page->segment_bytes > 0) {
        segment_bytes_ = file.page->segment_bytes;
        break;
      }
    }
  }

  std::vector<ArchiveFinding> findings() {
    if (need_.recorded && archive_.record != "whole") {
      add(ArchiveFault::no_record, {});
    }
    for (const SurveyedFile& file : archive_.files) {
      look_at(file);
    }
    look_for_gaps();
    std::stable_sort(findings_.begin(), findings_.end(),
        [](const ArchiveFinding& left, const ArchiveFinding& right) {
          return left.file < right.file;
        });
    return std::move(findings_);
  }

 private:
  void add(ArchiveFault fault, const std::string& file) { findings_.push_back({fault, file}); }

  [[nodiscard]] std::uint64_t number_of(std::string_view segment) const {
    return hex(segment.substr(8, 8)) * (0x1'0000'0000ULL / segment_bytes_) +
           hex(segment.substr(16, 8));
  }
  [[nodiscard]] std::string name_of_segment(const Place& place) const {
    const std::uint64_t per_file = 0x1'0000'0000ULL / segment_bytes_;
    return fmt::format("{:08X}{:08X}{:08X}", static_cast<std::uint32_t>(place.timeline),
        place.number / per_file, place.number % per_file);
  }
  [[nodiscard]] std::uint64_t first_needed() const { return need_.from.bytes() / segment_bytes_; }

  void look_at(const SurveyedFile& file) {
    const Kind kind = kind_of(file.name);
    if (kind == Kind::stray || !file.regular) {
      add(ArchiveFault::stray, file.name);
      return;
    }
    const TimelineId timeline = timeline_in(file.name);
    const bool first = kind == Kind::history && timeline <= TimelineId{1};
    if (timeline > need_.timeline || first) {
      add(ArchiveFault::timeline, file.name);
      return;
    }
    if (kind == Kind::partial) {
      add(ArchiveFault::partial, file.name);
    }
    const bool has_place = kind == Kind::segment || kind == Kind::partial;
    if (has_place && number_of(file.name) < first_needed()) {
      return;
    }
    if (kind == Kind::segment) {
      look_at_page(file);
      there_.emplace(timeline, number_of(file.name));
    }
    look_at_digests(file);
  }

  void look_at_page(const SurveyedFile& file) {
    if (!file.page || file.bytes != segment_bytes_ ||
        file.page->address != Lsn{number_of(file.name) * segment_bytes_} ||
        file.page->timeline > timeline_in(file.name)) {
      add(ArchiveFault::misplaced, file.name);
      return;
    }
    if (need_.system_identifier == 0) {
      need_.system_identifier = file.page->system_identifier;
    }
    if (file.page->system_identifier != need_.system_identifier) {
      add(ArchiveFault::foreign, file.name);
    }
  }

  void look_at_digests(const SurveyedFile& file) {
    if (archive_.record != "whole") {
      return;
    }
    if (file.digests.empty()) {
      add(ArchiveFault::not_vouched, file.name);
    } else if (std::find(file.digests.begin(), file.digests.end(), file.sha256) ==
               file.digests.end()) {
      add(ArchiveFault::other_bytes, file.name);
    }
    if (file.digests.size() > 1) {
      add(ArchiveFault::duplicate, file.name);
    }
  }

  // A timeline begins in the segment in which it left its ancestor, or in the one after.
  void look_for_gaps() {
    Place next{need_.timeline, first_needed()};
    if (!there_.empty()) {
      next.timeline = std::min(next.timeline, there_.begin()->first);
    } else {
      add(ArchiveFault::gap, name_of_segment(next));
    }
    for (const auto& [timeline, number] : there_) {
      if (timeline != next.timeline) {
        next.number = std::min(number, next.number);
        next.timeline = timeline;
      }
      for (; next.number < number; ++next.number) {
        add(ArchiveFault::gap, name_of_segment(next));
      }
      next.number = number + 1;
    }
  }

  const SurveyedArchive& archive_;
  ArchiveNeed need_;
  std::uint64_t segment_bytes_ = usual_segment_bytes;
  std::set<std::pair<TimelineId, std::uint64_t>> there_;
  std::vector<ArchiveFinding> findings_;
};

}  // namespace

SurveyedArchive surveyed_archive_in(std::string_view text) {
  Fields fields{text};
  SurveyedArchive archive{.record = fields.next()};
  while (!fields.over()) {
    SurveyedFile file{.name = fields.next()};
    file.regular = fields.next() == "file";
    file.bytes = fields.number();
    file.sha256 = fields.next();
    const bool has_page = fields.next() == "page";
    SurveyedFile::Page page;
    page.timeline = TimelineId{static_cast<std::uint32_t>(fields.number())};
    page.address = Lsn{fields.number()};
    page.system_identifier = fields.number();
    page.segment_bytes = fields.number();
    if (has_page) {
      file.page = page;
    }
    file.digests = words_of(fields.next());
    archive.files.push_back(std::move(file));
  }
  return archive;
}

std::map<std::string, std::string> listing_of(const SurveyedArchive& archive) {
  std::map<std::string, std::string> files;
  for (const SurveyedFile& file : archive.files) {
    if (file.regular && kind_of(file.name) != Kind::stray) {
      files.emplace(file.name, file.sha256);
    }
  }
  return files;
}

std::string_view name_of(ArchiveFault fault) {
  switch (fault) {
    case ArchiveFault::gap:
      return "gap";
    case ArchiveFault::other_bytes:
      return "not the bytes that were archived";
    case ArchiveFault::not_vouched:
      return "no digest was noted";
    case ArchiveFault::duplicate:
      return "other bytes were to be archived under this name";
    case ArchiveFault::partial:
      return "a partial segment";
    case ArchiveFault::foreign:
      return "of another cluster";
    case ArchiveFault::timeline:
      return "of a timeline that should not be there";
    case ArchiveFault::misplaced:
      return "not the segment that its name says";
    case ArchiveFault::stray:
      return "no WAL file";
    case ArchiveFault::no_record:
      return "the archive has no whole record of digests";
  }
  return "gap";
}

std::string text_of(const ArchiveFinding& finding) {
  return finding.file.empty() ? std::string{name_of(finding.fault)}
                              : fmt::format("{}: {}", finding.file, name_of(finding.fault));
}

std::vector<ArchiveFinding> audit_of(const SurveyedArchive& archive, const ArchiveNeed& need) {
  return Audit{archive, need}.findings();
}

}  // namespace pgrehearse
