// Does a server answer, asked from where another instance stands?
#pragma once

#include "harness/base/time.hpp"
#include "harness/engine/instance.hpp"

namespace pgrehearse {

/// Silence is waited for to its end; an answer that has to come may take longer on a busy host.
inline constexpr Seconds silence_takes{2};
inline constexpr Seconds an_answer_may_take{20};

/// Asks with pg_isready, for at most so long. A server that refuses to let anybody in answers, too.
[[nodiscard]] bool answers(Instance& from, const Endpoint& to, Seconds patience = silence_takes);

}  // namespace pgrehearse
