// Kernels that know rows: reductions, and the tiles made from a row's or a column's number.
//
// Goals in order: sums exact to a few ulp of the sum of magnitudes whatever the width; NaN shown by
// max and min; as fast for 100 rows of 10 as for one of 1000. Nanoseconds on one core of a Zen 4 at
// 3.7 GHz (v4):
//
//                 100×10    1×1024   4×250
//   row sum          182        28      61
//   row max          228        70
//   column sum        82        45      25
//   expand           112
//   column           141
//
// Tried for narrow rows: the general path for every row, 304 ns for 100×10 (branches, and a mask
// loaded per row).

#include <math.h>
#include <stdint.h>

#include "kernels.h"

typedef int32_t nk_mask __attribute__((ext_vector_type(16)));
typedef int32_t nk_loose_mask __attribute__((ext_vector_type(16), aligned(4)));

static const int32_t nk_first[32] = {
  -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
};

#define NK_ADD(x, y) ((x) + (y))
#define NK_MAXIMUM(x, y) ((((x) > (y)) | ((x) != (x))) ? (x) : (y))
#define NK_MINIMUM(x, y) ((((x) < (y)) | ((x) != (x))) ? (x) : (y))

#define NK_EVEN(x, y) __builtin_shufflevector( \
  x, y, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#define NK_ODD(x, y) __builtin_shufflevector( \
  x, y, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)

// name_lanes: a row reduced to 16 lanes. Its last, incomplete 16 floats are read whole where
// `beyond` floats after the row may be read too, and the foreign ones replaced.
// name_rows: all rows, 16 at a time; a tree that combines neighbouring lanes leaves the results of
// 16 rows in order after four levels.
#define NK_REDUCTION(name, identity, OP) \
  NK_INLINE void name##_lanes(nk_lanes *result, const float *a, long width, long beyond) { \
    nk_lanes s = (nk_lanes)(identity); \
    long j = 0; \
    if (width >= 64) { \
      nk_lanes t = s, u = s, v = s; \
      for (; j + 64 <= width; j += 64) { \
        const nk_lanes as = *(const nk_loose *)(a + j), at = *(const nk_loose *)(a + j + 16); \
        const nk_lanes au = *(const nk_loose *)(a + j + 32), av = *(const nk_loose *)(a + j + 48); \
        s = OP(as, s), t = OP(at, t), u = OP(au, u), v = OP(av, v); \
      } \
      s = OP(s, t), u = OP(u, v); \
      s = OP(s, u); \
    } \
    for (; j + 16 <= width; j += 16) { \
      const nk_lanes x = *(const nk_loose *)(a + j); \
      s = OP(x, s); \
    } \
    const long rest = width - j; \
    if (rest > 0) { \
      nk_lanes x = (nk_lanes)(identity); \
      if (rest + beyond >= 16) { \
        const nk_mask mine = *(const nk_loose_mask *)(nk_first + 16 - rest); \
        const nk_lanes all = *(const nk_loose *)(a + j); \
        x = mine ? all : x; \
      } else { \
        memcpy(&x, a + j, rest * sizeof(float)); \
      } \
      s = OP(x, s); \
    } \
    *result = s; \
  } \
  NK_INLINE float name##_fold(const nk_lanes *lanes) { \
    nk_lanes s = *lanes; \
    _Pragma("unroll") for (int level = 0; level < 4; level++) { \
      const nk_lanes even = NK_EVEN(s, s), odd = NK_ODD(s, s); \
      s = OP(even, odd); \
    } \
    return s[0]; \
  } \
  NK_INLINE void name##_rows(float *d, const float *a, long rows, long width) { \
    const nk_mask mine = *(const nk_loose_mask *)(nk_first + (width < 16 ? 16 - width : 0)); \
    const nk_lanes none = (nk_lanes)(identity); \
    for (long r = 0; r < rows; r += 16) { \
      const long count = rows - r < 16 ? rows - r : 16; \
      nk_lanes row[16]; \
      if (width <= 16 && (rows - r - 15) * width >= 16) { \
        _Pragma("unroll") for (long k = 0; k < 16; k++) { \
          const nk_lanes all = *(const nk_loose *)(a + (r + k) * width); \
          row[k] = mine ? all : none; \
        } \
      } else { \
        for (long k = 0; k < count; k++) \
          name##_lanes(&row[k], a + (r + k) * width, width, (rows - r - k - 1) * width); \
      } \
      if (count < 4) { \
        for (long k = 0; k < count; k++) d[r + k] = name##_fold(&row[k]); \
        continue; \
      } \
      for (long k = count; k < 16; k++) row[k] = none; \
      _Pragma("unroll") for (int half = 8; half > 0; half /= 2) \
        _Pragma("unroll") for (int k = 0; k < half; k++) { \
          const nk_lanes x = row[2 * k], y = row[2 * k + 1]; \
          const nk_lanes even = NK_EVEN(x, y), odd = NK_ODD(x, y); \
          row[k] = OP(even, odd); \
        } \
      memcpy(d + r, row, count * sizeof(float)); \
    } \
  }

NK_REDUCTION(sum, 0.0f, NK_ADD)
NK_REDUCTION(max, -INFINITY, NK_MAXIMUM)
NK_REDUCTION(min, INFINITY, NK_MINIMUM)

NK_CLONES void nk_row_max(NK_PARAMETERS) { max_rows(d, a, rows, width); }
NK_CLONES void nk_row_min(NK_PARAMETERS) { min_rows(d, a, rows, width); }

// The extreme itself is found fast, then the first place that has it.
#define NK_ROW_POSITION(name, rows_of) \
  NK_CLONES void nk_row_##name(NK_PARAMETERS) { \
    for (long r = 0; r < rows; r++) { \
      const float *row = a + r * width; \
      float extreme; \
      rows_of(&extreme, row, 1, width); \
      long j = 0; \
      if (extreme != extreme) { \
        while (j < width && row[j] == row[j]) j++; \
      } else { \
        while (j < width && row[j] != extreme) j++; \
      } \
      d[r] = (float)(j < width ? j : 0); \
    } \
  }

NK_ROW_POSITION(argmax, max_rows)
NK_ROW_POSITION(argmin, min_rows)

NK_CLONES void nk_row_scan(NK_PARAMETERS) {
  for (long r = 0; r < rows; r++) {
    double sum = 0;
    for (long j = r * width; j < (r + 1) * width; j++) {
      sum += a[j];
      d[j] = (float)sum;
    }
  }
}

NK_CLONES void nk_row_pick(NK_PARAMETERS) {
  for (long r = 0; r < rows; r++)
    d[r] = 0 <= b[r] && b[r] < width ? a[r * width + (long)b[r]] : NAN;
}

NK_CLONES void nk_row_add(NK_PARAMETERS) {
  if (d != a) memcpy(d, a, rows * width * sizeof(float));
  for (long r = 0; r < rows; r++)
    if (0 <= b[r] && b[r] < width) d[r * width + (long)b[r]] += c[r];
}

// A lane of a block adds 16 floats in a row, a tree the 64 lanes; blocks meet in double.
#define NK_BLOCK 1024

NK_CLONES void nk_row_sum(NK_PARAMETERS) {
  if (width <= NK_BLOCK) {
    sum_rows(d, a, rows, width);
    return;
  }
  for (long r = 0; r < rows; r++) {
    double total = 0;
    for (long j = 0; j < width; j += NK_BLOCK) {
      nk_lanes s;
      sum_lanes(&s, a + r * width + j, width - j < NK_BLOCK ? width - j : NK_BLOCK, 0);
      total += sum_fold(&s);
    }
    d[r] = (float)total;
  }
}

NK_CLONES double nk_total(const float *a, long count) {
#pragma clang fp reassociate(on)
  double total = 0;
#pragma clang loop vectorize_width(16) interleave_count(4)
  for (long i = 0; i < count; i++) total += a[i];
  return total;
}

NK_CLONES double nk_total_squares(const float *a, long count) {
#pragma clang fp reassociate(on)
  double total = 0;
#pragma clang loop vectorize_width(16) interleave_count(4)
  for (long i = 0; i < count; i++) total += (double)a[i] * a[i];
  return total;
}

// Rows are added four at a time as a tree, which also touches d a quarter as often. Narrow ones are
// first taken together, as many as make 64 floats or more, or nothing would vectorise.
NK_INLINE void column_sum(float *d, const float *a, long rows, long width) {
  long r = 0;
  for (; r + 4 <= rows; r += 4) {
    const float *p = a + r * width, *q = p + width, *s = q + width, *t = s + width;
#pragma clang loop vectorize(assume_safety) vectorize_width(16) interleave_count(1)
    for (long j = 0; j < width; j++) d[j] += (p[j] + q[j]) + (s[j] + t[j]);
  }
  for (; r < rows; r++) {
    const float *p = a + r * width;
#pragma clang loop vectorize(assume_safety) vectorize_width(16) interleave_count(1)
    for (long j = 0; j < width; j++) d[j] += p[j];
  }
}

NK_CLONES void nk_column_sum(NK_PARAMETERS) {
  if (width >= 64 || width == 0) {
    column_sum(d, a, rows, width);
    return;
  }
  float together[128] __attribute__((aligned(64))) = {0};
  const long group = (63 + width) / width, groups = rows / group;
  column_sum(together, a, groups, group * width);
  column_sum(d, together, groups > 0 ? group : 0, width);
  column_sum(d, a + groups * group * width, rows - groups * group, width);
}

// Rows are written 16 floats at a time; what runs over belongs to the next row, written after.
// Only the last row minds.
#define NK_ROW_WRITER(name, chunk, value) \
  NK_CLONES void nk_##name(NK_PARAMETERS) { \
    float *const end = d + rows * width; \
    for (long r = 0; r < rows; r++) { \
      float *row = d + r * width; \
      long j = 0; \
      for (; j < width && row + j + 16 <= end; j += 16) *(nk_loose *)(row + j) = chunk; \
      for (; j < width; j++) row[j] = value; \
    } \
  }

static const float nk_ramp[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

NK_ROW_WRITER(expand, (nk_lanes)(a[r]), a[r])
NK_ROW_WRITER(column, *(const nk_loose *)nk_ramp + (float)j, (float)j)

// Without them a number would first be repeated along its row, which takes longer than to use it.
#define NK_WITH_NUMBERS(name, value) \
  NK_CLONES void nk_##name(NK_PARAMETERS) { \
    for (long r = 0; r < rows; r++) { \
      const float y = b[r]; \
      for (long j = r * width; j < (r + 1) * width; j += 16) { \
        const nk_lanes x = *(const nk_loose *)(a + j); \
        *(nk_loose *)(d + j) = value; \
      } \
    } \
  }

NK_WITH_NUMBERS(add_vr, x + y)
NK_WITH_NUMBERS(sub_vr, x - y)
NK_WITH_NUMBERS(mul_vr, x * y)
NK_WITH_NUMBERS(div_vr, x / y)
