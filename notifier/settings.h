/* SPDX-License-Identifier: MIT
 *
 * notifier.conf: what a person wants to hear.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>
#include "notifier/news.h"

typedef enum Choice { CHOICE_AUTO, CHOICE_YES, CHOICE_NO } Choice;

typedef struct Settings {
	NewsSeverity denied, warned; /* the least that is shown */
	Choice administrator;        /* whether news of the guard are shown */
	unsigned fold_s, per_minute;
	int quiet_from, quiet_to; /* minutes of the day; equal: never */
	bool quiet_critical;      /* what is critical is shown all the same */
} Settings;

extern const Settings settings_default;

/* notifier.conf of the user ($XDG_CONFIG_HOME/docker-sentinel), else of the machine ($XDG_CONFIG_DIRS); NULL: there is none. */
char *settings_find(void);
/* All of the file or nothing: with an error *ret is as without a file. */
bool settings_read(const char *path, Settings *ret, GError **error);
bool settings_wants(const Settings *settings, const News *news);
/* `minute` of the day, in local time. */
bool settings_is_quiet(const Settings *settings, int minute);
