// Windows over images with channels last, `[N, D, H, W, C]`: the greatest element of each, and weighted
// sums. Two spatial axes or one are three with extents of 1.
//
// Goals in order: NaN shown, ties to the first element of a window; sixteen channels at a time; any
// window that tables of positions can say, so that strided, dilated, padded and adaptive pooling,
// upsampling and the transposes of the linear ones are the same three loops.

#include <math.h>

#include "kernels.h"

typedef float nk_lanes __attribute__((ext_vector_type(16)));
typedef int32_t nk_places __attribute__((ext_vector_type(16)));
typedef float nk_loose __attribute__((ext_vector_type(16), aligned(4)));

// Whether x takes the place of the greatest so far.
#define NK_EXCEEDS(x, best) (((x) > (best)) | (((x) != (x)) & ((best) == (best))))

// Runs `body` for each element of the window of output (d, h, w): `at` is where its channels start,
// `tap` its number.
#define NK_EACH_TAP(body) do { \
    int32_t tap = 0; \
    for (int i = v->starts[0][d]; i < v->starts[0][d + 1]; i++) \
      for (int j = v->starts[1][h]; j < v->starts[1][h + 1]; j++) \
        for (int k = v->starts[2][w]; k < v->starts[2][w + 1]; k++, tap++) { \
          const long at = ((v->positions[0][i] * v->input[1] + v->positions[1][j]) * v->input[2] \
            + v->positions[2][k]) * v->channels + c; \
          body; \
        } \
  } while (0)

#define NK_LOAD_LANES(p) (*(const nk_loose *)(p))
#define NK_STORE_LANES(p, x) (*(nk_loose *)(p) = (x))
#define NK_LOAD_ONE(p) (*(p))
#define NK_STORE_ONE(p, x) (*(p) = (x))

// Treats the channels of output (d, h, w) sixteen at a time, and the rest one by one.
#define NK_CHANNELS(body) do { \
    long c = 0; \
    for (; c + 16 <= v->channels; c += 16) \
      body(nk_lanes, nk_places, NK_LOAD_LANES, NK_STORE_LANES) \
    for (; c < v->channels; c++) body(float, int32_t, NK_LOAD_ONE, NK_STORE_ONE) \
  } while (0)

// Runs `body` for each output position of some rows, which are numbered through all images: `image`
// is the input that it belongs to, `out` where its channels start.
#define NK_ROWS(body) \
  const long size = v->input[0] * v->input[1] * v->input[2] * v->channels; \
  for (long row = first; row < last; row++) { \
    const long n = row / (v->output[0] * v->output[1]); \
    const long d = row / v->output[1] % v->output[0], h = row % v->output[1]; \
    for (long w = 0; w < v->output[2]; w++) { \
      const long out = (row * v->output[2] + w) * v->channels; \
      body; \
    } \
  }

#define NK_MAX_POOL(lanes, places, load, store) { \
  lanes best = 0; \
  NK_EACH_TAP({ \
    const lanes x = load(image + at); \
    best = tap == 0 ? x : NK_EXCEEDS(x, best) ? x : best; \
  }); \
  store(y + out + c, best); \
}

NK_CLONES void nk_max_pool(
  float *y, const float *x, const nk_windows *v, long first, long last
) {
  NK_ROWS({
    const float *image = x + n * size;
    NK_CHANNELS(NK_MAX_POOL);
  })
}

#define NK_MAX_POOL_SELECT(lanes, places, load, store) { \
  lanes best = 0, chosen = 0; \
  NK_EACH_TAP({ \
    const lanes x = load(image + at); const lanes value = load(values + at); \
    const places exceeds = (places)(tap == 0 ? -1 : 0) | NK_EXCEEDS(x, best); \
    best = exceeds ? x : best; \
    chosen = exceeds ? value : chosen; \
  }); \
  store(y + out + c, chosen); \
}

NK_CLONES void nk_max_pool_select(
  float *y, const float *x, const float *s, const nk_windows *v, long first, long last
) {
  NK_ROWS({
    const float *image = x + n * size; const float *values = s + n * size;
    NK_CHANNELS(NK_MAX_POOL_SELECT);
  })
}

#define NK_MAX_POOL_ROUTE(lanes, places, load, store) { \
  lanes best = 0; \
  places place = 0; \
  NK_EACH_TAP({ \
    const lanes x = load(image + at); \
    const places exceeds = (places)(tap == 0 ? -1 : 0) | NK_EXCEEDS(x, best); \
    best = exceeds ? x : best; \
    place = exceeds ? (places)(tap) : place; \
  }); \
  const lanes gradient = load(g + out + c); \
  if (v->is_partition) \
    NK_EACH_TAP(store(result + at, place == tap ? gradient : (lanes)(0))); \
  else \
    NK_EACH_TAP({ \
      const lanes sum = load(result + at) + (place == tap ? gradient : (lanes)(0)); \
      store(result + at, sum); \
    }); \
}

NK_CLONES void nk_max_pool_route(
  float *y, const float *x, const float *g, const nk_windows *v, long first, long last
) {
  const long image_rows = v->output[0] * v->output[1];
  const long image_size = v->input[0] * v->input[1] * v->input[2] * v->channels;
  if (!v->is_partition)
    memset(y + first / image_rows * image_size, 0,
      (last - first) / image_rows * image_size * sizeof(float));
  NK_ROWS({
    const float *image = x + n * size;
    float *result = y + n * size;
    NK_CHANNELS(NK_MAX_POOL_ROUTE);
  })
}

#define NK_RESAMPLE(lanes, places, load, store) { \
  lanes sum = 0; \
  NK_EACH_TAP({ \
    const float weight = v->weights[0][i] * v->weights[1][j] * v->weights[2][k]; \
    const lanes x = load(image + at); \
    sum += x * weight; \
  }); \
  store(y + out + c, sum); \
}

NK_CLONES void nk_resample(
  float *y, const float *x, const nk_windows *v, long first, long last
) {
  NK_ROWS({
    const float *image = x + n * size;
    NK_CHANNELS(NK_RESAMPLE);
  })
}
