/* SPDX-License-Identifier: MIT
 *
 * Something that a person may want to hear of.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <json-glib/json-glib.h>

typedef enum NewsKind {
	NEWS_DENIED,
	NEWS_WARNED,
	NEWS_MISSED, /* more was denied than is shown one by one */
	/* of an image that was built */
	NEWS_FOUND,
	NEWS_UNSCANNED,
	/* of the guard itself, to administrators */
	NEWS_CHANGED,
	NEWS_REJECTED,
	NEWS_RELAXED,
	NEWS_DEGRADED,
	NEWS_LOCKDOWN,
	NEWS_RECOVERED,
	NEWS_STOPPED,
	NEWS_DISK,
	/* of the notifier itself */
	NEWS_SETTINGS,
	NEWS_TEST,
	NEWS_KIND_COUNT
} NewsKind;

typedef enum Urgency { URGENCY_LOW, URGENCY_NORMAL, URGENCY_CRITICAL } Urgency; /* as the hint has it */

/* How much a finding weighs; SEVERITY_NONE is above all of them. */
typedef enum NewsSeverity { SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL, SEVERITY_NONE } NewsSeverity;

/* Texts are printable and never NULL; "" is not known. */
typedef struct News {
	NewsKind kind;
	NewsSeverity severity; /* of the worst finding */
	uint64_t id;           /* of the decision; 0: none */
	char *user;            /* who asked, or who did it */
	char *command;         /* the docker command, or a sentence about the guard */
	char *reason, *fix, *rule, *image, *policy;
	bool own;       /* of who is told */
	bool grantable; /* an administrator can let it through */
	char **typed;   /* the words of a docker run that asks the same; NULL: not known */
	bool looked;    /* for a fixed one */
	char *fixed;    /* its command line; NULL: there is none */
} News;

News *news_new(NewsKind kind);
/* About the guard: one sentence. */
News *news_of_guard(NewsKind kind, const char *user, const char *sentence, const char *reason);
/* What the service tells of an image that was built; `self`: the name of who is told.  NULL: there is nothing to tell. */
typedef struct NewsImage {
	const char *image, *outcome, *severity, *user, *summary;
} NewsImage;

News *news_of_image(const NewsImage *image, const char *self);
/* A decision as AuditQuery tells of it (with "record"); `self`: the name of who is told.  NULL: it is none of this kind. */
News *news_of_decision(NewsKind kind, JsonObject *entry, const char *self);
void news_free(News *news); /* NULL is accepted */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(News, news_free)

void news_set(char **text, const char *to); /* takes a clean copy, on one line and cut */
bool news_is_decision(const News *news);
Urgency news_urgency(const News *news);
/* What has the same key is the same thing again. */
char *news_key(const News *news);
/* Low, medium, high, critical, none. */
bool severity_parse(const char *word, NewsSeverity *ret);
const char *severity_word(NewsSeverity severity);
