// zlib as it is. `inflateInit2` is a macro around `inflateInit2_`, which Swift calls itself.

#pragma once

#include <zlib.h>
