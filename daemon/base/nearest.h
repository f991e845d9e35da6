/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

/* The word of the list that somebody most likely meant, NULL when none is near. */
const char *nearest_word(const char *word, const char *const *words, size_t count);
