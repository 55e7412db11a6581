// Gradients of convolutions' inputs where those have few channels.
//
// Goals in order: right for any stride, padding and number of rows; whole vectors where channels fill
// none. oneDNN's lanes are input channels, so that six of sixteen work; here they are those of all
// columns of a row of the kernel, which lie side by side in a row of the input: 30 of 32 for six channels
// and five columns. Each position of the output is worth a product of its channels with those lanes.
// The rows of the kernel are added up in registers, the positions, whose lanes overlap, in memory.
//
// Time for 8 images relative to oneDNN 2.6 on one core of a Zen 4 with AVX-512, where both add up a
// vector of products in each cycle (64 images 14 × 14, 6 channels, 16 outputs, 5 × 5: 342 and 701 µs):
//
//                              channels  1     2     3     4     6     8    10    12    16
//   28 × 28, 6 outputs, 5 × 5         0.28  0.28  0.30  0.53  0.54  0.77  1.03  1.03  1.27
//   14 × 14, 16 outputs, 5 × 5        0.26  0.26  0.26  0.50  0.51  0.73  0.98  0.98  1.20
//   28 × 28, 16 outputs, 3 × 3        0.41  0.42  0.43  0.43  0.80  0.78  0.81  1.21  1.17
//   the same with stride 2            0.44  0.45  0.46  0.47  0.90  0.89  0.94  1.29  1.33
//   32 × 32, 64 outputs, 4 × 4, 2     0.30  0.30  0.31  0.31  0.55  0.55  0.85  0.85  1.11
//   16 × 16, 16 outputs, 7 × 7        0.21  0.21  0.36  0.36  0.55  0.72  0.90  1.05  1.24
//
// So the rule (nk_fold_is_faster): a row of the kernel has to fill at most half as many vectors as it
// has columns, each of which is at least one of oneDNN's. Without AVX-512 this takes 0.4 to 1.6 times as
// long, so oneDNN keeps it.
//
// Eight rows are added up in turns, because a sum that overlaps the one stored just before waits for it.

#include "convolutions.h"

#define NK_FOLD_ROWS 8

// Vectors that hold a kernel row's elements for all input channels.
NK_INLINE long nk_fold_vectors(const nk_images *v) {
  return (v->kernel[1] * v->inputs + 15) / 16;
}

// Floats of a row that is being added up.
NK_INLINE long nk_fold_pitch(const nk_images *v) {
  const long reach = nk_reach(v, 1), room = v->input[1] + v->padding[1];
  return nk_whole((reach > room ? reach : room) * v->inputs + 16);
}

long nk_fold_packed(const nk_images *v) {
  return v->kernel[0] * v->outputs * nk_fold_vectors(v) * 16;
}

// For each kernel row and output the elements of its columns, input channels last.
void nk_fold_pack(float *packed, const float *kernel, const nk_images *v) {
  const long height = v->kernel[0], width = v->kernel[1], inputs = v->inputs;
  const long pitch = nk_fold_vectors(v) * 16;
  memset(packed, 0, nk_fold_packed(v) * sizeof(float));
  for (long i = 0; i < height; i++)
    for (long k = 0; k < v->outputs; k++)
      for (long j = 0; j < width; j++)
        for (long c = 0; c < inputs; c++)
          packed[(i * v->outputs + k) * pitch + j * inputs + c] =
            kernel[((k * inputs + c) * height + i) * width + j];
}

NK_INLINE long nk_fold_rows(const nk_images *v) {
  return v->input[0] < NK_FOLD_ROWS ? v->input[0] : NK_FOLD_ROWS;
}

long nk_fold_blocks(const nk_images *v) { return (v->input[0] + NK_FOLD_ROWS - 1) / NK_FOLD_ROWS; }

int nk_fold_is_faster(const nk_images *v) {
  const long theirs = v->kernel[1] * ((v->inputs + 15) / 16);
  return nk_has_wide_vectors() && v->dilations[1] == 1 && v->kernel[0] <= NK_FOLD_HEIGHT
    && 2 * nk_fold_vectors(v) <= theirs;
}

long nk_fold_scratch(const nk_images *v) {
  return nk_fold_rows(v) * (nk_fold_pitch(v) + v->output[1] * nk_fold_vectors(v) * 16);
}

// A row of the output and the row of the kernel by which it is worth something to a row of the input.
typedef struct { const float *upstream, *kernel; } nk_fold_pair;

NK_INLINE void nk_fold_block(
  float *products, long pitch, const nk_fold_pair *pairs, long count, long outputs,
  const int positions, const int vectors
) {
  NK_CONTRACT
  nk_lanes s[5][2];
  NK_UNROLL for (int p = 0; p < positions; p++)
    NK_UNROLL for (int i = 0; i < vectors; i++) s[p][i] = 0;
  for (long pair = 0; pair < count; pair++) {
    const float *const g = pairs[pair].upstream, *const kernel = pairs[pair].kernel;
    for (long k = 0; k < outputs; k++) {
      nk_lanes elements[2];
      NK_UNROLL for (int i = 0; i < vectors; i++)
        elements[i] = *(const nk_lanes *)(kernel + k * pitch + i * 16);
      NK_UNROLL for (int p = 0; p < positions; p++) {
        const float upstream = g[p * outputs + k];
        NK_UNROLL for (int i = 0; i < vectors; i++) s[p][i] += elements[i] * upstream;
      }
    }
  }
  NK_UNROLL for (int p = 0; p < positions; p++)
    NK_UNROLL for (int i = 0; i < vectors; i++)
      *(nk_lanes *)(products + p * pitch + i * 16) = s[p][i];
}

// The products of all positions of a row, two vectors at a time.
NK_INLINE void nk_fold_products(
  float *products, nk_fold_pair *pairs, long count, const nk_images *v
) {
  const long vectors = nk_fold_vectors(v), pitch = vectors * 16, outputs = v->outputs;
  const long width = v->output[1];
  for (long i = 0; i < vectors; i += 2) {
    nk_fold_pair shifted[NK_FOLD_HEIGHT];
    for (long pair = 0; pair < count; pair++)
      shifted[pair] = (nk_fold_pair){pairs[pair].upstream, pairs[pair].kernel + i * 16};
    for (long w = 0; w < width;) {
      const long left = width - w;
      const int positions = left >= 8 || left == 5 ? 5 : left >= 4 ? 4 : (int)left;
      float *const to = products + w * pitch + i * 16;
#define NK_BLOCK(n) \
      if (positions == n) { \
        if (i + 1 < vectors) nk_fold_block(to, pitch, shifted, count, outputs, n, 2); \
        else nk_fold_block(to, pitch, shifted, count, outputs, n, 1); \
      }
      NK_BLOCK(5) NK_BLOCK(4) NK_BLOCK(3) NK_BLOCK(2) NK_BLOCK(1)
      for (long pair = 0; pair < count; pair++) shifted[pair].upstream += positions * outputs;
      w += positions;
    }
  }
}

NK_CLONES void nk_fold_convolution(
  float *y, const float *g, const float *packed, float *scratch, const nk_images *v, long first,
  long last
) {
  const long vectors = nk_fold_vectors(v), pitch = nk_fold_pitch(v), width = v->output[1];
  const long line = v->input[1] * v->inputs, step = v->strides[1] * v->inputs;
  const long products_pitch = width * vectors * 16, ragged = v->kernel[1] * v->inputs % 16;
  const nk_marks inside = nk_numbers < (nk_marks)((int32_t)(ragged == 0 ? 16 : ragged));
  const long blocks = nk_fold_blocks(v);
  float *const sums = scratch, *const products = scratch + nk_fold_rows(v) * pitch;
  for (long block = first; block < last; block++) {
    const long image = block / blocks, begin = block % blocks * NK_FOLD_ROWS;
    const long left = v->input[0] - begin, rows = left < NK_FOLD_ROWS ? left : NK_FOLD_ROWS;
    memset(sums, 0, rows * pitch * sizeof(float));
    for (long row = 0; row < rows; row++) {
      nk_fold_pair pairs[NK_FOLD_HEIGHT];
      long count = 0;
      for (long i = 0; i < v->kernel[0]; i++) {
        const long from = begin + row + v->padding[0] - i * v->dilations[0];
        const long h = from / v->strides[0];
        if (from < 0 || from % v->strides[0] != 0 || h >= v->output[0]) continue;
        pairs[count++] = (nk_fold_pair){
          g + (image * v->output[0] + h) * width * v->outputs,
          packed + i * v->outputs * vectors * 16};
      }
      nk_fold_products(products + row * products_pitch, pairs, count, v);
    }
    // Position by position through all rows: what follows within a row waits for what was stored.
    for (long w = 0; w < width; w++)
      for (long row = 0; row < rows; row++) {
        float *const to = sums + row * pitch + w * step;
        const float *const from = products + row * products_pitch + w * vectors * 16;
        for (long i = 0; i < vectors - 1; i++)
          *(nk_loose *)(to + i * 16) += *(const nk_lanes *)(from + i * 16);
        // Beyond the columns stands 0 times a number that may be infinite.
        const nk_lanes end = *(const nk_lanes *)(from + vectors * 16 - 16);
        *(nk_loose *)(to + vectors * 16 - 16) += inside ? end : (nk_lanes)(0);
      }
    for (long row = 0; row < rows; row++)
      memcpy(
        y + (image * v->input[0] + begin + row) * line,
        sums + row * pitch + v->padding[1] * v->inputs, line * sizeof(float));
  }
}
