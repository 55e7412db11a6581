// Elementary functions of one float without branches, tables or calls, so that loops over them
// vectorise.
//
// Goals in order: right at 0, infinities, NaN, overflow and the ends of the domain; every result
// that is a normal number within 2.5 ulp; few operations. Results below the normal numbers may be
// flushed to 0, and are when the caller has denormals flushed. Zeros may lose their sign in sin.
// Measured against double over every 251st float (v4: 401st; pow: 20 million pairs), worst of the
// three instruction sets, and nanoseconds for 1024 floats (one core of a Zen 4 at about 3.7 GHz):
//
//              ulp     v4     v3    SSE2
//   exp       0.99    245    330     850
//   expm1     1.57    231    383     910
//   log       0.79    395    524    1311
//   log1p     0.80    537    762    1743
//   tanh      2.39    321    544    1139
//   sigmoid   2.35    310    390     935
//   softplus  1.62    682    758    1838
//   sin, cos  1.46    472    509    1241
//   erf       1.16    608   1049    1806
//   pow       1.11   1786   2568    7886
//
// Tried: one or four vectors interleaved instead of two (kernels.h); softplus through the general
// log1p (997 ns, with Horner's log, instead of 682); in pow, Newton's step in double after a
// division in float instead of a division in double (1810 instead of 1786, and 2765 instead of 2568
// in v3); Horner's rule instead of even and odd halves in log (399 instead of 395, but 1651 instead
// of 1311 in SSE2). Not tried, because it would lose digits from 1e4 on: reducing sin's argument in
// float.
#ifndef NK_POLYNOMIALS_H
#define NK_POLYNOMIALS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernels.h"

// Multiply and add become one instruction where the instruction set has it. Nothing in this file
// depends on it for more than half an ulp, and nothing is spoilt by it.
#define NK_CONTRACT _Pragma("clang fp contract(fast)")

NK_INLINE float nk_float(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

NK_INLINE uint32_t nk_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

// Adding 1.5 · 2²³ rounds to a whole number and leaves it in the low bits: no conversion, which
// for NaN would be undefined.
#define NK_ROUNDER 0x1.8p23f

/// p · 2ⁿ for n in -252 ... 254, in two steps since 2ⁿ itself may not be a normal number.
NK_INLINE float nk_scale(float p, int32_t n) {
  const int32_t half = n >> 1;
  return p * nk_float((uint32_t)(half + 127) << 23) * nk_float((uint32_t)(n - half + 127) << 23);
}

/// exp(r) - 1 - r = r² q(r) for |r| ≤ ln 2 / 2 (coefficients: Moshier, Cephes expf).
NK_INLINE float nk_exp_rest(float r) {
  NK_CONTRACT
  float q = 1.9875691500e-4f;
  q = q * r + 1.3981999507e-3f;
  q = q * r + 8.3334519073e-3f;
  q = q * r + 4.1665795894e-2f;
  q = q * r + 1.6666665459e-1f;
  q = q * r + 5.0000001201e-1f;
  return q * r * r;
}

/// x = n ln 2 + r. The high part of ln 2 has 9 bits, so n times it is exact.
NK_INLINE float nk_exp_reduce(float x, int32_t *n) {
  NK_CONTRACT
  const float shifted = x * 0x1.715476p0f + NK_ROUNDER;
  const float k = shifted - NK_ROUNDER;
  *n = (int32_t)(nk_bits(shifted) - nk_bits(NK_ROUNDER));
  return (x - k * 0.693359375f) - k * -2.12194440e-4f;
}

NK_INLINE float nk_expf(float x) {
  NK_CONTRACT
  x = x > 89.0f ? 89.0f : x;  // exp(89) is infinite, exp(-104) is 0
  x = x < -104.0f ? -104.0f : x;
  int32_t n;
  const float r = nk_exp_reduce(x, &n);
  return nk_scale(1 + (r + nk_exp_rest(r)), n);
}

/// 2ⁿ (1 + p) - 1 = 2 (t p + (t - ½)) with t = 2ⁿ⁻¹, which is finite where the result is.
NK_INLINE float nk_expm1f(float x) {
  NK_CONTRACT
  const float original = x;
  x = x > 89.0f ? 89.0f : x;
  x = x < -30.0f ? -30.0f : x;
  int32_t n;
  const float r = nk_exp_reduce(x, &n);
  const float p = r + nk_exp_rest(r);
  const float t = nk_float((uint32_t)(n + 126) << 23);
  const float y = 2 * (t * p + (t - 0.5f));
  return __builtin_fabsf(original) < 1e-8f ? original : y;
}

/// x = 2ᵉ m with m in [√½, √2), for x positive and finite; e as a float.
NK_INLINE float nk_mantissa(float x, float *e) {
  const int tiny = x < 0x1p-126f;
  const uint32_t bits = nk_bits(tiny ? x * 0x1p23f : x) - nk_bits(0x1.6a09e6p-1f);
  *e = (float)((int32_t)bits >> 23) - (tiny ? 23.0f : 0.0f);
  return nk_float((bits & 0x7fffff) + nk_bits(0x1.6a09e6p-1f));
}

/// log(1 + f) + e ln 2 + low for f in [√½ - 1, √2 - 1) (coefficients: Moshier, Cephes logf).
NK_INLINE float nk_log_sum(float f, float e, float low) {
  NK_CONTRACT
  const float z = f * f;
  float even = 7.0376836292e-2f;
  even = even * z + 1.1676998740e-1f;
  even = even * z + 1.4249322787e-1f;
  even = even * z + 2.0000714765e-1f;
  even = even * z + 3.3333331174e-1f;
  float odd = -1.1514610310e-1f;
  odd = odd * z - 1.2420140846e-1f;
  odd = odd * z - 1.6668057665e-1f;
  odd = odd * z - 2.4999993993e-1f;
  const float p = odd * f + even;
  const float y = f * z * p + (e * -2.12194440e-4f + low) - 0.5f * z;
  return (f + y) + e * 0.693359375f;
}

NK_INLINE float nk_logf(float x) {
  float e;
  const float m = nk_mantissa(x, &e);
  float y = nk_log_sum(m - 1, e, 0);
  y = x < INFINITY ? y : x;
  y = x == 0 ? -INFINITY : y;
  return x < 0 ? NAN : y;
}

/// log(u) + (what rounding lost in u = 1 + x) / u; near 0, where all may be lost, f is x itself.
NK_INLINE float nk_log1pf(float x) {
  const float u = 1 + x;
  const float lost = x < 1 ? x - (u - 1) : 1 - (u - x);
  float e;
  const float m = nk_mantissa(u, &e);
  const int near = e == 0;
  float y = nk_log_sum(near ? x : m - 1, e, near ? 0 : lost / u);
  y = x == 0 ? x : y;
  y = x < INFINITY ? y : x;
  y = x == -1 ? -INFINITY : y;
  return x < -1 ? NAN : y;
}

/// log(1 + x) for x in [0, 1] or NaN; (1 + x) / 2 - 1 loses nothing that matters.
NK_INLINE float nk_log1pf_unit(float x) {
  const int near = x < 0.41421356f;
  return nk_log_sum(near ? x : 0.5f * (x - 1), near ? 0 : 1, 0);
}

/// With t = expm1(2|x|), tanh |x| = t / (t + 2): a relative error of t is only ever damped.
NK_INLINE float nk_tanhf(float x) {
  float z = __builtin_fabsf(x);
  z = z > 10.0f ? 10.0f : z;
  const float t = nk_expm1f(2 * z);
  return __builtin_copysignf(t / (t + 2), x);
}

/// Two polynomials that meet at 475/512 (coefficients: N. Juffa's erff).
NK_INLINE float nk_erff(float x) {
  NK_CONTRACT
  float t = __builtin_fabsf(x);
  t = t > 4.0f ? 4.0f : t;
  const float s = t * t;
  float q = -1.72853470e-5f * t + 3.83197126e-4f;
  q = q * s + (-3.88396438e-3f * t + 2.42546219e-2f);
  q = q * t - 1.06777877e-1f;
  q = q * t - 6.34846687e-1f;
  q = q * t - 1.28717512e-1f;
  q = q * t - t;
  const float outer = 1 - nk_expf(q);
  float p = -5.96761703e-4f;
  p = p * s + 4.99119423e-3f;
  p = p * s - 2.67681349e-2f;
  p = p * s + 1.12819925e-1f;
  p = p * s - 3.76125336e-1f;
  p = p * s + 1.28379166e-1f;
  const float inner = p * t + t;
  return __builtin_copysignf(t > 0.927734375f ? outer : inner, x);
}

#define NK_CIRCULAR_REACH 1e5f

/// sin(x + shift π/2) for |x| ≤ 1e5. The reduction is in double, where a 33-bit π/2 times n is
/// exact, and so is the result to a float's last digit.
NK_INLINE float nk_sinf(float x, uint32_t shift) {
  NK_CONTRACT
  const double wide = x;
  const float scaled = x * 0x1.45f306p-1f;
  // Rounding in float is enough: n may be the neighbour when scaled is near a half.
  const float shifted = scaled + NK_ROUNDER;
  const double n = (double)(shifted - NK_ROUNDER);
  const uint32_t quadrant = nk_bits(shifted) + shift;
  const float r = (float)((wide - n * 0x1.921fb544p0) - n * 0x1.0b4611a626331p-34);
  const float z = r * r;
  float s = 2.86567956e-6f;
  s = s * z - 1.98559923e-4f;
  s = s * z + 8.33338592e-3f;
  s = s * z - 1.66666672e-1f;
  s = s * (z * r) + r;
  float k = 2.44677067e-5f;
  k = k * z - 1.38877297e-3f;
  k = k * z + 4.16666567e-2f;
  k = k * z - 0.5f;
  k = k * z + 1;
  const float y = quadrant & 1 ? k : s;
  return nk_float(nk_bits(y) ^ (quadrant & 2) << 30);
}

/// log2 |x| in double to 2e-12 relative (atanh series), times y, back through 2ʳ in float:
/// the float's error is that of the last polynomial alone. Signs and special cases by selection.
NK_INLINE float nk_powf(float x, float y) {
  NK_CONTRACT
  const float size = __builtin_fabsf(x);
  float e;
  const double m = nk_mantissa(size, &e);
  const double f = (m - 1) / (m + 1), z = f * f;
  const double w = z * z;
  const double even = ((w * (1.0 / 13) + 1.0 / 9) * w + 1.0 / 5) * w + 1;
  const double odd = (w * (1.0 / 11) + 1.0 / 7) * w + 1.0 / 3;
  const double p = odd * z + even;
  double logarithm = p * f * 0x1.71547652b82fep1 + e;
  logarithm = size == 0 ? -INFINITY : logarithm;
  logarithm = size < INFINITY ? logarithm : size;  // infinite or NaN
  double exponent = logarithm * y;
  exponent = exponent > 200 ? 200 : exponent;
  exponent = exponent < -200 ? -200 : exponent;
  const double k = (exponent + 0x1.8p52) - 0x1.8p52;
  const float r = (float)(exponent - k) * 0x1.62e43p-1f;
  const int32_t n = (int32_t)(nk_bits((float)k + NK_ROUNDER) - nk_bits(NK_ROUNDER));
  float power = nk_scale(1 + (r + nk_exp_rest(r)), n);
  power = ((size == 1) & (y == y)) ? 1 : power;

  const int whole = __builtin_floorf(y) == y;
  const float half = y * 0.5f;
  const int flips = whole & (__builtin_floorf(half) != half);
  power = flips ? __builtin_copysignf(power, x) : power;
  power = ((x < 0) & !whole & (x > -INFINITY) & (y == y)) ? NAN : power;
  return ((x == 1) | (y == 0)) ? 1 : power;
}

#endif
