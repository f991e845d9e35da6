/* SPDX-License-Identifier: MIT
 *
 * The project's one error domain.  Every fallible function takes a GError ** last; the message is
 * written for a person: what happened, where (file:line:col where there is one), what to do next.
 */
#pragma once

#include <glib.h>

typedef enum SentinelError {
	SENTINEL_ERROR_INVALID,     /* input that breaks a rule of ours */
	SENTINEL_ERROR_ARGUMENT,    /* a word that cannot be meant, such as a name with a blank */
	SENTINEL_ERROR_IO,          /* the system said no */
	SENTINEL_ERROR_LIMIT,       /* a named limit of base/limits.h was exceeded */
	SENTINEL_ERROR_NOT_FOUND,   /* no such policy, file, record */
	SENTINEL_ERROR_BUSY,        /* somebody else holds it */
	SENTINEL_ERROR_UNAVAILABLE, /* a service or a thread is not there */
	SENTINEL_ERROR_NEEDS_INPUT, /* the caller must send what only it can read */
} SentinelError;

#define SENTINEL_ERROR (sentinel_error_quark())
GQuark sentinel_error_quark(void);
