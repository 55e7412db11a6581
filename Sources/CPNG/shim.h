// libpng, and one function for what Swift can't say of it. How rows are filtered and how long
// deflate searches can be chosen in libpng's full API only, and that reports errors with longjmp,
// which must not jump over Swift's frames. Reading uses the simplified API, which has no jumps.

#pragma once

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// An encoded image.
typedef struct {
  /// The whole file, from malloc, for the caller to free; null if there was an error.
  unsigned char *bytes;
  size_t count, capacity;
  /// libpng's warnings and at last its error, which often only sums them up; always terminated.
  char message[256];
} nk_png_file;

static inline void nk_png_note(png_structp png, png_const_charp text) {
  nk_png_file *file = (nk_png_file *)png_get_error_ptr(png);
  const size_t length = strlen(file->message);
  snprintf(
      file->message + length, sizeof file->message - length, "%s%s", length > 0 ? "; " : "", text);
}

static inline void nk_png_fail(png_structp png, png_const_charp text) {
  nk_png_note(png, text);
  png_longjmp(png, 1);
}

static inline void nk_png_append(png_structp png, png_bytep bytes, size_t count) {
  nk_png_file *file = (nk_png_file *)png_get_io_ptr(png);
  if (count > file->capacity - file->count) {
    const size_t capacity = 2 * (file->count + count);
    unsigned char *moved = (unsigned char *)realloc(file->bytes, capacity);
    if (!moved) png_error(png, "no memory for the file");
    file->bytes = moved;
    file->capacity = capacity;
  }
  memcpy(file->bytes + file->count, bytes, count);
  file->count += count;
}

/// The file is in memory; there is nothing to flush. Without this function libpng flushes a `FILE`.
static inline void nk_png_flush(png_structp png) { (void)png; }

/// Encodes an image as a complete file. Returns 1 on success; otherwise 0, and the reason in
/// `message`.
///
/// - color_type: PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_PALETTE or PNG_COLOR_TYPE_RGB.
/// - bit_depth: 8, or 1, 2 or 4 for shades of grey and palettes.
/// - palette, colors: what the samples of PNG_COLOR_TYPE_PALETTE count.
/// - samples: row after row without padding, one byte a pixel whatever the depth; three for RGB.
/// - is_filtered: whether each row becomes differences by the filter that libpng thinks best, or
///   all stay as they are.
static inline int nk_png_encode(
    unsigned width, unsigned height, int color_type, int bit_depth, const png_color *palette,
    int colors, const unsigned char *samples, int is_filtered, nk_png_file *file) {
  memset(file, 0, sizeof *file);
  // Neither changes after setjmp, so both are sure to be what they were when libpng jumps back.
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, file, nk_png_fail, nk_png_note);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    if (file->message[0] == 0) strcpy(file->message, "libpng could not start");
    png_destroy_write_struct(&png, NULL);
    return 0;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    free(file->bytes);
    file->bytes = NULL;
    file->count = file->capacity = 0;
    return 0;
  }
  png_set_write_fn(png, file, nk_png_append, nk_png_flush);
  png_set_compression_level(png, 9);
  png_set_compression_mem_level(png, 9);
  // A chunk is as long as this buffer at most, and each costs 12 bytes.
  png_set_compression_buffer_size(png, 1 << 20);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, is_filtered ? PNG_ALL_FILTERS : PNG_FILTER_NONE);
  png_set_IHDR(
      png, info, width, height, bit_depth, color_type, PNG_INTERLACE_NONE,
      PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (color_type == PNG_COLOR_TYPE_PALETTE) png_set_PLTE(png, info, palette, colors);
  png_write_info(png, info);
  png_set_packing(png);
  const size_t row_bytes = (size_t)width * (color_type == PNG_COLOR_TYPE_RGB ? 3 : 1);
  for (unsigned row = 0; row < height; row++) png_write_row(png, samples + row * row_bytes);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return 1;
}
