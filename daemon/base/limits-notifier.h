/* SPDX-License-Identifier: MIT
 *
 * Limits of the notifier: a part of base/limits.h.
 */
#pragma once

/* The notifier of a desktop: bubbles that it knows, new ones within a minute, within which time repeats are one (as it comes, and at most), and the
 * least time between two changes of one. */
#define LIMIT_NOTIFIER_BUBBLES 32u
#define LIMIT_NOTIFIER_NEW 6u
#define LIMIT_NOTIFIER_FOLD_S 30u
#define LIMIT_NOTIFIER_FOLD_MOST_S 3600u
#define LIMIT_NOTIFIER_CHANGE_MS 1000u
/* Decisions that it asks about at a time, and how often; how long an answer may take.  What --list shows. */
#define LIMIT_NOTIFIER_FETCH 16u
#define LIMIT_NOTIFIER_FETCH_MS 500u
#define LIMIT_NOTIFIER_QUERY_S 30u
#define LIMIT_NOTIFIER_LISTED 20u
/* What shows the bubbles: how long it may take to answer, when it is tried again, and how many things it may say it can. */
#define LIMIT_NOTIFIER_ANSWER_S 10u
#define LIMIT_NOTIFIER_RETRY_S 30u
#define LIMIT_NOTIFIER_CAPABILITIES 64u
/* A trial of a command, before the bubble of its denial is shown. */
#define LIMIT_NOTIFIER_TRIAL_S 2u
/* A service that is away for so long was not just restarted. */
#define LIMIT_NOTIFIER_GONE_S 10u
/* Characters of one text in a bubble; the settings. */
#define LIMIT_NOTIFIER_TEXT 200u
#define LIMIT_NOTIFIER_CONFIG_BYTES (16u * 1024)
/* What is allowed once is allowed for so long; polkit's dialog (LIMIT_POLKIT_DIALOG_S) and the service's work.  Between two terminals that are opened. */
#define LIMIT_NOTIFIER_GRANT_S 600u
#define LIMIT_NOTIFIER_GRANT_ANSWER_S 330u
#define LIMIT_NOTIFIER_TERMINAL_MS 2000u
