/* SPDX-License-Identifier: MIT
 *
 * One docker command line while it is read: what a flag may hold, which flags a command has, and
 * what was set (docker CLI 28; github.com/spf13/pflag for the rules of flags).
 */
#pragma once

#include "base/text.h"
#include "request/api.h"
#include "request/argv/argv.h"
#include "request/argv/flag-names.h"

typedef struct Line Line;

/* What a flag's value must look like. */
typedef struct FlagType {
	const char *expected; /* for people: "a size such as 512m or 2g" */
	/* False: it is not that; the check may have said more precisely why with line_refuse().  NULL: anything goes. */
	bool (*check)(Line *line, const char *value);
	bool is_switch; /* takes a value only when it is attached: --flag=value */
} FlagType;

typedef enum FlagMarks {
	MARK_SECRET = 1,   /* NAME=VALUE whose value is never shown */
	MARK_PASSWORD = 2, /* never shown at all */
	MARK_WINDOWS = 4,  /* the CLI refuses it for a Linux daemon */
	MARK_EXPERIMENTAL = 8, /* ... for one without experimental features */
	MARK_ONE = 16,         /* holds one value: a finding about it that stays without the flag is a finding about that value */
} FlagMarks;

typedef struct Flag {
	const char *name; /* without "--" */
	char letter;      /* 0: none */
	const FlagType *type;
	const char *same;  /* the flag that this is another name of, or NULL */
	unsigned marks;
} Flag;

typedef struct FlagTable {
	const Flag *flags;
	size_t count;
} FlagTable;

/* One flag as it was given. */
typedef struct Setting {
	const Flag *flag;
	const char *name;  /* the flag's first name */
	const char *value; /* "true" or "false" for switches */
	size_t index, words; /* the word that it stands in, and how many it takes */
} Setting;

typedef struct SettingList {
	Setting *items;
	size_t count;
} SettingList;

typedef struct Argument {
	const char *text;
	size_t index;
} Argument;

typedef struct ArgumentList {
	Argument *items;
	size_t count;
} ArgumentList;

/* A call that follows those of the command itself. */
typedef struct Step {
	const char *method, *path; /* {} stands for the first argument, ID for what the line has just made */
	ArgvMade (*made)(Line *line); /* NULL: always */
	bool (*write)(Line *line);    /* as a command's */
} Step;

typedef struct StepTable {
	const Step *steps;
	size_t count;
} StepTable;

typedef struct Command {
	const char *words; /* all spellings: "container ls|container list|ps" */
	FlagTable flags;
	const FlagTable *table; /* instead of `flags`: the long ones stand in files of their own */
	size_t least, most;     /* arguments; most SIZE_MAX: any number */
	const char *expected;   /* what they are, for people */
	const char *method, *path; /* the call that is judged; {} stands for the first argument, or for each */
	/* What else the call says; false after line_refuse().  NULL: nothing that concerns a policy. */
	bool (*write)(Line *line);
	const StepTable *steps; /* the calls that follow, or NULL */
	bool each;   /* every argument makes a call of its own */
	bool stops;  /* flags end at the first argument */
	bool unread; /* a plugin's: its flags are not known here */
} Command;

struct Line {
	const ArgvContext *context;
	Arena *arena;
	const Command *command;
	const char *shown; /* the command in the words that were used: "container run" */
	size_t command_index; /* the word that names it */
	SettingList global;   /* docker's own flags, in front of the command */
	SettingList settings; /* the command's */
	ArgumentList arguments;
	StringList needs; /* what the caller must send: "env:NAME", "file:PATH" */
	GError *error;
	bool wants_help; /* the CLI would only print something */
	size_t ports;    /* that ranges stand for; each flag is read up to three times */
	size_t calls;    /* that the line leads to; 0: one */
	size_t target;   /* the argument that {} stands for */
	ArgvMade made;
	const Request *first; /* the command's own call, when another is read */
	/* the call as it is written */
	bool sends; /* what nobody sees of it: a build's context, an image to import */
	const char *method, *path;
	Buffer query, body; /* body: the members of one JSON object */
};

/* Says once what is wrong; returns false. */
bool line_refuse(Line *line, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* "add-host" */
const char *flag_text(FlagName name);
/* What was set; the last one wins.  NULL when the flag was not given. */
const Setting *line_find(const Line *line, FlagName name);
const char *line_text(const Line *line, FlagName name); /* "" when not given */
bool line_switch(const Line *line, FlagName name);
const char *line_global(const Line *line, FlagName name); /* of docker's own flags; "" when not given */
int64_t line_number(const Line *line, FlagName name); /* 0 when not given */
StringList line_list(const Line *line, FlagName name); /* every value in order */
const char *line_argument(const Line *line, size_t index);  /* "" when there are fewer */
const char *line_target(const Line *line); /* the one that the call is about */

/* The caller's surroundings: NULL when there is no such thing, or after noting that it is needed. */
const char *line_env(Line *line, const char *name);
/* The same without asking for it: what is not there does not matter. */
const char *line_known_env(const Line *line, const char *name);
const char *line_file(Line *line, const char *path);
/* `path` below the caller's working directory, clean; NULL after line_refuse() when that is not known. */
const char *line_absolute(Line *line, const char *path);

/* words.c: reads the flags and arguments of `table` from words[*at]; `stops`: flags end at the
 * first argument. */
bool line_read_words(Line *line, const FlagTable *table, const char *const *words, size_t count, size_t at, bool stops);
/* Only flags: leaves *at at the first word that is none. */
bool line_read_flags(Line *line, const FlagTable *table, const char *const *words, size_t count, size_t *at);
