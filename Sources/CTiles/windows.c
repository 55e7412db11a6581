// Windows over images with channels last, `[N, D, H, W, C]`: the greatest element of each, and weighted
// sums. Two spatial axes or one are three with extents of 1.
//
// Goals in order: NaN shown, ties to the first element of a window; sixteen channels at a time, or as
// many as there are; any window that tables of positions can say, so that strided, dilated, padded and
// adaptive pooling, upsampling and the transposes of the linear ones are the same three loops.

#include "kernels.h"

typedef int32_t nk_places __attribute__((ext_vector_type(16)));
typedef float nk_loose8 __attribute__((ext_vector_type(8), aligned(4)));
typedef float nk_loose4 __attribute__((ext_vector_type(4), aligned(4)));
typedef float nk_loose2 __attribute__((ext_vector_type(2), aligned(4)));

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
  nk_loose8 a = x->lo;
  if (count & 8) *(nk_loose8 *)p = a, a = x->hi, p += 8;
  nk_loose4 b = a.lo;
  if (count & 4) *(nk_loose4 *)p = b, b = a.hi, p += 4;
  nk_loose2 c = b.lo;
  if (count & 2) *(nk_loose2 *)p = c, c = b.hi, p += 2;
  if (count & 1) *p = c.x;
}

// Whether x takes the place of the greatest so far.
#define NK_EXCEEDS(x, best) (((x) > (best)) | (((x) != (x)) & ((best) == (best))))

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

NK_CLONES void nk_max_pool(
  float *y, const float *x, const nk_windows *v, long first, long last
) {
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
