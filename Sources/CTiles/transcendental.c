// Kernels made of polynomials: one loop each. What they compute, how exactly and how fast stands in
// polynomials.h.

#include <math.h>

#include "kernels.h"
#include "polynomials.h"

NK_UNARY(exp, nk_expf(x))
NK_UNARY(expm1, nk_expm1f(x))
NK_UNARY(log, nk_logf(x))
NK_UNARY(log1p, nk_log1pf(x))
NK_UNARY(tanh, nk_tanhf(x))
NK_UNARY(sigmoid, 1 / (1 + nk_expf(-x)))
NK_UNARY(softplus, (x > 0 ? x : 0) + nk_log1pf_unit(nk_expf(-__builtin_fabsf(x))))
NK_UNARY(erf, nk_erff(x))
NK_BINARY(pow, nk_powf(x, y))

// Softmax and its kin, in one pass instead of two.
NK_KERNEL(exp_sub_vs, V, S, N, nk_expf(x - y))

// Widths are multiples of 16, and no tail is run.
NK_CLONES void nk_exp_sub_vr(NK_PARAMETERS) {
  for (long r = 0; r < rows; r++) {
    const float y = b[r];
    const float *p = a + r * width;
    float *q = d + r * width;
    if (width % NK_LANES == 0) {
      NK_LOOP for (long j = 0; j < width; j++) q[j] = nk_expf(p[j] - y);
    } else {
#pragma clang loop vectorize(assume_safety) vectorize_width(16) interleave_count(1)
      for (long j = 0; j < width; j++) q[j] = nk_expf(p[j] - y);
    }
  }
}

NK_ELEMENTWISE(sin, V, N, N, nk_sinf(x, 0))
NK_ELEMENTWISE(cos, V, N, N, nk_sinf(x, 1))

// A tile with an element beyond the reach of the reduction (or infinite, or NaN) goes to libm for
// those elements. Looking afterwards would be too late for in-place tiles.
#define NK_CIRCULAR(name, shift) \
  NK_CLONES void nk_##name(NK_PARAMETERS) { \
    const long n = rows * width; \
    unsigned far = 0; \
    for (long i = 0; i < n; i++) far |= !(__builtin_fabsf(a[i]) <= NK_CIRCULAR_REACH); \
    if (!far) { \
      name##_tile(d, a, b, c, n); \
      return; \
    } \
    for (long i = 0; i < n; i++) \
      d[i] = __builtin_fabsf(a[i]) <= NK_CIRCULAR_REACH ? nk_sinf(a[i], shift) : name##f(a[i]); \
  }

NK_CIRCULAR(sin, 0)
NK_CIRCULAR(cos, 1)
