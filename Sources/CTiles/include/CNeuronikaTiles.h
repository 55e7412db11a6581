// The tile kernels: one loop each, called through a table by the interpreter of tile programs.
//
// A tile is about 1024 contiguous floats, or 2048 in narrow rows. Every kernel has one signature; what
// it does not need it ignores (and may be null). Elementwise kernels treat `rows * width` contiguous
// floats.
//
// Aliasing: the destination of an elementwise kernel or of a row reduction may be exactly one of
// the operands, and may not overlap one partly. NK_EXPAND and NK_COLUMN_SUM write elsewhere; NK_ROW_ADD
// and those on rows with a number each (VR) only over `a`.
//
// Letters after a name say what each operand is: V a tile, S a pointer to one float.
#ifndef CNEURONIKATILES_H
#define CNEURONIKATILES_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

typedef void (*nk_kernel)(
  float *d, const float *_Nullable a, const float *_Nullable b, const float *_Nullable c,
  long rows, long width);

typedef enum nk_opcode : int32_t {
  // Unary: d[i] = f(a[i]).
  NK_COPY,
  NK_NEG,
  NK_ABS,
  NK_SQRT,
  NK_RSQRT,       ///< 1 / sqrt(x), correctly rounded twice: never the 12-bit estimate.
  NK_RECIPROCAL,
  NK_SQUARE,
  NK_EXP,
  NK_EXPM1,
  NK_LOG,
  NK_LOG1P,
  NK_TANH,
  NK_SIGMOID,     ///< 1 / (1 + exp(-x)).
  NK_SOFTPLUS,    ///< max(x, 0) + log1p(exp(-|x|)): overflows nowhere.
  NK_RELU,        ///< x < 0 ? 0 : x, so that NaN stays NaN.
  NK_SIGN,        ///< -1, 0 (of the sign of x) or 1; NaN at NaN.
  NK_FLOOR,
  NK_CEIL,
  NK_ROUND,       ///< To the nearest whole number, halves to even.
  NK_SIN,         ///< Through libm for tiles with an |x| beyond 1e5.
  NK_COS,         ///< Through libm for tiles with an |x| beyond 1e5.
  NK_ERF,

  // Binary: d[i] = f(a[i], b[i]).
  NK_ADD_VV, NK_ADD_VS, NK_ADD_SV,
  NK_SUB_VV, NK_SUB_VS, NK_SUB_SV,
  NK_MUL_VV, NK_MUL_VS, NK_MUL_SV,
  NK_DIV_VV, NK_DIV_VS, NK_DIV_SV,
  NK_MAX_VV, NK_MAX_VS, NK_MAX_SV,  ///< NaN from either side; of -0 and 0, either.
  NK_MIN_VV, NK_MIN_VS, NK_MIN_SV,  ///< NaN from either side; of -0 and 0, either.
  NK_POW_VV, NK_POW_VS, NK_POW_SV,  ///< All of C's pow: 0^0 = 1, (-2)^3 = -8, (-2)^0.5 = NaN.

  // Comparisons: 1 or 0. Those with NaN are false, except NE.
  NK_LT_VV, NK_LT_VS, NK_LT_SV,
  NK_LE_VV, NK_LE_VS, NK_LE_SV,
  NK_EQ_VV, NK_EQ_VS, NK_EQ_SV,
  NK_NE_VV, NK_NE_VS, NK_NE_SV,

  // d[i] = a[i] != 0 ? b[i] : c[i] (NaN chooses b).
  NK_SELECT_VVV, NK_SELECT_VVS, NK_SELECT_VSV, NK_SELECT_VSS,

  // The exponential of a difference, d[i] = exp(a[i] - *b), and with a number for each row of a
  // width that is a multiple of 16.
  NK_EXP_SUB_VS, NK_EXP_SUB_VR,

  // Sources.
  NK_COPY_PAST,   ///< d[i] = a[i], past the cache into memory; d elsewhere. See nk_fence.
  NK_FILL,        ///< d[i] = *a.
  NK_COLUMN,      ///< d[r * width + j] = j.
  NK_EXPAND,      ///< d[r * width + j] = a[r].

  // Reductions of rows: d[r] = f(a[r * width ..< (r + 1) * width]).
  NK_ROW_SUM,     ///< In double between blocks of 1024; 0 for width 0.
  NK_ROW_MAX,     ///< NaN if the row has one; -inf for width 0.
  NK_ROW_MIN,     ///< NaN if the row has one; +inf for width 0.

  NK_ROW_ARGMAX,  ///< The position of the first greatest, or of the first NaN; 0 for width 0.
  NK_ROW_ARGMIN,  ///< The position of the first least, or of the first NaN; 0 for width 0.

  NK_ROW_SCAN,    ///< d[r * width + j] = the sum of a[r * width ... r * width + j], in double.

  NK_ROW_PICK,    ///< d[r] = a[r * width + b[r]]; NaN where there is no such element.
  NK_ROW_ADD,     ///< d = a, and then d[r * width + b[r]] += c[r] where there is such an element.

  // d[r * width + j] = f(a[r * width + j], b[r]), for widths that are multiples of 16.
  NK_ADD_VR, NK_SUB_VR, NK_MUL_VR, NK_DIV_VR,

  NK_COLUMN_SUM,  ///< d[j] += sum over r of a[r * width + j].

  NK_OPCODE_COUNT
} nk_opcode;

/// Kernels by opcode.
extern const nk_kernel _Nonnull nk_kernels[NK_OPCODE_COUNT];

/// The kernel of an opcode (Swift does not index C arrays). The opcode is not checked.
static inline nk_kernel nk_kernel_for(int opcode) { return nk_kernels[opcode]; }

/// The sum of `count` floats, each added in double.
double nk_total(const float *a, long count);

/// The sum of the squares of `count` floats, squared and added in double: none overflows.
double nk_total_squares(const float *a, long count);

/// Gathers elements `start ..< start + count` (row-major over `dims`) of a strided view into the
/// contiguous `d`. Strides count floats and may be 0 or negative; `rank` may be 0.
void nk_load(
  float *d, const float *base, long start, long count, int rank, const long *dims,
  const long *strides);

/// The inverse of nk_load: scatters the contiguous `s` into a strided view.
void nk_store(
  float *base, const float *s, long start, long count, int rank, const long *dims,
  const long *strides);

/// Starts bringing memory into the cache, for reading or for writing.
static inline void nk_prefetch(const float *memory, long count, int isWritten) {
  for (long i = 0; i < count; i += 16) {
    if (isWritten)
      __builtin_prefetch(memory + i, 1, 2);
    else
      __builtin_prefetch(memory + i, 0, 2);
  }
}

/// To be called by a thread before others read what it has written past the cache.
void nk_fence(void);

/// Makes the calling thread treat denormals as zero; returns what nk_restore_denormals wants.
unsigned nk_flush_denormals(void);
void nk_restore_denormals(unsigned state);

/// The address of a pointer that the calling thread has for itself, null at first.
void *_Nullable *_Nonnull nk_thread_slot(void);

/// Windows over images `[N, D, H, W, C]`. The window of output position o along axis a has the input
/// positions `positions[a][k]` with weights `weights[a][k]`, k from `starts[a][o]` up to, but not
/// including, `starts[a][o + 1]`.
typedef struct {
  long images, input[3], output[3], channels;
  const int32_t *_Nonnull starts[3];
  const int32_t *_Nonnull positions[3];
  const float *_Nonnull weights[3];
  /// Whether every input position is in exactly one window.
  int is_partition;
  /// Whether what is routed to an element that isn't greater than 0 is left out.
  int is_rectified;
} nk_windows;

// Each treats the output rows [first, last), of all images one after another: N · D · H in all.

/// y = the greatest of each window of x. NaN exceeds everything; among equals the first counts.
void nk_max_pool(float *y, const float *x, const nk_windows *v, long first, long last);
/// y = the elements of s where the greatest of x stand.
void nk_max_pool_select(
  float *y, const float *x, const float *s, const nk_windows *v, long first, long last);
/// y (shaped like x) = the elements of g added up where the greatest of x stand, 0 elsewhere. The rows
/// have to be those of whole images.
void nk_max_pool_route(
  float *y, const float *x, const float *g, const nk_windows *v, long first, long last);
/// The same with y in blocks of sixteen channels, [N, C / 16, H, W, 16]; any rows.
void nk_max_pool_route_blocked(
  float *y, const float *x, const float *g, const nk_windows *v, long first, long last);
/// Whether that can be done: the windows are all squares of 2 × 2 elements, and blocks are full.
int nk_can_route_blocked(const nk_windows *v);
/// y = the weighted sums of the windows of x.
void nk_resample(float *y, const float *x, const nk_windows *v, long first, long last);

/// A convolution of images `[N, H, W, C]` with channels last, in one group. Kernels are `[K, C, …]`. One
/// spatial axis is the second of two.
typedef struct {
  long images, inputs, outputs;
  long input[2], output[2], kernel[2], strides[2], dilations[2], padding[2];
} nk_images;

// Packed kernels and scratch memory begin at multiples of 64 bytes; sizes count floats.

/// Whether nk_planes_convolve can do this, and faster than oneDNN.
int nk_planes_are_faster(const nk_images *v);
/// The most elements that a kernel may have for each output.
#define NK_PLANES_TAPS 1024
/// The kernel `[K, C, …]` as nk_planes_convolve wants it.
long nk_planes_packed(const nk_images *v);
void nk_planes_pack(float *packed, const float *kernel, const nk_images *v);
long nk_planes_scratch(const nk_images *v);
/// y = the convolution of x, with the bias added and cut off below 0 where that is wanted, in the output
/// rows [first, last) of all images one after another. Only for strides of 1 along the last axis.
void nk_planes_convolve(
  float *y, const float *x, const float *packed, const float *_Nullable bias, int has_relu,
  float *scratch, const nk_images *v, long first, long last);

/// Whether nk_fold_convolution can do this, and faster than oneDNN.
int nk_fold_is_faster(const nk_images *v);
/// The most rows that a kernel may have.
#define NK_FOLD_HEIGHT 32
/// The kernel `[K, C, …]` as nk_fold_convolution wants it.
long nk_fold_packed(const nk_images *v);
void nk_fold_pack(float *packed, const float *kernel, const nk_images *v);
long nk_fold_scratch(const nk_images *v);
/// How many blocks of rows an image's gradient is computed in.
long nk_fold_blocks(const nk_images *v);
/// y = the input's gradient, where the output's is g, in the blocks [first, last) of all images one after
/// another. Only for dilations of 1 along the last axis.
void nk_fold_convolution(
  float *y, const float *g, const float *packed, float *scratch, const nk_images *v, long first,
  long last);

/// y `[N, pixels, C]` = x `[N, C / 16, pixels, 16]`, with the bias `[C]` added and cut off below 0 where
/// that is wanted, in the pixels [first, last) of all images one after another. C is a multiple of 16.
void nk_unblock(
  float *y, const float *x, const float *_Nullable bias, int has_relu, long channels, long pixels,
  long first, long last);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
