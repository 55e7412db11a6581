// Between a strided view and a contiguous tile.
//
// Goals in order: any view, runs of stride 1 at memcpy's speed, little overhead for short runs.
// Axes of size 1 are dropped and axes that continue each other merged first, so that a view that is
// contiguous in fact is one run; then an odometer over the outer axes moves one run at a time.
//
// Nanoseconds to load 1024 floats (one core of a Zen 4 at 3.7 GHz): broadcast along the inner axis
// 45, along the outer 60; rows of 10 of 12 or 10 repeated 400; from a matrix of 1.6 MB, contiguous
// 300 (waiting for the cache beyond L1), transposed 570.

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

// Runs up to this length are copied here, without memcpy's call (a guess, not tuned).
#define NK_SHORT 16

#define NK_STEPS _Pragma("clang loop vectorize(disable) unroll_count(4)")

NK_CLONES void nk_load(
  float *d, const float *base, long start, long count, int rank, const long *dims,
  const long *strides
) {
  NK_RUNS({
    const float *p = base + at;
    if (step == 1 && run > NK_SHORT) {
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
