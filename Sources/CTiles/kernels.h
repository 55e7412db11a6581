// What the kernel files share: the list of kernels, the macro that makes an elementwise one.
#ifndef NK_KERNELS_H
#define NK_KERNELS_H

#include <string.h>

#include "CNeuronikaTiles.h"

// One body, compiled per instruction set; the loader chooses. NK_PLAIN (for tests of one
// instruction set) turns it off. Without min_vector_width the v4 clone would use 256 bits; it may
// not stand beside target_clones, but a function takes it over from those inlined into it.
#if defined(__x86_64__) && defined(__ELF__) && !defined(NK_PLAIN)
#define NK_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define NK_CLONES
#endif

#if defined(__x86_64__)
#define NK_INLINE static inline __attribute__((always_inline, min_vector_width(512)))
#else
#define NK_INLINE static inline __attribute__((always_inline))
#endif

// Explicit vectors, where the order of a reduction is part of the code and no compiler may vectorise
// it unasked, or where rows are short. Four registers of 128 bits where there is no wider one.
typedef float nk_lanes __attribute__((ext_vector_type(16)));
typedef float nk_loose __attribute__((ext_vector_type(16), aligned(4)));

// The same of eight, and their parts.
typedef float nk_eight __attribute__((ext_vector_type(8)));
typedef float nk_loose8 __attribute__((ext_vector_type(8), aligned(4)));
typedef float nk_loose4 __attribute__((ext_vector_type(4), aligned(4)));
typedef float nk_loose2 __attribute__((ext_vector_type(2), aligned(4)));

// The floats from p on: eight where there are so many before the end, else `count`.
NK_INLINE void nk_load_eight(nk_eight *x, const float *p, const float *end, long count) {
  if (p + 8 <= end) {
    *x = *(const nk_loose8 *)p;
  } else {
    *x = 0;
    memcpy(x, p, count * sizeof(float));
  }
}

NK_INLINE void nk_store_eight(float *p, const nk_eight *x, long count) {
  if (count == 8) {
    *(nk_loose8 *)p = *x;
    return;
  }
  nk_loose4 a = x->lo;
  if (count & 4) *(nk_loose4 *)p = a, a = x->hi, p += 4;
  nk_loose2 b = a.lo;
  if (count & 2) *(nk_loose2 *)p = b, b = a.hi, p += 2;
  if (count & 1) *p = b.x;
}

#define NK_PARAMETERS \
  float *d, const float *a, const float *b, const float *c, long rows, long width

// Floats an iteration treats: 16 (one 512-bit register, two of 256 bits, four of 128), twice. Twice
// saves up to 20 % of the polynomials' time (the scheduler sees two independent chains); four times
// spills on AVX2; and all of them lengthen the tail.
#define NK_LANES 32

#define NK_LOOP \
  _Pragma("clang loop vectorize(assume_safety) vectorize_width(16) interleave_count(2)")

// How an operand of each kind is prepared before the loop, read in it, padded for the tail, passed.
#define NK_ONCE_V(x, p)
#define NK_ONCE_S(x, p) const float x = *p;
#define NK_ONCE_N(x, p)
#define NK_EACH_V(x, p) const float x = p[i];
#define NK_EACH_S(x, p)
#define NK_EACH_N(x, p)
#define NK_PAD_V(t, p) \
  float t[NK_LANES] = {0}; \
  memcpy(t, p + whole, rest * sizeof(float));
#define NK_PAD_S(t, p)
#define NK_PAD_N(t, p)
#define NK_PASS_V(t, p) t
#define NK_PASS_S(t, p) p
#define NK_PASS_N(t, p) p

// nk_<name>: d[i] = value, an expression in x, y, z (the elements of a, b, c), whose kinds are
// V, S or N (absent). The last n % 32 elements run padded through the same vector code: a scalar
// tail of tanh would take as long as the other thousand elements.
#define NK_ELEMENTWISE(name, A, B, C, value) \
  NK_INLINE void name##_span( \
    float *d, const float *a, const float *b, const float *c, long n) { \
    NK_ONCE_##A(x, a) NK_ONCE_##B(y, b) NK_ONCE_##C(z, c) \
    NK_LOOP for (long i = 0; i < n; i++) { \
      NK_EACH_##A(x, a) NK_EACH_##B(y, b) NK_EACH_##C(z, c) \
      d[i] = value; \
    } \
  } \
  NK_INLINE void name##_tile(float *d, const float *a, const float *b, const float *c, long n) { \
    const long rest = n % NK_LANES, whole = n - rest; \
    name##_span(d, a, b, c, whole); \
    if (rest == 0) return; \
    NK_PAD_##A(ta, a) NK_PAD_##B(tb, b) NK_PAD_##C(tc, c) \
    float td[NK_LANES]; \
    name##_span(td, NK_PASS_##A(ta, a), NK_PASS_##B(tb, b), NK_PASS_##C(tc, c), NK_LANES); \
    memcpy(d + whole, td, rest * sizeof(float)); \
  }

#define NK_KERNEL(name, A, B, C, value) \
  NK_ELEMENTWISE(name, A, B, C, value) \
  NK_CLONES void nk_##name(NK_PARAMETERS) { name##_tile(d, a, b, c, rows * width); }

#define NK_UNARY(name, value) NK_KERNEL(name, V, N, N, value)

#define NK_BINARY(name, value) \
  NK_KERNEL(name##_vv, V, V, N, value) \
  NK_KERNEL(name##_vs, V, S, N, value) \
  NK_KERNEL(name##_sv, S, V, N, value)

// Every kernel: opcode and function.
#define NK_LIST_BINARY(X, NAME, name) \
  X(NAME##_VV, name##_vv) X(NAME##_VS, name##_vs) X(NAME##_SV, name##_sv)

#define NK_LIST(X) \
  X(COPY, copy) X(NEG, neg) X(ABS, abs) X(SQRT, sqrt) X(RSQRT, rsqrt) \
  X(RECIPROCAL, reciprocal) X(SQUARE, square) X(EXP, exp) X(EXPM1, expm1) X(LOG, log) \
  X(LOG1P, log1p) X(TANH, tanh) X(SIGMOID, sigmoid) X(SOFTPLUS, softplus) X(RELU, relu) \
  X(SIGN, sign) X(FLOOR, floor) X(CEIL, ceil) X(ROUND, round) X(SIN, sin) X(COS, cos) X(ERF, erf) \
  NK_LIST_BINARY(X, ADD, add) NK_LIST_BINARY(X, SUB, sub) NK_LIST_BINARY(X, MUL, mul) \
  NK_LIST_BINARY(X, DIV, div) NK_LIST_BINARY(X, MAX, max) NK_LIST_BINARY(X, MIN, min) \
  NK_LIST_BINARY(X, POW, pow) NK_LIST_BINARY(X, LT, lt) NK_LIST_BINARY(X, LE, le) \
  NK_LIST_BINARY(X, EQ, eq) NK_LIST_BINARY(X, NE, ne) \
  X(SELECT_VVV, select_vvv) X(SELECT_VVS, select_vvs) X(SELECT_VSV, select_vsv) \
  X(SELECT_VSS, select_vss) \
  X(EXP_SUB_VS, exp_sub_vs) X(EXP_SUB_VR, exp_sub_vr) \
  X(COPY_PAST, copy_past) X(FILL, fill) X(COLUMN, column) X(EXPAND, expand) \
  X(ROW_SUM, row_sum) X(ROW_MAX, row_max) X(ROW_MIN, row_min) \
  X(ROW_ARGMAX, row_argmax) X(ROW_ARGMIN, row_argmin) X(ROW_SCAN, row_scan) \
  X(ROW_PICK, row_pick) X(ROW_ADD, row_add) \
  X(ADD_VR, add_vr) X(SUB_VR, sub_vr) X(MUL_VR, mul_vr) X(DIV_VR, div_vr) \
  X(COLUMN_SUM, column_sum)

#endif
