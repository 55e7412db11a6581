// Convolutions of few outputs.
//
// Goals in order: right for any kernel whose windows lie side by side along the last axis; whole vectors
// where channels fill none. oneDNN's lanes are output channels, so that six of sixteen work; here they
// are sixteen neighbouring windows. For that the image is taken apart into planes with their padding,
// where the windows' elements lie side by side too, and the sums are transposed before they are stored.
// Bias and relu are added to the sums: a pass over the output less.
//
// Time for 8 images relative to oneDNN 2.6, which adds neither bias nor relu, on one core of a Zen 4 with
// AVX-512, where both add up a vector of products in each cycle (64 images 28 × 28, 1 channel, 6
// outputs, 5 × 5: 230 and 521 µs; the sums alone would take 145):
//
//                                  outputs  2     4     6     8    12    16    20    32
//   1 channel, 28 × 28, by 5 × 5         0.36  0.35  0.43  0.53  0.91  1.04  0.84  1.29
//   3 channels, 32 × 32, by 3 × 3        0.40  0.40  0.49  0.59  0.95  1.07  0.81  1.16
//   6 channels, 14 × 14, by 5 × 5        0.40  0.41  0.50  0.64  1.01  1.28  0.89
//   6 channels, 10 × 10, by 5 × 5                    0.67  0.88
//   16 channels, 28 × 28, by 3 × 3       0.43  0.43  0.56  0.70  1.03  1.28  0.84
//
// So the rule (nk_planes_are_faster): the vectors that are added up for a row have to be at most two
// thirds of oneDNN's, which has at least one for each window. Kernels of less than nine elements don't
// make up for the transposition (5 elements: 0.96), and those of one position oneDNN does otherwise (1.3
// to 1.6). Without AVX-512 oneDNN's lanes are eight, and this takes 0.5 to 2 times as
// long, so oneDNN keeps it.
//
// A product with padding counts, as 0 times an element of the kernel: NaN where that is infinite.

#include "convolutions.h"

long nk_planes_packed(const nk_images *v) { return (v->outputs + 7) / 8 * 8 * nk_taps(v); }

// The kernel's elements in the order they are used: of eight outputs, those of the first tap, then the
// second's, …
void nk_planes_pack(float *packed, const float *kernel, const nk_images *v) {
  const long taps = nk_taps(v);
  for (long k = 0; k < v->outputs; k += 8)
    for (long tap = 0; tap < taps; tap++)
      for (long lane = 0; lane < 8; lane++)
        *packed++ = k + lane < v->outputs ? kernel[(k + lane) * taps + tap] : 0;
}

NK_INLINE void nk_convolve_block(
  nk_lanes sums[8], const float *window, const float *packed, const int32_t *offsets, long taps,
  const int outputs
) {
  NK_CONTRACT
  NK_UNROLL for (int k = 0; k < 8; k++) sums[k] = 0;
  for (long tap = 0; tap < taps; tap++) {
    const nk_lanes x = *(const nk_loose *)(window + offsets[tap]);
    NK_UNROLL for (int k = 0; k < outputs; k++) sums[k] += x * packed[tap * 8 + k];
  }
}

// Adds the bias and cuts off below 0, which rounds as doing so later.
NK_INLINE void nk_finish_block(nk_lanes sums[8], const float *bias, int has_relu, long count) {
  if (bias)
    NK_UNROLL for (int k = 0; k < 8; k++) sums[k] += k < count ? bias[k] : 0;
  if (has_relu)
    NK_UNROLL for (int k = 0; k < 8; k++) sums[k] = sums[k] < 0 ? (nk_lanes)(0) : sums[k];
}

// Stores eight outputs of some positions, and of those of a row's end `count`.
NK_INLINE void nk_store_block(
  float *to, nk_lanes sums[8], long positions, long outputs, long room, long count
) {
  nk_transpose(sums);
  const nk_eight *const parts = (const nk_eight *)sums;
  const long unchecked = room < 8 ? 0 : (room - 8) / outputs + 1;
  if (unchecked >= 16 && positions == 16) {
    NK_UNROLL for (int p = 0; p < 8; p++) {
      *(nk_loose8 *)(to + 2 * p * outputs) = sums[p].lo;
      *(nk_loose8 *)(to + (2 * p + 1) * outputs) = sums[p].hi;
    }
    return;
  }
  const long loose = unchecked < positions ? unchecked : positions;
  for (long p = 0; p < loose; p++) *(nk_loose8 *)(to + p * outputs) = parts[p];
  for (long p = loose; p < positions; p++) nk_store_eight(to + p * outputs, &parts[p], count);
}

long nk_planes_scratch(const nk_images *v) { return nk_planes_size(v); }

// Outputs of a block, of which there are `left`, that are computed.
NK_INLINE int nk_computed(long left) { return left >= 7 ? 8 : left >= 5 ? 6 : 4; }

int nk_planes_are_faster(const nk_images *v) {
  const long taps = nk_taps(v), vectors = (v->output[1] + 15) / 16;
  const long computed = v->outputs / 8 * 8 + (v->outputs % 8 ? nk_computed(v->outputs % 8) : 0);
  const long theirs = v->output[1] * ((v->outputs + 15) / 16);
  return nk_has_wide_vectors() && v->strides[1] == 1 && v->kernel[0] * v->kernel[1] > 1
    && taps >= 9 && taps <= NK_PLANES_TAPS && 3 * vectors * computed <= 2 * theirs;
}

NK_CLONES void nk_planes_convolve(
  float *y, const float *x, const float *packed, const float *bias, int has_relu, float *scratch,
  const nk_images *v, long first, long last
) {
  const long taps = nk_taps(v), outputs = v->outputs, height = v->output[0], width = v->output[1];
  const long step = v->strides[0] * nk_reach(v, 1);
  int32_t offsets[NK_PLANES_TAPS];
  nk_tap_offsets(offsets, v);
  memset(scratch, 0, nk_planes_size(v) * sizeof(float));
  for (long number = first; number < last; number++) {
    const long image = number / height, h = number % height;
    if (h == 0 || number == first)
      nk_fill_planes(scratch, x + image * v->input[0] * v->input[1] * v->inputs, v);
    float *const row = y + number * width * outputs;
    // The last block of a row begins before the one before it ends.
    for (long begin = 0; begin < width; begin += 16) {
      const long w = begin + 16 > width && width > 16 ? width - 16 : begin;
      const long positions = width - w < 16 ? width - w : 16;
      // Outputs go down, so that what is written beyond them is written again.
      for (long k = (outputs - 1) / 8 * 8; k >= 0; k -= 8) {
        const float *const window = scratch + h * step + w, *const block = packed + k * taps;
        const long left = outputs - k, room = (width - w) * outputs - k;
        nk_lanes sums[8];
        switch (nk_computed(left)) {
          case 8: nk_convolve_block(sums, window, block, offsets, taps, 8); break;
          case 6: nk_convolve_block(sums, window, block, offsets, taps, 6); break;
          default: nk_convolve_block(sums, window, block, offsets, taps, 4);
        }
        nk_finish_block(sums, bias ? bias + k : 0, has_relu, left);
        nk_store_block(
          row + w * outputs + k, sums, positions, outputs, room, left < 8 ? left : 8);
      }
    }
  }
}
