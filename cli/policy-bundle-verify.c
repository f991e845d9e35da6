/* SPDX-License-Identifier: MIT
 *
 * The signature, by minisign(1).  Which key made it both files say (https://jedisct1.github.io/minisign, "Signature format"): base64 of two
 * bytes that name the algorithm and eight of the key's number.
 */
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "cli/policy-bundle.h"

#define PROGRAM "minisign"
#define NUMBER_AT 2u
#define NUMBER_BYTES 8u
#define KEY_LINES 2u       /* a comment, the key */
#define SIGNATURE_LINES 4u /* a comment, the signature, a comment that is signed, the signature of both */

/* The number of the key in the second line; false: this is no such file. */
static bool number_of(GBytes *bytes, guint lines, guint8 ret[NUMBER_BYTES])
{
	gsize length, size;
	const char *data = g_bytes_get_data(bytes, &length);
	g_autofree char *text = g_strndup(length ? data : "", length);
	g_auto(GStrv) parts = g_strsplit(g_strchomp(text), "\n", -1);

	if (g_strv_length(parts) < lines || !g_str_has_prefix(parts[0], "untrusted comment:"))
		return false;
	g_autofree guchar *decoded = g_base64_decode(g_strstrip(parts[1]), &size);
	if (size < NUMBER_AT + NUMBER_BYTES)
		return false;
	memcpy(ret, decoded + NUMBER_AT, NUMBER_BYTES);
	return true;
}

/* As minisign shows it: the last byte first. */
static char *shown_number(const guint8 number[NUMBER_BYTES])
{
	GString *text = g_string_new("");

	for (guint i = NUMBER_BYTES; i > 0; i--)
		g_string_append_printf(text, "%02X", number[i - 1]);
	return g_string_free(text, FALSE);
}

static int find_key(const BundleConf *conf, GBytes *signature, const BundleKey **ret, Problem *problem)
{
	guint8 wanted[NUMBER_BYTES], number[NUMBER_BYTES];

	if (!number_of(signature, SIGNATURE_LINES, wanted))
		return problem_set(problem, EXIT_DENIED, "signature", BUNDLE_SIGNATURE " of %s is no signature of minisign's, or is cut off", conf->source);
	for (guint i = 0; i < conf->keys->len; i++) {
		const BundleKey *key = g_ptr_array_index(conf->keys, i);
		if (!number_of(key->text, KEY_LINES, number))
			return problem_set(problem, EXIT_UNDONE, "conf", "the key %s of %s is no public key of minisign's", key->name, conf->file);
		if (!memcmp(number, wanted, NUMBER_BYTES)) {
			*ret = key;
			return 0;
		}
	}
	g_autofree char *shown = shown_number(wanted);
	return problem_set(problem, EXIT_DENIED, "signature", "the bundle of %s is signed by the key %s, which is none of those in %s", conf->source, shown, conf->file);
}

static int run_minisign(const BundleConf *conf, const char *manifest, const char *signature, const char *key, Problem *problem)
{
	const char *words[] = { PROGRAM, "-V", "-q", "-m", manifest, "-x", signature, "-p", key, NULL };
	g_autoptr(GError) error = NULL;
	g_autoptr(GSubprocess) process = g_subprocess_newv(words, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);

	if (!process || !g_subprocess_wait(process, NULL, &error))
		return problem_set(problem, EXIT_UNDONE, "minisign", "cannot run " PROGRAM ": %s; apt-get install minisign", error->message);
	if (g_subprocess_get_successful(process))
		return 0;
	return problem_set(problem, EXIT_DENIED, "signature", "the bundle of %s was changed after it was signed: its signature does not fit", conf->source);
}

static bool put(const char *path, GBytes *bytes, GError **error)
{
	gsize length;
	const char *data = g_bytes_get_data(bytes, &length);

	return g_file_set_contents(path, length ? data : "", (gssize)length, error);
}

int bundle_verify(const BundleConf *conf, const char *dir, GBytes *manifest, GBytes *signature, const BundleKey **ret, Problem *problem)
{
	g_autofree char *room = g_build_filename(dir, "verify-XXXXXX", NULL);
	g_autoptr(GError) error = NULL;
	int code = find_key(conf, signature, ret, problem);

	if (code != 0)
		return code;
	if (!g_mkdtemp(room))
		return problem_set(problem, EXIT_UNDONE, "state", "cannot write into %s", dir);
	g_autofree char *text = g_build_filename(room, "text", NULL), *sign = g_build_filename(room, "signature", NULL), *key = g_build_filename(room, "key", NULL);
	if (put(text, manifest, &error) && put(sign, signature, &error) && put(key, (*ret)->text, &error))
		code = run_minisign(conf, text, sign, key, problem);
	else
		code = problem_set(problem, EXIT_UNDONE, "state", "%s", error->message);
	(void)g_unlink(text);
	(void)g_unlink(sign);
	(void)g_unlink(key);
	(void)g_rmdir(room);
	return code;
}
