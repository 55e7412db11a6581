// libpng as it is. Only its simplified API is for Swift: it reports errors in `png_image.message`,
// where the other jumps over Swift's frames with longjmp.

#pragma once

#include <png.h>
