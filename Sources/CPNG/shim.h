// libpng's simplified API, which reports errors in `png_image.message` instead of jumping over
// Swift frames with longjmp. Swift doesn't import the composed format macros, hence the function.

#pragma once

#include <png.h>
#include <string.h>

/// Writes `height` rows of `width` pixels without padding: of one byte, grey, or of three, RGB.
/// Returns 1 on success; otherwise 0, and the reason in `message` (at least 64 bytes, always
/// terminated).
static inline int neuronika_png_write(
    const char *path, unsigned width, unsigned height, int is_gray, const unsigned char *pixels,
    char *message) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = is_gray ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  int written = png_image_write_to_file(&image, path, 0, pixels, 0, NULL);
  memcpy(message, image.message, sizeof image.message);
  message[sizeof image.message - 1] = 0;
  png_image_free(&image);
  return written != 0;
}
