// The five ways of losing data by accident.
#pragma once

#include <string>
#include <vector>

#include "harness/incident/incident.hpp"

namespace pgrehearse {

/// Tables and schemas are given as in SQL: name, or schema.name. Each probe sees the loss of what
/// was hit, not that the statement ran. An empty name is Error{bad_config}.
[[nodiscard]] Incident delete_without_where(const std::string& table);
[[nodiscard]] Incident dropped_table(const std::string& table);
[[nodiscard]] Incident truncated_table(const std::string& table);
/// Statements that drop a column and back-fill it wrongly: the table keeps its rows and its shape.
[[nodiscard]] Incident bad_migration(
    const std::vector<std::string>& statements, const std::string& table);
[[nodiscard]] Incident dropped_schema(const std::string& schema);

}  // namespace pgrehearse
