/* SPDX-License-Identifier: MIT
 *
 * The verbs.  Each one's file has its function, its options and its row: `const Verb verb_NAME`; the list here is all that the others know
 * of it.
 */
#pragma once

#include <stdio.h>
#include "cli/language.h"
#include "cli/option.h"

typedef struct Verb {
	const char *words;                         /* "audit list" */
	int (*run)(Cli *cli, const void *options); /* the struct of `options`; an exit code */
	int least, most;                           /* arguments; most -1: any number */
	const char *arguments, *help; /* "[NAME]": by the words in capitals they are completed, cli/complete.c */
	OptionTable options;
	const char *example; /* behind "sentinel " */
	const char *one;     /* what exit status 1 says; NULL: it never ends so */
	bool alone;          /* it asks no service, or one of its own */
	bool of_files;       /* ... when its words are files */
	bool answer;         /* the exit status says it all: with --quiet nothing is printed */
} Verb;

/* In the order of the help. */
#define VERBS(VERB)                                                                                                                        \
	VERB(version)                                                                                                                      \
	VERB(doctor)                                                                                                                       \
	VERB(init)                                                                                                                         \
	VERB(validate)                                                                                                                     \
	VERB(exec)                                                                                                                         \
	VERB(pin_list)                                                                                                                     \
	VERB(pin_drop)                                                                                                                     \
	VERB(pin)                                                                                                                         \
	VERB(socket_list)                                                                                                                  \
	VERB(socket_show)                                                                                                                  \
	VERB(scan)                                                                                                                         \
	VERB(scan_secrets)                                                                                                                 \
	VERB(audit_list)                                                                                                                   \
	VERB(audit_show)                                                                                                                   \
	VERB(audit_tail)                                                                                                                   \
	VERB(audit_stats)                                                                                                                  \
	VERB(audit_export)                                                                                                                 \
	VERB(audit_verify)                                                                                                                 \
	VERB(audit_seal)                                                                                                                    \
	VERB(audit_reindex)                                                                                                                 \
	VERB(audit_clear)                                                                                                                  \
	VERB(grant_list)                                                                                                                   \
	VERB(grant_create)                                                                                                                 \
	VERB(grant_revoke)                                                                                                                 \
	VERB(policy_list)                                                                                                                  \
	VERB(policy_show)                                                                                                                  \
	VERB(policy_use)                                                                                                                   \
	VERB(policy_containers)                                                                                                            \
	VERB(policy_create)                                                                                                                \
	VERB(policy_edit)                                                                                                                  \
	VERB(policy_validate)                                                                                                              \
	VERB(policy_test)                                                                                                                  \
	VERB(policy_diff)                                                                                                                  \
	VERB(policy_replay)                                                                                                                \
	VERB(policy_learn)                                                                                                                 \
	VERB(policy_except)                                                                                                                \
	VERB(policy_import)                                                                                                                \
	VERB(policy_digest)                                                                                                                \
	VERB(policy_bundle)                                                                                                                \
	VERB(policy_fetch)                                                                                                                 \
	VERB(policy_delete)                                                                                                                \
	VERB(authz_status)                                                                                                                 \
	VERB(authz_start)                                                                                                                  \
	VERB(authz_stop)                                                                                                                   \
	VERB(authz_install)                                                                                                                \
	VERB(authz_uninstall)                                                                                                              \
	VERB(authz_reload)                                                                                                                 \
	VERB(socket_takeover)                                                                                                              \
	VERB(config_show)                                                                                                                  \
	VERB(config_check)                                                                                                                 \
	VERB(metrics)                                                                                                                      \
	VERB(help)

#define VERB_DECLARED(name) extern const Verb verb_##name;
VERBS(VERB_DECLARED)
#undef VERB_DECLARED

/* The verb that `words` begin with, and of how many words it is; NULL: none. */
const Verb *verb_find(char *const *words, int *ret_used);
/* Whether a word begins verbs of two words: "policy". */
bool verb_is_group(const char *word);
/* Says that words[0] begins no verb, or that a word is missing behind it, or (it is NULL) that there is none; the exit code. */
int verb_unknown(const Cli *cli, char *const *words);

/* Verbs as first words and as second ones: with `group` NULL calls `each` for each word that a line can begin with, else for each that stands
 * behind it; with what it is for. */
typedef void VerbEach(const char *word, const char *help, void *data);
void verb_each(const char *group, VerbEach *each, void *data);

/* verb-help.c.  The help of a verb, of those that begin with a word, of all. */
void verb_print(const Verb *verb);
void verb_print_group(FILE *stream, const char *word);
void verb_print_all(FILE *stream);
/* The rows, in their order; `ret_count` of them. */
const Verb *const *verb_rows(size_t *ret_count);
