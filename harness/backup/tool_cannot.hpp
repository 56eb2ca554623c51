// What a backup tool is not made for, told apart from what went wrong.
#pragma once

#include "harness/base/error.hpp"

namespace pgrehearse {

/// An Error{refused} of a tool that was asked for what its properties say it cannot do.
class ToolCannot : public Error {
 public:
  using Error::Error;
};

}  // namespace pgrehearse
