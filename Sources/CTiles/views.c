// Between a strided view and a contiguous tile.
//
// Goals in order: any view, runs of stride 1 at memcpy's speed, little overhead for short runs.
// Axes of size 1 are dropped and axes that continue each other merged first, so that a view that is
// contiguous in fact is one run; then an odometer over the outer axes moves one run at a time.
//
// Nanoseconds to load 1024 floats (one core of a Zen 4 at 3.7 GHz): broadcast along the inner axis
// 45, along the outer 60; rows of 10 of 12 or 10 repeated 400; from a matrix of 1.6 MB, contiguous
// 300 (waiting for the cache beyond L1), transposed 570. Where eight rows of a transposed matrix are
// in the tile, they are loaded as blocks: 64 × 144 of them 185 instead of 327, 144 × 64 90 instead of
// 310, rows of 8 95 instead of 385.

#include "kernels.h"

typedef struct {
  int rank;         // at least 1
  long dims[64];    // 64 axes of 2 or more would overflow a count
  long strides[64];
} nk_view;

static nk_view nk_merge(int rank, const long *dims, const long *strides) {
  nk_view v;
  v.rank = 0;
  for (int k = 0; k < rank; k++) {
    if (dims[k] == 1) continue;
    const int last = v.rank - 1;
    if (last >= 0 && v.strides[last] == dims[k] * strides[k]) {
      v.dims[last] *= dims[k];
      v.strides[last] = strides[k];
    } else {
      v.dims[v.rank] = dims[k];
      v.strides[v.rank++] = strides[k];
    }
  }
  if (v.rank == 0) {
    v.dims[0] = 1;
    v.strides[0] = 1;
    v.rank = 1;
  }
  return v;
}

// Of two rows in turn the floats 0, 1, 4, 5, or those between.
#define NK_LOW(x, y) __builtin_shufflevector(x, y, 0, 8, 1, 9, 4, 12, 5, 13)
#define NK_HIGH(x, y) __builtin_shufflevector(x, y, 2, 10, 3, 11, 6, 14, 7, 15)

// A matrix of 8 × 8 turned.
NK_INLINE void nk_turn_eight(float *d, long width, const float *p, long step) {
  nk_eight x[8], y[8];
  _Pragma("unroll") for (int k = 0; k < 8; k++) x[k] = *(const nk_loose8 *)(p + k * step);
  // Pairs of rows, then fours, then halves.
  _Pragma("unroll") for (int k = 0; k < 4; k++) {
    y[2 * k] = NK_LOW(x[2 * k], x[2 * k + 1]);
    y[2 * k + 1] = NK_HIGH(x[2 * k], x[2 * k + 1]);
  }
  _Pragma("unroll") for (int k = 0; k < 8; k += 4) {
    _Pragma("unroll") for (int i = 0; i < 2; i++) {
      const nk_eight a = y[k + i], b = y[k + i + 2];
      x[k + 2 * i] = __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
      x[k + 2 * i + 1] = __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
    }
  }
  _Pragma("unroll") for (int k = 0; k < 4; k++) {
    const nk_eight a = x[k], b = x[k + 4];
    *(nk_loose8 *)(d + k * width) = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
    *(nk_loose8 *)(d + (k + 4) * width) =
      __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

// Rows of at least eight floats from as many columns, eight rows at a time: d[r width + j] =
// p[r + j step].
NK_INLINE void nk_turn(float *d, const float *p, long rows, long width, long step) {
  for (long r = 0; r < rows; r += 8) {
    // The last block covers what the one before left.
    for (long j = 0; j + 8 < width; j += 8)
      nk_turn_eight(d + r * width + j, width, p + r + j * step, step);
    nk_turn_eight(d + r * width + width - 8, width, p + r + (width - 8) * step, step);
  }
}

// Runs `body` for each run of the view: `at` the offset of its first element, `run` its length,
// `step` its stride.
#define NK_RUNS(body) \
  if (count <= 0) return; \
  const nk_view v = nk_merge(rank, dims, strides); \
  const int inner = v.rank - 1; \
  const long step = v.strides[inner]; \
  long index[64], at = 0; \
  for (int k = inner; k >= 0; k--) { \
    index[k] = start % v.dims[k]; \
    start /= v.dims[k]; \
    at += index[k] * v.strides[k]; \
  } \
  for (;;) { \
    const long left = v.dims[inner] - index[inner], run = left < count ? left : count; \
    body; \
    count -= run; \
    if (count == 0) return; \
    at -= index[inner] * step; \
    index[inner] = 0; \
    for (int k = inner - 1; ; k--) { \
      at += v.strides[k]; \
      if (++index[k] < v.dims[k]) break; \
      index[k] = 0; \
      at -= v.dims[k] * v.strides[k]; \
    } \
  }

// How many rows of a view whose columns lie in memory one after the other can be turned at once: all
// whole ones before the end, of those eights.
NK_INLINE long nk_rows(const nk_view *v, const long *index, long count) {
  const int row = v->rank - 2;
  const long left = v->dims[row] - index[row], wanted = count / v->dims[row + 1];
  return (left < wanted ? left : wanted) / 8 * 8;
}

// Runs up to this length are copied here, without memcpy's call (a guess, not tuned).
#define NK_SHORT 16

#define NK_STEPS _Pragma("clang loop vectorize(disable) unroll_count(4)")

NK_CLONES void nk_load(
  float *d, const float *base, long start, long count, int rank, const long *dims,
  const long *strides
) {
  NK_RUNS({
    const int turns =
      inner > 0 && v.strides[inner - 1] == 1 && step > 1 && v.dims[inner] >= 8;
    const float *p = base + at;
    const long whole = turns && run == v.dims[inner] ? nk_rows(&v, index, count) : 0;
    if (whole > 0) {
      nk_turn(d, p, whole, run, step);
      // The first of them is what is counted as the run.
      d += (whole - 1) * run;
      count -= (whole - 1) * run;
      index[inner - 1] += whole - 1;
      at += whole - 1;
    } else if (step == 1 && run > NK_SHORT) {
      memcpy(d, p, run * sizeof(float));
    } else if (step == 0) {
      const float x = *p;
      for (long j = 0; j < run; j++) d[j] = x;
    } else {
      NK_STEPS for (long j = 0; j < run; j++) d[j] = p[j * step];
    }
    d += run;
  })
}

NK_CLONES void nk_store(
  float *base, const float *s, long start, long count, int rank, const long *dims,
  const long *strides
) {
  NK_RUNS({
    float *p = base + at;
    if (step == 1 && run > NK_SHORT) {
      memcpy(p, s, run * sizeof(float));
    } else {
      NK_STEPS for (long j = 0; j < run; j++) p[j * step] = s[j];
    }
    s += run;
  })
}
