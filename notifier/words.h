/* SPDX-License-Identifier: MIT
 *
 * What a bubble says.
 */
#pragma once

#include "notifier/news.h"

/* One line of fixed words and numbers, without markup: nothing of a request is in it. */
char *words_title(const News *news, unsigned count);
/* `markup`: what comes from elsewhere is escaped.  `note`: what came of an action; NULL: nothing yet. */
char *words_body(const News *news, bool markup, const char *note);
/* All of it on some lines, for a terminal. */
char *words_plain(const News *news);
/* x-dockersentinel.denied and the like. */
const char *words_category(NewsKind kind);
