// Windows over images with channels last, `[N, D, H, W, C]`: the greatest element of each, and weighted
// sums. Two spatial axes or one are three with extents of 1.
//
// Goals in order: NaN shown, ties to the first element of a window; sixteen channels at a time, or as
// many as there are; any window that tables of positions can say, so that strided, dilated, padded and
// adaptive pooling, upsampling and the transposes of the linear ones are the same three loops.
//
// Windows of 2 × 2 side by side, which most networks pool by, have loops of their own: what a window
// covers is known without tables, and lanes beyond the channels are written too where the next position
// overwrites them. 64 images take, in microseconds on a core of a Zen 4, pooled and routed, by tables
// and by these loops: 28 × 28 × 6 179, 334 and 44, 72 · 10 × 10 × 16 24, 43 and 11, 17 ·
// 28 × 28 × 1 174, 314 and 53, 90 · 14 × 14 × 32 95, 172 and 40, 63. Eight lanes at a time: sixteen
// save a quarter where there are 16 channels, and take a third longer where there are 6.

#include "kernels.h"

typedef int32_t nk_places __attribute__((ext_vector_type(16)));
typedef int32_t nk_eight_places __attribute__((ext_vector_type(8)));

// The floats from p on: sixteen where there are so many before the end, else `count`.
NK_INLINE void nk_load_lanes(nk_lanes *x, const float *p, const float *end, long count) {
  if (p + 16 <= end) {
    *x = *(const nk_loose *)p;
  } else {
    *x = 0;
    memcpy(x, p, count * sizeof(float));
  }
}

NK_INLINE void nk_store_lanes(float *p, const nk_lanes *x, long count) {
  if (count == 16) {
    *(nk_loose *)p = *x;
    return;
  }
  nk_eight half = x->lo;
  if (count & 8) *(nk_loose8 *)p = half, half = x->hi, p += 8;
  nk_store_eight(p, &half, count & 7);
}

// Whether x takes the place of the greatest so far: it is greater, or NaN where that isn't.
#define NK_EXCEEDS(x, best) (~((x) <= (best)) & ((best) == (best)))

// Runs `body` for each output position of some rows, which are numbered through all images: `image`
// is the number of the first float of its input, `out` of the output's. Of the channels, `count` from
// c on.
#define NK_POSITIONS(body) \
  const long size = v->input[0] * v->input[1] * v->input[2] * v->channels; \
  const float *const x_end = x + v->images * size; \
  for (long row = first; row < last; row++) { \
    const long image = row / (v->output[0] * v->output[1]) * size; \
    const long d = row / v->output[1] % v->output[0], h = row % v->output[1]; \
    for (long w = 0; w < v->output[2]; w++) \
      for (long c = 0; c < v->channels; c += 16) { \
        const long out = (row * v->output[2] + w) * v->channels + c; \
        const long count = v->channels - c < 16 ? v->channels - c : 16; \
        body \
      } \
  }

// Runs `body` for each element of the window of output (d, h, w): `at` is the number of its first
// float, `tap` its own.
#define NK_EACH_TAP(body) do { \
    int32_t tap = 0; \
    for (int i = v->starts[0][d]; i < v->starts[0][d + 1]; i++) \
      for (int j = v->starts[1][h]; j < v->starts[1][h + 1]; j++) { \
        const long line = image + c + (v->positions[0][i] * v->input[1] + v->positions[1][j]) \
          * v->input[2] * v->channels; \
        for (int k = v->starts[2][w]; k < v->starts[2][w + 1]; k++, tap++) { \
          const long at = line + v->positions[2][k] * v->channels; \
          body \
        } \
      } \
  } while (0)

// Whether each window is one of 2 × 2 elements, and its columns 2w and 2w + 1.
NK_INLINE int nk_are_squares(const nk_windows *v) {
  if (v->channels == 0) return 0;
  for (long d = 0; d < v->output[0]; d++)
    if (v->starts[0][d + 1] - v->starts[0][d] != 1) return 0;
  for (long h = 0; h < v->output[1]; h++)
    if (v->starts[1][h + 1] - v->starts[1][h] != 2) return 0;
  for (long w = 0; w < v->output[2]; w++)
    if (v->starts[2][w] != 2 * w || v->starts[2][w + 1] != 2 * w + 2
        || v->positions[2][2 * w] != 2 * w || v->positions[2][2 * w + 1] != 2 * w + 1) return 0;
  return 1;
}

// The greatest of four, and whether the second, third or fourth took the place of those before.
typedef struct { nk_eight best; nk_eight_places second, third, fourth; } nk_square;

NK_INLINE void nk_greatest_of_square(
  nk_square *it, const nk_eight *a, const nk_eight *b, const nk_eight *c, const nk_eight *d
) {
  it->second = NK_EXCEEDS(*b, *a);
  nk_eight best = it->second ? *b : *a;
  it->third = NK_EXCEEDS(*c, best);
  best = it->third ? *c : best;
  it->fourth = NK_EXCEEDS(*d, best);
  it->best = it->fourth ? *d : best;
}

// What each of four gets of a gradient: the greatest all.
NK_INLINE void nk_route_square(
  nk_eight *shares, const nk_eight *a, const nk_eight *b, const nk_eight *c, const nk_eight *d,
  const nk_eight *gradient, int is_rectified
) {
  nk_square square;
  nk_greatest_of_square(&square, a, b, c, d);
  nk_eight rest = *gradient;
  if (is_rectified) rest = square.best > 0 ? rest : (nk_eight)(0);
  shares[3] = square.fourth ? rest : (nk_eight)(0);
  rest = square.fourth ? (nk_eight)(0) : rest;
  shares[2] = square.third ? rest : (nk_eight)(0);
  rest = square.third ? (nk_eight)(0) : rest;
  shares[1] = square.second ? rest : (nk_eight)(0);
  shares[0] = square.second ? (nk_eight)(0) : rest;
}

// Runs `body` for eight lanes of each window of some rows: `from` and `to` count the floats from the
// start of a row of x and of the result, of which `count` are the window's. Channels go down, so that
// what is written beyond them is written again by the next position. Where the row ends before eight
// floats, and reading or writing beyond it may be wrong, `count` is less than 8 and `exact` is 1.
#define NK_SQUARES(body) do { \
    const long channels = v->channels, width = v->output[2] * channels; \
    const long pitch = v->input[2] * channels, plane = v->input[1] * pitch; \
    const long ragged = (channels - 1) / 8 * 8, positions = v->output[2]; \
    const long inner = width - ragged < 8 ? 0 : (width - ragged - 8) / channels + 1; \
    for (long row = first; row < last; row++) { \
      const long d = row / v->output[1] % v->output[0], h = row % v->output[1]; \
      const long image = row / (v->output[0] * v->output[1]) * v->input[0]; \
      const int32_t *const places = v->positions[1] + v->starts[1][h]; \
      const long top = (image + v->positions[0][v->starts[0][d]]) * plane + places[0] * pitch; \
      const long bottom = top + (places[1] - places[0]) * pitch, out = row * width; \
      for (long w = 0; w < inner; w++) \
        for (long c = ragged; c >= 0; c -= 8) { \
          const long to = w * channels + c, from = to + w * channels, count = 8; \
          enum { exact = 0 }; \
          body \
        } \
      for (long w = inner; w < positions; w++) \
        for (long c = ragged; c >= 0; c -= 8) { \
          const long to = w * channels + c, from = to + w * channels; \
          const long count = channels - c < 8 ? channels - c : 8; \
          enum { exact = 1 }; \
          body \
        } \
    } \
  } while (0)

#define NK_LOAD_SQUARE(x, p, end) \
  nk_eight x; \
  if (exact) nk_load_eight(&x, p, end, count); \
  else x = *(const nk_loose8 *)(p);

#define NK_STORE_SQUARE(p, x) do { \
    if (exact) nk_store_eight(p, &x, count); \
    else *(nk_loose8 *)(p) = x; \
  } while (0)

#define NK_LOAD_FOUR \
  NK_LOAD_SQUARE(x0, x + top + from, x_end) \
  NK_LOAD_SQUARE(x1, x + top + from + channels, x_end) \
  NK_LOAD_SQUARE(x2, x + bottom + from, x_end) \
  NK_LOAD_SQUARE(x3, x + bottom + from + channels, x_end)

NK_INLINE void nk_max_pool_squares(
  float *y, const float *x, const nk_windows *v, long first, long last
) {
  const float *const x_end = x + v->images * v->input[0] * v->input[1] * v->input[2] * v->channels;
  NK_SQUARES({
    NK_LOAD_FOUR
    nk_square square;
    nk_greatest_of_square(&square, &x0, &x1, &x2, &x3);
    NK_STORE_SQUARE(y + out + to, square.best);
  });
}

// Of windows that are a partition.
NK_INLINE void nk_max_pool_route_squares(
  float *y, const float *x, const float *g, const nk_windows *v, long first, long last
) {
  const long floats = v->images * v->input[0] * v->input[1] * v->input[2] * v->channels;
  const float *const x_end = x + floats, *const g_end = g + floats / 4;
  NK_SQUARES({
    NK_LOAD_FOUR
    NK_LOAD_SQUARE(gradient, g + out + to, g_end)
    nk_eight shares[4];
    nk_route_square(shares, &x0, &x1, &x2, &x3, &gradient, v->is_rectified);
    NK_STORE_SQUARE(y + top + from, shares[0]);
    NK_STORE_SQUARE(y + top + from + channels, shares[1]);
    NK_STORE_SQUARE(y + bottom + from, shares[2]);
    NK_STORE_SQUARE(y + bottom + from + channels, shares[3]);
  });
}

NK_CLONES void nk_max_pool_route_blocked(
  float *y, const float *x, const float *g, const nk_windows *v, long first, long last
) {
  const long channels = v->channels, width = v->output[2], pixels = v->input[1] * v->input[2];
  for (long row = first; row < last; row++) {
    const int32_t *const places = v->positions[1] + v->starts[1][row % v->output[1]];
    const long image = row / v->output[1];
    const long top = places[0] * v->input[2], below = (places[1] - places[0]) * v->input[2];
    for (long w = 0; w < width; w++)
      for (long c = 0; c < channels; c += 8) {
        const long pixel = top + 2 * w;
        const float *const from = x + (image * pixels + pixel) * channels + c;
        const nk_eight x0 = *(const nk_loose8 *)from, x1 = *(const nk_loose8 *)(from + channels);
        const nk_eight x2 = *(const nk_loose8 *)(from + below * channels);
        const nk_eight x3 = *(const nk_loose8 *)(from + (below + 1) * channels);
        const nk_eight gradient = *(const nk_loose8 *)(g + (row * width + w) * channels + c);
        nk_eight shares[4];
        nk_route_square(shares, &x0, &x1, &x2, &x3, &gradient, v->is_rectified);
        float *const to = y + ((image * channels + c) / 16 * pixels + pixel) * 16 + c % 16;
        *(nk_loose8 *)to = shares[0];
        *(nk_loose8 *)(to + 16) = shares[1];
        *(nk_loose8 *)(to + below * 16) = shares[2];
        *(nk_loose8 *)(to + (below + 1) * 16) = shares[3];
      }
  }
}

int nk_can_route_blocked(const nk_windows *v) {
  return v->is_partition && v->input[0] == 1 && v->channels % 16 == 0 && nk_are_squares(v);
}

NK_CLONES void nk_max_pool(
  float *y, const float *x, const nk_windows *v, long first, long last
) {
  if (nk_are_squares(v)) return nk_max_pool_squares(y, x, v, first, last);
  NK_POSITIONS({
    nk_lanes best = 0;
    NK_EACH_TAP({
      nk_lanes element;
      nk_load_lanes(&element, x + at, x_end, count);
      const nk_places exceeds = (nk_places)(tap == 0 ? -1 : 0) | NK_EXCEEDS(element, best);
      best = exceeds ? element : best;
    });
    nk_store_lanes(y + out, &best, count);
  })
}

NK_CLONES void nk_max_pool_select(
  float *y, const float *x, const float *s, const nk_windows *v, long first, long last
) {
  NK_POSITIONS({
    nk_lanes best = 0;
    nk_lanes chosen = 0;
    NK_EACH_TAP({
      nk_lanes element;
      nk_load_lanes(&element, x + at, x_end, count);
      nk_lanes value;
      nk_load_lanes(&value, s + at, s + (x_end - x), count);
      const nk_places exceeds = (nk_places)(tap == 0 ? -1 : 0) | NK_EXCEEDS(element, best);
      best = exceeds ? element : best;
      chosen = exceeds ? value : chosen;
    });
    nk_store_lanes(y + out, &chosen, count);
  })
}

NK_CLONES void nk_max_pool_route(
  float *y, const float *x, const float *g, const nk_windows *v, long first, long last
) {
  const long rows = v->output[0] * v->output[1];
  const long floats = v->input[0] * v->input[1] * v->input[2] * v->channels;
  if (v->is_partition && nk_are_squares(v))
    return nk_max_pool_route_squares(y, x, g, v, first, last);
  const float *const g_end = g + v->images * rows * v->output[2] * v->channels;
  if (!v->is_partition)
    memset(y + first / rows * floats, 0, (last - first) / rows * floats * sizeof(float));
  NK_POSITIONS({
    nk_lanes best = 0;
    nk_places place = 0;
    NK_EACH_TAP({
      nk_lanes element;
      nk_load_lanes(&element, x + at, x_end, count);
      const nk_places exceeds = (nk_places)(tap == 0 ? -1 : 0) | NK_EXCEEDS(element, best);
      best = exceeds ? element : best;
      place = exceeds ? (nk_places)(tap) : place;
    });
    nk_lanes gradient;
    nk_load_lanes(&gradient, g + out, g_end, count);
    if (v->is_rectified) gradient = best > 0 ? gradient : (nk_lanes)(0);
    if (v->is_partition)
      NK_EACH_TAP({
        const nk_lanes share = place == tap ? gradient : (nk_lanes)(0);
        nk_store_lanes(y + at, &share, count);
      });
    else
      NK_EACH_TAP({
        nk_lanes sum;
        nk_load_lanes(&sum, y + at, y + (x_end - x), count);
        sum += place == tap ? gradient : (nk_lanes)(0);
        nk_store_lanes(y + at, &sum, count);
      });
  })
}

NK_CLONES void nk_resample(
  float *y, const float *x, const nk_windows *v, long first, long last
) {
  NK_POSITIONS({
    nk_lanes sum = 0;
    NK_EACH_TAP({
      (void)tap;
      const float weight = v->weights[0][i] * v->weights[1][j] * v->weights[2][k];
      nk_lanes element;
      nk_load_lanes(&element, x + at, x_end, count);
      sum += element * weight;
    });
    nk_store_lanes(y + out, &sum, count);
  })
}
