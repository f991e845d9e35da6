/* SPDX-License-Identifier: MIT */
#include "base/error.h"

G_DEFINE_QUARK(sentinel-error-quark, sentinel_error)
