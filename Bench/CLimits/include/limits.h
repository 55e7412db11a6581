#pragma once

// What the processor can do at most.

/// Multiplies and adds in registers, on the widest vectors there are.
///
/// Returns a number that depends on all of it, so that none can be left out.
float nk_multiply_add(long rounds);

/// The floating-point operations of a round.
long nk_multiply_add_flops(void);
