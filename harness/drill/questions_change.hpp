// What only a gate asks of a database that new migrations changed.
#pragma once

#include "harness/drill/question.hpp"
#include "harness/drill/run.hpp"
#include "harness/drill/schema_change.hpp"
#include "harness/drill/source.hpp"

namespace pgrehearse {

/// rollback: after the new migrations are taken back, tables, rows, contents and definitions are
/// those of the base. Changes the database: nothing else can be asked of it afterwards. There must
/// be a way to take them back (why_no_rollback).
[[nodiscard]] Question gives_the_base_back(
    const SchemaChange& change, Run& run, const Source& source);

}  // namespace pgrehearse
