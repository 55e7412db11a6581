// The only files that know oneDNN 2.x from 3.x, whose C interfaces make primitives differently: this and
// convolution.h.
#ifndef CNEURONIKAONEDNN_H
#define CNEURONIKAONEDNN_H

#include <oneapi/dnnl/dnnl.h>
#include <oneapi/dnnl/dnnl_version.h>

/// A product of matrices as a primitive: dst = src · weights + bias, with row-major or
/// transposed operands, told by their strides; or a batch of products, one after the other.
typedef struct {
  long batch, m, n, k;
  long src_strides[2];
  long weights_strides[2];
  int has_bias;
} nk_matmul;

/// Memory that a primitive wants while it runs. oneDNN's own belongs to the thread that made the
/// primitive, and only that may run it; so the caller brings it.
typedef struct {
  dnnl_memory_t memory;
  size_t size;
} nk_scratchpad;

/// What a primitive and its memory objects are made of. The memory objects belong to one run at a
/// time; the primitive may be shared.
typedef struct {
  dnnl_primitive_t primitive;
  dnnl_memory_t src, weights, bias, dst;
  nk_scratchpad scratchpad;
} nk_matmul_primitive;

#if DNNL_VERSION_MAJOR >= 3
#define NK_DESC dnnl_memory_desc_t
#define NK_DESC_MAKE(desc, rank, dims, strides) \
  dnnl_memory_desc_create_with_strides(&desc, rank, dims, dnnl_f32, strides)
#define NK_DESC_ARG(desc) desc
#define NK_DESC_FREE(desc) dnnl_memory_desc_destroy(desc)
#define NK_DESC_TAGGED(desc, rank, dims, tag) \
  dnnl_memory_desc_create_with_tag(&desc, rank, dims, dnnl_f32, tag)
typedef const_dnnl_memory_desc_t nk_desc_pointer;
#else
#define NK_DESC dnnl_memory_desc_t
#define NK_DESC_MAKE(desc, rank, dims, strides) \
  dnnl_memory_desc_init_by_strides(&desc, rank, dims, dnnl_f32, strides)
#define NK_DESC_ARG(desc) &desc
#define NK_DESC_FREE(desc) ((void)0)
#define NK_DESC_TAGGED(desc, rank, dims, tag) \
  dnnl_memory_desc_init_by_tag(&desc, rank, dims, dnnl_f32, tag)
typedef const dnnl_memory_desc_t *nk_desc_pointer;
#endif
#define NK_DESC_ANY(desc, rank, dims) NK_DESC_TAGGED(desc, rank, dims, dnnl_format_tag_any)

// Points a memory object to some floats.
#if DNNL_VERSION_MAJOR >= 3
#define NK_SET(memory, pointer) dnnl_memory_set_data_handle(memory, (void *)(pointer))
#else
#define NK_SET(memory, pointer) dnnl_memory_set_data_handle_v2(memory, (void *)(pointer), stream)
#endif

/// Describes the memory that a primitive wants while it runs.
static inline dnnl_status_t nk_scratchpad_create(
    nk_scratchpad *out, dnnl_primitive_desc_t description, dnnl_engine_t engine) {
  nk_desc_pointer desc = dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0);
  out->memory = 0;
  out->size = desc ? dnnl_memory_desc_get_size(desc) : 0;
  return out->size == 0 ? dnnl_success
                        : dnnl_memory_create(&out->memory, desc, engine, DNNL_MEMORY_NONE);
}

/// Attributes that leave the scratchpad to the caller.
static inline dnnl_primitive_attr_t nk_attributes(void) {
  dnnl_primitive_attr_t attributes;
  if (dnnl_primitive_attr_create(&attributes) != dnnl_success) return 0;
  dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
  return attributes;
}

static inline dnnl_status_t nk_matmul_create(
    nk_matmul_primitive *out, const nk_matmul *spec, dnnl_engine_t engine) {
  const long batch = spec->batch, m = spec->m, n = spec->n, k = spec->k;
  dnnl_dims_t src_dims = {batch, m, k};
  dnnl_dims_t src_strides = {m * k, spec->src_strides[0], spec->src_strides[1]};
  dnnl_dims_t weights_dims = {batch, k, n};
  dnnl_dims_t weights_strides = {k * n, spec->weights_strides[0], spec->weights_strides[1]};
  dnnl_dims_t dst_dims = {batch, m, n}, dst_strides = {m * n, n, 1};
  dnnl_dims_t bias_dims = {1, 1, n}, bias_strides = {n, n, 1};
  NK_DESC src, weights, bias, dst;
  // A single product is described as matrices, for which oneDNN has its fastest code.
  const int rank = batch == 1 ? 2 : 3, skip = 3 - rank;
  NK_DESC_MAKE(src, rank, src_dims + skip, src_strides + skip);
  NK_DESC_MAKE(weights, rank, weights_dims + skip, weights_strides + skip);
  NK_DESC_MAKE(bias, rank, bias_dims + skip, bias_strides + skip);
  NK_DESC_MAKE(dst, rank, dst_dims + skip, dst_strides + skip);

  dnnl_primitive_desc_t description;
  dnnl_primitive_attr_t attributes = nk_attributes();
#if DNNL_VERSION_MAJOR >= 3
  dnnl_status_t status = dnnl_matmul_primitive_desc_create(
      &description, engine, src, weights, spec->has_bias ? bias : 0, dst, attributes);
#else
  dnnl_matmul_desc_t operation;
  dnnl_status_t status =
      dnnl_matmul_desc_init(&operation, &src, &weights, spec->has_bias ? &bias : 0, &dst);
  if (status == dnnl_success)
    status = dnnl_primitive_desc_create(&description, &operation, attributes, engine, 0);
#endif
  dnnl_primitive_attr_destroy(attributes);
  if (status == dnnl_success) {
    status = dnnl_primitive_create(&out->primitive, description);
    if (status == dnnl_success) status = nk_scratchpad_create(&out->scratchpad, description, engine);
    dnnl_primitive_desc_destroy(description);
  }
  if (status == dnnl_success) {
    dnnl_memory_create(&out->src, NK_DESC_ARG(src), engine, DNNL_MEMORY_NONE);
    dnnl_memory_create(&out->weights, NK_DESC_ARG(weights), engine, DNNL_MEMORY_NONE);
    dnnl_memory_create(&out->dst, NK_DESC_ARG(dst), engine, DNNL_MEMORY_NONE);
    out->bias = 0;
    if (spec->has_bias)
      dnnl_memory_create(&out->bias, NK_DESC_ARG(bias), engine, DNNL_MEMORY_NONE);
  }
  NK_DESC_FREE(src);
  NK_DESC_FREE(weights);
  NK_DESC_FREE(bias);
  NK_DESC_FREE(dst);
  return status;
}

static inline dnnl_status_t nk_matmul_execute(
    const nk_matmul_primitive *it, dnnl_stream_t stream, const float *src, const float *weights,
    const float *bias, float *dst, void *scratchpad) {
  NK_SET(it->src, src);
  NK_SET(it->weights, weights);
  NK_SET(it->dst, dst);
  dnnl_exec_arg_t arguments[5] = {
      {DNNL_ARG_SRC, it->src}, {DNNL_ARG_WEIGHTS, it->weights}, {DNNL_ARG_DST, it->dst}};
  int count = 3;
  if (it->bias) {
    NK_SET(it->bias, bias);
    arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_BIAS, it->bias};
  }
  if (it->scratchpad.memory) {
    NK_SET(it->scratchpad.memory, scratchpad);
    arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_SCRATCHPAD, it->scratchpad.memory};
  }
  return dnnl_primitive_execute(it->primitive, stream, count, arguments);
}

static inline void nk_matmul_destroy(nk_matmul_primitive *it) {
  dnnl_primitive_destroy(it->primitive);
  dnnl_memory_destroy(it->src);
  dnnl_memory_destroy(it->weights);
  dnnl_memory_destroy(it->dst);
  if (it->bias) dnnl_memory_destroy(it->bias);
  if (it->scratchpad.memory) dnnl_memory_destroy(it->scratchpad.memory);
}

#include "convolution.h"

#endif
