// Images out of blocks of sixteen channels, in which oneDNN computes by Winograd's algorithm.
//
// Bias and relu go along: two passes over the images less, which no cache holds.

#include "kernels.h"

NK_INLINE void nk_unblock_pixels(
  float *y, const float *x, const float *bias, const int has_bias, const int has_relu,
  long channels, long pixels, long first, long last
) {
  const long blocks = channels / 16;
  for (long number = first; number < last; number++) {
    const float *const from = x + (number / pixels * blocks * pixels + number % pixels) * 16;
    for (long block = 0; block < blocks; block++) {
      nk_lanes value = *(const nk_loose *)(from + block * pixels * 16);
      if (has_bias) value += *(const nk_loose *)(bias + block * 16);
      if (has_relu) value = value < 0 ? (nk_lanes)(0) : value;
      *(nk_loose *)(y + number * channels + block * 16) = value;
    }
  }
}

NK_CLONES void nk_unblock(
  float *y, const float *x, const float *bias, int has_relu, long channels, long pixels, long first,
  long last
) {
  if (bias && has_relu)
    nk_unblock_pixels(y, x, bias, 1, 1, channels, pixels, first, last);
  else if (bias)
    nk_unblock_pixels(y, x, bias, 1, 0, channels, pixels, first, last);
  else if (has_relu)
    nk_unblock_pixels(y, x, bias, 0, 1, channels, pixels, first, last);
  else
    nk_unblock_pixels(y, x, bias, 0, 0, channels, pixels, first, last);
}
