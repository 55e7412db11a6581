#include "limits.h"

// Two units that take four cycles are busy with eight chains. Twelve vectors of 512 bits have some to
// spare; where vectors have 256 bits they are 24, of which some wait in the cache, which costs the
// default and the AVX2 clone little: they are loaded while the units work.
enum { CHAINS = 12, WIDTH = 16 };

#if defined(__x86_64__) && defined(__ELF__)
#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CLONES
#endif

typedef float vector __attribute__((vector_size(WIDTH * sizeof(float))));

CLONES float nk_multiply_add(long rounds) {
  vector sums[CHAINS];
  for (int chain = 0; chain < CHAINS; chain++) sums[chain] = (vector){} + (float)chain * 1e-3f;
  const vector factor = (vector){} + 0.999f, term = (vector){} + 1e-3f;
  for (long round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (int chain = 0; chain < CHAINS; chain++) {
      sums[chain] = __builtin_elementwise_fma(sums[chain], factor, term);
    }
  }
  vector all = {};
  for (int chain = 0; chain < CHAINS; chain++) all += sums[chain];
  float sum = 0;
  for (int lane = 0; lane < WIDTH; lane++) sum += all[lane];
  return sum;
}

long nk_multiply_add_flops(void) { return 2 * CHAINS * WIDTH; }
