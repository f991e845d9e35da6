/* SPDX-License-Identifier: MIT
 *
 * Two files: `accepted`, which is replaced as a whole when a bundle was put in force, and `status`, which says what came of the last try.
 * A record that is missing is not "nothing was accepted": somebody may have removed it to bring back an old policy.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/limits.h"
#include "cli/output.h"
#include "cli/policy-bundle.h"

#define SYSTEM_DIR "/var/lib/sentinel-fetch"
#define ACCEPTED "accepted"
#define NEXT "accepted.next"
#define STATUS "status"
#define FILE_MODE 0644 /* the service reads it, and whoever wants to know */

static JsonObject *read_object(const BundleState *state, const char *name)
{
	g_autofree char *path = g_build_filename(state->dir, name, NULL), *text = g_malloc0(LIMIT_FETCH_STATE_BYTES + 1);
	g_autoptr(JsonParser) parser = json_parser_new();
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	ssize_t got = fd < 0 ? -1 : read(fd, text, LIMIT_FETCH_STATE_BYTES + 1);

	if (fd >= 0)
		(void)close(fd);
	if (got <= 0 || got > (ssize_t)LIMIT_FETCH_STATE_BYTES || !json_parser_load_from_data(parser, text, got, NULL))
		return NULL;
	JsonNode *root = json_parser_get_root(parser);
	return root && JSON_NODE_HOLDS_OBJECT(root) ? json_object_ref(json_node_get_object(root)) : NULL;
}

static int64_t number_of(JsonObject *object, const char *name, int64_t otherwise)
{
	JsonNode *node = object ? json_object_get_member(object, name) : NULL;

	return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_INT64 ? json_node_get_int(node) : otherwise;
}

static char *text_of(JsonObject *object, const char *name)
{
	JsonNode *node = object ? json_object_get_member(object, name) : NULL;

	return g_strdup(node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node) : "");
}

static bool write_object(const BundleState *state, const char *name, JsonObject *object, GError **error)
{
	g_autofree char *path = g_build_filename(state->dir, name, NULL);
	g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);

	json_node_set_object(node, object);
	g_autofree char *text = json_to_string(node, FALSE);
	return g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, FILE_MODE, error);
}

static void read_accepted(BundleState *state)
{
	g_autoptr(JsonObject) accepted = read_object(state, ACCEPTED);

	state->number = number_of(accepted, "number", -1);
	state->digest = text_of(accepted, "manifest");
	state->begun = state->number >= 0;
}

/* What an administrator has just made here must not keep out who the directory is for (sentinel-fetch).  Only a new file of one's own: nothing else gets another owner. */
static bool give_to_owner(const BundleState *state)
{
	struct stat dir, lock;

	if (stat(state->dir, &dir) < 0 || fstat(state->lock, &lock) < 0)
		return false;
	if (!S_ISREG(lock.st_mode) || lock.st_nlink != 1 || lock.st_size != 0 || lock.st_uid != 0 || dir.st_uid == 0)
		return true;
	return fchown(state->lock, dir.st_uid, dir.st_gid) == 0;
}

int bundle_state_open(const Cli *cli, const char *dir, BundleState *ret, Problem *problem)
{
	*ret = (BundleState){ .dir = !dir && cli->config_dir ? g_build_filename(cli->config_dir, "fetch", NULL) : g_strdup(dir ? dir : SYSTEM_DIR), .lock = -1 };
	if (dir || cli->config_dir)
		(void)g_mkdir_with_parents(ret->dir, 0755);
	g_autofree char *path = g_build_filename(ret->dir, "lock", NULL);

	ret->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (ret->lock < 0)
		return problem_set(problem, errno == EACCES ? EXIT_UNAUTHORISED : EXIT_UNDONE, "state", "cannot write into %s: %s; it is the user sentinel-fetch's: sudo systemctl start sentinel-fetch.service",
			ret->dir, g_strerror(errno));
	if (!give_to_owner(ret))
		return problem_set(problem, EXIT_UNDONE, "state", "%s cannot be given to the owner of its directory: %s", path, g_strerror(errno));
	if (flock(ret->lock, LOCK_EX | LOCK_NB) < 0)
		return problem_set(problem, EXIT_UNDONE, "busy", "policies are being fetched already (%s is locked)", path);
	read_accepted(ret);
	return 0;
}

void bundle_state_close(BundleState *state)
{
	if (state->lock >= 0)
		(void)close(state->lock);
	g_free(state->dir);
	g_free(state->digest);
}

static int begun_already(const BundleState *state, Problem *problem)
{
	return problem_set(problem, EXIT_DENIED, "begun", "the last number that was accepted here is %" G_GINT64_FORMAT ", and it is never set again; to begin anew all the same, first: rm %s/" ACCEPTED,
		state->number, state->dir);
}

int bundle_state_begin(const BundleState *state, int64_t number, Problem *problem)
{
	g_autoptr(JsonObject) accepted = json_object_new();
	g_autoptr(GError) error = NULL;

	if (state->begun)
		return begun_already(state, problem);
	json_object_set_int_member(accepted, "number", number);
	if (write_object(state, ACCEPTED, accepted, &error))
		return 0;
	return problem_set(problem, EXIT_UNDONE, "state", "%s", error->message);
}

int bundle_state_prepare(const BundleState *state, const Bundle *bundle, const BundleConf *conf, const BundleKey *key, Problem *problem)
{
	g_autoptr(JsonObject) next = json_object_new();
	g_autoptr(GError) error = NULL;

	json_object_set_int_member(next, "number", bundle->number);
	json_object_set_string_member(next, "manifest", bundle->digest);
	json_object_set_int_member(next, "accepted_us", g_get_real_time());
	json_object_set_int_member(next, "expires_us", bundle->expires_us);
	output_set_text(next, "policy", conf->policy);
	output_set_text(next, "source", conf->source);
	output_set_text(next, "key", key->name);
	if (write_object(state, NEXT, next, &error))
		return 0;
	return problem_set(problem, EXIT_UNDONE, "state", "the number could not be written down, so nothing was put in force: %s", error->message);
}

int bundle_state_commit(const BundleState *state, Problem *problem)
{
	g_autofree char *from = g_build_filename(state->dir, NEXT, NULL), *to = g_build_filename(state->dir, ACCEPTED, NULL);
	int fd = open(state->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), failed = 0;

	if (fd < 0 || rename(from, to) < 0 || fsync(fd) < 0)
		failed = errno;
	if (fd >= 0)
		(void)close(fd);
	return failed ? problem_set(problem, EXIT_UNDONE, "state", "the policy is in force, but its number could not be written down: %s: %s", to, g_strerror(failed)) : 0;
}

void bundle_state_tell(const BundleState *state, const char *error)
{
	g_autoptr(JsonObject) old = read_object(state, STATUS), status = json_object_new();
	g_autofree char *shown = g_strndup(error ? error : "", LIMIT_FETCH_ERROR_BYTES);
	g_autoptr(GError) failed = NULL;

	json_object_set_int_member(status, "checked_us", error ? number_of(old, "checked_us", 0) : g_get_real_time());
	json_object_set_int_member(status, "failed_us", error ? g_get_real_time() : number_of(old, "failed_us", 0));
	output_set_text(status, "error", shown);
	if (!write_object(state, STATUS, status, &failed))
		(void)fprintf(stderr, "sentinel: what came of it could not be written down: %s\n", failed->message);
}
