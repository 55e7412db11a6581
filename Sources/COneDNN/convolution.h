// Convolutions; a part of shim.h, which includes it.
#ifndef CNEURONIKAONEDNN_CONVOLUTION_H
#define CNEURONIKAONEDNN_CONVOLUTION_H

/// A convolution, or one of its gradients, of images with channels last. Kernels lie as
/// [groups, outputs, inputs, taps…]. What there is of three spatial axes comes first.
typedef struct {
  /// 0: the output; 1: the input's gradient; 2: the kernel's.
  int role;
  int spatial_axes;
  /// Whether Winograd's algorithm is to be tried first.
  int winograd;
  long batch, groups, input_channels, output_channels;
  long input[3], output[3], kernel[3], strides[3], dilations[3], padding[3];
} nk_convolution;

/// An operand of a primitive: as the caller has it and, if the primitive wants another order, as that,
/// in a part of the scratchpad.
typedef struct {
  dnnl_memory_t outer, inner;
  size_t offset;
  dnnl_primitive_t reorder;
  nk_scratchpad scratchpad;
} nk_operand;

typedef struct {
  dnnl_primitive_t primitive;
  /// The image, the kernel, and the output or its gradient, as `dnnl_exec_arg_t`s want them.
  nk_operand operands[3];
  int arguments[3];
  /// Which operand is computed.
  int result;
  /// Whether the primitive has output images of two axes in blocks of sixteen channels, all of them full.
  int output_is_blocked;
  nk_scratchpad scratchpad;
  /// Of the scratchpad: the operands in another order, and what primitives need besides.
  size_t operand_bytes, working_bytes;
} nk_convolution_primitive;

/// Where a kernel's padding ends, so that the output is as long as it is.
static inline long nk_padding_after(const nk_convolution *c, int axis) {
  const long reach = (c->kernel[axis] - 1) * c->dilations[axis] + 1;
  const long after = (c->output[axis] - 1) * c->strides[axis] + reach - c->input[axis]
    - c->padding[axis];
  return after > 0 ? after : 0;
}

/// Describes the primitive, with images in the order of the caller or in any.
static inline dnnl_status_t nk_convolution_describe(
    dnnl_primitive_desc_t *out, const nk_convolution *c, dnnl_engine_t engine,
    dnnl_primitive_attr_t attributes, dnnl_alg_kind_t algorithm, NK_DESC image, NK_DESC kernel,
    NK_DESC result) {
  dnnl_dims_t strides, dilations, before, after;
  for (int axis = 0; axis < c->spatial_axes; axis++) {
    strides[axis] = c->strides[axis];
    dilations[axis] = c->dilations[axis] - 1;
    before[axis] = c->padding[axis];
    after[axis] = nk_padding_after(c, axis);
  }
  dnnl_primitive_desc_t forward = 0;
  dnnl_status_t status;
#if DNNL_VERSION_MAJOR >= 3
  status = dnnl_convolution_forward_primitive_desc_create(
      &forward, engine, dnnl_forward_training, algorithm, image, kernel, 0, result,
      strides, dilations, before, after, attributes);
  if (status == dnnl_success && c->role == 1)
    status = dnnl_convolution_backward_data_primitive_desc_create(
        out, engine, algorithm, image, kernel, result, strides, dilations, before,
        after, forward, attributes);
  if (status == dnnl_success && c->role == 2)
    status = dnnl_convolution_backward_weights_primitive_desc_create(
        out, engine, algorithm, image, kernel, 0, result, strides, dilations, before,
        after, forward, attributes);
#else
  dnnl_convolution_desc_t operation;
  status = dnnl_dilated_convolution_forward_desc_init(
      &operation, dnnl_forward_training, algorithm, &image, &kernel, 0, &result,
      strides, dilations, before, after);
  if (status == dnnl_success)
    status = dnnl_primitive_desc_create(&forward, &operation, attributes, engine, 0);
  if (status == dnnl_success && c->role == 1)
    status = dnnl_dilated_convolution_backward_data_desc_init(
        &operation, algorithm, &image, &kernel, &result, strides, dilations, before,
        after);
  if (status == dnnl_success && c->role == 2)
    status = dnnl_dilated_convolution_backward_weights_desc_init(
        &operation, algorithm, &image, &kernel, 0, &result, strides, dilations, before,
        after);
  if (status == dnnl_success && c->role != 0)
    status = dnnl_primitive_desc_create(out, &operation, attributes, engine, forward);
#endif
  if (c->role == 0)
    *out = forward;
  else if (forward)
    dnnl_primitive_desc_destroy(forward);
  return status;
}

/// Whether oneDNN would compute this with its reference code, a hundred times slower than any other.
static inline int nk_is_reference(dnnl_primitive_desc_t description) {
  const char *name = "";
  dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, (void *)&name);
  return name[0] == 'r' && name[1] == 'e' && name[2] == 'f';
}

/// Makes memory for an operand, and the reorder between the caller's order and the primitive's.
static inline dnnl_status_t nk_operand_create(
    nk_operand *out, NK_DESC outer, nk_desc_pointer inner, int is_result, dnnl_engine_t engine,
    dnnl_primitive_attr_t attributes) {
  dnnl_status_t status =
      dnnl_memory_create(&out->outer, NK_DESC_ARG(outer), engine, DNNL_MEMORY_NONE);
  out->inner = 0;
  out->offset = 0;
  out->reorder = 0;
  out->scratchpad = (nk_scratchpad){0, 0};
  if (status != dnnl_success || dnnl_memory_desc_equal(NK_DESC_ARG(outer), inner)) return status;
  status = dnnl_memory_create(&out->inner, inner, engine, DNNL_MEMORY_NONE);
  dnnl_primitive_desc_t reorder;
  if (status == dnnl_success)
    status = is_result
        ? dnnl_reorder_primitive_desc_create(
              &reorder, inner, engine, NK_DESC_ARG(outer), engine, attributes)
        : dnnl_reorder_primitive_desc_create(
              &reorder, NK_DESC_ARG(outer), engine, inner, engine, attributes);
  if (status != dnnl_success) return status;
  status = dnnl_primitive_create(&out->reorder, reorder);
  if (status == dnnl_success) status = nk_scratchpad_create(&out->scratchpad, reorder, engine);
  dnnl_primitive_desc_destroy(reorder);
  return status;
}

static inline dnnl_status_t nk_convolution_create(
    nk_convolution_primitive *out, const nk_convolution *c, dnnl_engine_t engine) {
  const int rank = c->spatial_axes + 2, grouped = c->groups > 1;
  const long per_input = c->input_channels / c->groups, per_output = c->output_channels / c->groups;
  dnnl_dims_t image_dims = {c->batch, c->input_channels}, image_strides;
  dnnl_dims_t result_dims = {c->batch, c->output_channels}, result_strides;
  dnnl_dims_t kernel_dims = {c->groups, per_output, per_input}, kernel_strides;
  for (int axis = 0; axis < c->spatial_axes; axis++) {
    image_dims[axis + 2] = c->input[axis];
    result_dims[axis + 2] = c->output[axis];
    kernel_dims[axis + 3] = c->kernel[axis];
  }
  // Channels last, then the spatial axes, then the batch.
  long image_step = c->input_channels, result_step = c->output_channels, kernel_step = 1;
  image_strides[1] = result_strides[1] = 1;
  for (int axis = rank - 1; axis != 1; axis = axis == 2 ? 0 : axis - 1) {
    image_strides[axis] = image_step;
    result_strides[axis] = result_step;
    image_step *= image_dims[axis];
    result_step *= result_dims[axis];
    if (axis == 0) break;
  }
  for (int axis = rank; axis >= 0; axis--) {
    kernel_strides[axis] = kernel_step;
    kernel_step *= kernel_dims[axis];
  }
  NK_DESC image, result, kernel, any_image, any_result, any_kernel;
  const int skip = grouped ? 0 : 1;
  NK_DESC_MAKE(image, rank, image_dims, image_strides);
  NK_DESC_MAKE(result, rank, result_dims, result_strides);
  NK_DESC_MAKE(kernel, rank + 1 - skip, kernel_dims + skip, kernel_strides + skip);
  NK_DESC_ANY(any_image, rank, image_dims);
  NK_DESC_ANY(any_result, rank, result_dims);
  NK_DESC_ANY(any_kernel, rank + 1 - skip, kernel_dims + skip);

  dnnl_primitive_attr_t attributes = nk_attributes();
  dnnl_primitive_desc_t description = 0;
  dnnl_status_t status = dnnl_unimplemented;
  if (c->winograd)
    status = nk_convolution_describe(
        &description, c, engine, attributes, dnnl_convolution_winograd, any_image, any_kernel,
        any_result);
  if (status != dnnl_success)
    status = nk_convolution_describe(
        &description, c, engine, attributes, dnnl_convolution_direct, image, any_kernel, result);
  if (status != dnnl_success || nk_is_reference(description)) {
    // Another order of the images, and two copies, where that has faster code.
    dnnl_primitive_desc_t other = 0;
    const dnnl_status_t other_status =
        nk_convolution_describe(
            &other, c, engine, attributes, dnnl_convolution_direct, any_image, any_kernel,
            any_result);
    if (other_status == dnnl_success && (status != dnnl_success || !nk_is_reference(other))) {
      if (status == dnnl_success) dnnl_primitive_desc_destroy(description);
      description = other;
      status = other_status;
    } else if (other_status == dnnl_success) {
      dnnl_primitive_desc_destroy(other);
    }
  }
  if (status == dnnl_success) {
    const dnnl_query_t queries[3][3] = {
        {dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_dst_md},
        {dnnl_query_diff_src_md, dnnl_query_weights_md, dnnl_query_diff_dst_md},
        {dnnl_query_src_md, dnnl_query_diff_weights_md, dnnl_query_diff_dst_md}};
    const int arguments[3][3] = {
        {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
        {DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST},
        {DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_DST}};
    out->result = c->role == 0 ? 2 : c->role == 1 ? 0 : 1;
    NK_DESC outer[3] = {image, kernel, result};
    out->operand_bytes = out->working_bytes = 0;
    // The output first, so that primitives which share it have it in the same place.
    for (int place = 0; place < 3 && status == dnnl_success; place++) {
      const int operand = (place + 2) % 3;
      nk_operand *it = &out->operands[operand];
      nk_desc_pointer inner =
          dnnl_primitive_desc_query_md(description, queries[c->role][operand], 0);
      out->arguments[operand] = arguments[c->role][operand];
      status = nk_operand_create(
          it, outer[operand], inner, operand == out->result, engine, attributes);
      if (status != dnnl_success || !it->inner) continue;
      it->offset = out->operand_bytes;
      // Parts begin at a cache line.
      out->operand_bytes += (dnnl_memory_desc_get_size(inner) + 63) / 64 * 64;
      if (it->scratchpad.size > out->working_bytes) out->working_bytes = it->scratchpad.size;
    }
    if (status == dnnl_success) status = dnnl_primitive_create(&out->primitive, description);
    if (status == dnnl_success) status = nk_scratchpad_create(&out->scratchpad, description, engine);
    if (out->scratchpad.size > out->working_bytes) out->working_bytes = out->scratchpad.size;
    out->output_is_blocked = 0;
    if (c->spatial_axes == 2 && c->output_channels % 16 == 0) {
      NK_DESC blocked;
      NK_DESC_TAGGED(blocked, rank, result_dims, dnnl_nChw16c);
      out->output_is_blocked = dnnl_memory_desc_equal(
          NK_DESC_ARG(blocked), dnnl_primitive_desc_query_md(description, queries[c->role][2], 0));
      NK_DESC_FREE(blocked);
    }
    dnnl_primitive_desc_destroy(description);
  }
  NK_DESC_FREE(image);
  NK_DESC_FREE(result);
  NK_DESC_FREE(kernel);
  NK_DESC_FREE(any_image);
  NK_DESC_FREE(any_result);
  NK_DESC_FREE(any_kernel);
  dnnl_primitive_attr_destroy(attributes);
  return status;
}

/// The bytes of scratchpad that running takes.
static inline size_t nk_convolution_scratchpad(const nk_convolution_primitive *it) {
  return it->operand_bytes + it->working_bytes;
}

static inline dnnl_status_t nk_reorder_execute(
    const nk_operand *it, dnnl_stream_t stream, int is_result, void *scratchpad) {
  dnnl_exec_arg_t arguments[3] = {
      {DNNL_ARG_FROM, is_result ? it->inner : it->outer},
      {DNNL_ARG_TO, is_result ? it->outer : it->inner},
      {DNNL_ARG_SCRATCHPAD, it->scratchpad.memory}};
  if (it->scratchpad.memory) NK_SET(it->scratchpad.memory, scratchpad);
  return dnnl_primitive_execute(it->reorder, stream, it->scratchpad.memory ? 3 : 2, arguments);
}

/// Whether two primitives want the same order of the output, another than the caller's.
static inline int nk_have_same_output(
    const nk_convolution_primitive *a, const nk_convolution_primitive *b) {
  const dnnl_memory_t one = a->operands[2].inner, other = b->operands[2].inner;
  if (!one || !other) return 0;
  nk_desc_pointer left, right;
  return dnnl_memory_get_memory_desc(one, &left) == dnnl_success
      && dnnl_memory_get_memory_desc(other, &right) == dnnl_success
      && dnnl_memory_desc_equal(left, right);
}

/// - has_output: whether the output's gradient, in the primitive's order, is in the scratchpad already.
/// - leaves_result: whether the result stays there, in the primitive's order.
static inline dnnl_status_t nk_convolution_execute(
    const nk_convolution_primitive *it, dnnl_stream_t stream, const float *image,
    const float *kernel, const float *output, void *scratchpad, int has_output, int leaves_result) {
  const float *pointers[3] = {image, kernel, output};
  void *working = (char *)scratchpad + it->operand_bytes;
  dnnl_exec_arg_t arguments[4];
  for (int operand = 0; operand < 3; operand++) {
    const nk_operand *o = &it->operands[operand];
    NK_SET(o->outer, pointers[operand]);
    arguments[operand].arg = it->arguments[operand];
    arguments[operand].memory = o->inner ? o->inner : o->outer;
    if (!o->inner) continue;
    NK_SET(o->inner, (char *)scratchpad + o->offset);
    if (operand == it->result || (operand == 2 && has_output)) continue;
    const dnnl_status_t status = nk_reorder_execute(o, stream, 0, working);
    if (status != dnnl_success) return status;
  }
  if (it->scratchpad.memory) {
    NK_SET(it->scratchpad.memory, working);
    arguments[3] = (dnnl_exec_arg_t){DNNL_ARG_SCRATCHPAD, it->scratchpad.memory};
  }
  const dnnl_status_t status =
      dnnl_primitive_execute(it->primitive, stream, it->scratchpad.memory ? 4 : 3, arguments);
  const nk_operand *o = &it->operands[it->result];
  return status != dnnl_success || !o->inner || leaves_result
      ? status : nk_reorder_execute(o, stream, 1, working);
}

static inline void nk_convolution_destroy(nk_convolution_primitive *it) {
  dnnl_primitive_destroy(it->primitive);
  if (it->scratchpad.memory) dnnl_memory_destroy(it->scratchpad.memory);
  for (int operand = 0; operand < 3; operand++) {
    dnnl_memory_destroy(it->operands[operand].outer);
    if (it->operands[operand].inner) dnnl_memory_destroy(it->operands[operand].inner);
    if (it->operands[operand].reorder) dnnl_primitive_destroy(it->operands[operand].reorder);
    if (it->operands[operand].scratchpad.memory)
      dnnl_memory_destroy(it->operands[operand].scratchpad.memory);
  }
}

#endif
