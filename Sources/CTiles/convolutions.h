// What the kernels of convolutions share: images taken apart into planes, and vectors transposed.
#ifndef NK_CONVOLUTIONS_H
#define NK_CONVOLUTIONS_H

#include <stdint.h>

#include "kernels.h"

typedef int32_t nk_marks __attribute__((ext_vector_type(16)));

#define nk_numbers ((nk_marks){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})

// Multiply and add become one instruction where the instruction set has it.
#define NK_CONTRACT _Pragma("clang fp contract(fast)")
#define NK_UNROLL _Pragma("clang loop unroll(full)")

// Floats that fill whole vectors.
NK_INLINE long nk_whole(long floats) { return (floats + 15) / 16 * 16; }

NK_INLINE long nk_taps(const nk_images *v) { return v->inputs * v->kernel[0] * v->kernel[1]; }

// Whether sixteen floats are one vector.
NK_INLINE int nk_has_wide_vectors(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
    && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
#else
  return 0;
#endif
}

// What the windows reach over along an axis, padding and all.
NK_INLINE long nk_reach(const nk_images *v, int axis) {
  return (v->output[axis] - 1) * v->strides[axis] + (v->kernel[axis] - 1) * v->dilations[axis] + 1;
}

// Floats of an image's planes, one for each channel, that may be read a vector too far.
NK_INLINE long nk_planes_size(const nk_images *v) {
  return nk_whole(v->inputs * nk_reach(v, 0) * nk_reach(v, 1) + 16);
}

// Takes an image apart into planes. What is padding is 0 already.
NK_INLINE void nk_fill_planes(float *planes, const float *x, const nk_images *v) {
  const long height = nk_reach(v, 0), width = nk_reach(v, 1), channels = v->inputs;
  const long left = height - v->padding[0], room = width - v->padding[1];
  const long rows = left < v->input[0] ? left : v->input[0];
  const long columns = room < v->input[1] ? room : v->input[1];
  for (long row = 0; row < rows; row++) {
    const float *const from = x + row * v->input[1] * channels;
    float *const to = planes + (row + v->padding[0]) * width + v->padding[1];
    if (columns <= 0) continue;
    if (channels == 1) {
      memcpy(to, from, columns * sizeof(float));
      continue;
    }
    for (long c = 0; c < channels; c++)
      for (long w = 0; w < columns; w++) to[c * height * width + w] = from[w * channels + c];
  }
}

// Numbers of floats from a window's first in the planes to each of its elements, in the order of the
// kernel's.
NK_INLINE void nk_tap_offsets(int32_t *offsets, const nk_images *v) {
  const long height = nk_reach(v, 0), width = nk_reach(v, 1);
  for (long c = 0; c < v->inputs; c++)
    for (long i = 0; i < v->kernel[0]; i++)
      for (long j = 0; j < v->kernel[1]; j++)
        *offsets++ = (int32_t)((c * height + i * v->dilations[0]) * width + j * v->dilations[1]);
}

#define NK_ZIP_LOW(x, y) __builtin_shufflevector( \
  x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define NK_ZIP_HIGH(x, y) __builtin_shufflevector( \
  x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
// Eight rows of sixteen floats become sixteen rows of eight, two in a vector: each of three shuffles
// moves one bit of a float's number from the row to the column.
NK_INLINE void nk_transpose(nk_lanes rows[8]) {
  NK_UNROLL for (int turn = 0; turn < 3; turn++) {
    nk_lanes next[8];
    NK_UNROLL for (int i = 0; i < 4; i++) {
      next[2 * i] = NK_ZIP_LOW(rows[i], rows[i + 4]);
      next[2 * i + 1] = NK_ZIP_HIGH(rows[i], rows[i + 4]);
    }
    NK_UNROLL for (int i = 0; i < 8; i++) rows[i] = next[i];
  }
}

#endif
