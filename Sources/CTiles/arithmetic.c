// Kernels that are an instruction or three an element.
//
// Goals in order: exact to the last bit; NaN kept by max, min and relu (which rules out the bare
// instructions maxps and minps); the speed of L1. Nanoseconds for 1024 floats on one core of a
// Zen 4 at 3.7 GHz, aligned to 64 bytes:
//
//                      v4     v3    SSE2
//   add                42     40     103
//   max                52     54     236
//   select             61     59     163
//   divide            104    104     208
//   square root       173    176     352
//
// Tiles that aren't aligned to 64 bytes cost v4 half as much again (add: 63), every access crossing
// a cache line. Zen 4 takes 512 bits in two halves, so v4 wins nothing here.
// floor, ceil and round are calls in the SSE2 clone, which has no instruction for them.

#include <stdint.h>

#include "kernels.h"

NK_UNARY(copy, x)
NK_UNARY(neg, -x)
NK_UNARY(abs, __builtin_fabsf(x))
NK_UNARY(sqrt, __builtin_sqrtf(x))
NK_UNARY(rsqrt, 1 / __builtin_sqrtf(x))
NK_UNARY(reciprocal, 1 / x)
NK_UNARY(square, x * x)
NK_UNARY(relu, x < 0 ? 0 : x)
NK_UNARY(sign, x > 0 ? 1 : x < 0 ? -1 : x)
NK_UNARY(floor, __builtin_floorf(x))
NK_UNARY(ceil, __builtin_ceilf(x))
NK_UNARY(round, __builtin_rintf(x))

NK_BINARY(add, x + y)
NK_BINARY(sub, x - y)
NK_BINARY(mul, x * y)
NK_BINARY(div, x / y)

// When y is NaN the first comparison is false and y is chosen.
NK_BINARY(max, ((x > y) | (x != x)) ? x : y)
NK_BINARY(min, ((x < y) | (x != x)) ? x : y)

NK_BINARY(lt, x < y ? 1.0f : 0.0f)
NK_BINARY(le, x <= y ? 1.0f : 0.0f)
NK_BINARY(eq, x == y ? 1.0f : 0.0f)
NK_BINARY(ne, x != y ? 1.0f : 0.0f)

NK_KERNEL(select_vvv, V, V, V, x != 0 ? y : z)
NK_KERNEL(select_vvs, V, V, S, x != 0 ? y : z)
NK_KERNEL(select_vsv, V, S, V, x != 0 ? y : z)
NK_KERNEL(select_vss, V, S, S, x != 0 ? y : z)

NK_KERNEL(fill, S, N, N, x)

// Whole lines of the cache are written, so that memory needs not be read first. Milliseconds of an
// AMD EPYC with two cores and 32 MB of cache, 2²² and 2²³ floats by both, through the cache and past it:
//
//                               2²²            2²³
//   relu                  0.67   0.63     1.73   1.27
//   add                   1.14   0.81     3.40   1.87
//   relu, both ways       2.30   1.84     5.66   3.71
//
// With 2²⁰ floats, which stay in the cache, relu takes 0.16 instead of 0.07. Tried: "rep movsb", which
// was slower than plain stores (softmax cross-entropy of 4096 × 1024: 4.5 ms, 2.8, and 2.3 past).
NK_CLONES void nk_copy_past(NK_PARAMETERS) {
  const long n = rows * width;
  const long rest = (16 - ((uintptr_t)d / sizeof(float)) % 16) % 16, first = rest < n ? rest : n;
  long i = 0;
  for (; i < first; i++) d[i] = a[i];
  for (; i + 16 <= n; i += 16) {
    const nk_lanes x = *(const nk_loose *)(a + i);
    __builtin_nontemporal_store(x, (nk_lanes *)(d + i));
  }
  for (; i < n; i++) d[i] = a[i];
}
