#pragma once
// Whether this processor can run what the compiler made, asked before anything else runs.

namespace trainer {

/// The names of the instruction sets that the compiler was allowed to use, a null pointer behind them.
/// Data, which any processor can read: the code around it may be more than this one knows.
extern const char* const processor_needs[];

} // namespace trainer
