/* SPDX-License-Identifier: MIT
 *
 * Private keys that are bytes: found by their structure, and nothing that only begins like one.  None of them is a key.
 */
#include "secret-fixture.h"

/* Numbers of two digits hexadecimal; "rN": N drawn bytes, "iN": an INTEGER of so many, "mN": an OpenPGP number of N bytes,
 * "(" ... ")": a SEQUENCE, "[K" ... "]": what has the tag K. */
static void put_length(GByteArray *out, size_t length)
{
	const guint8 shorter = (guint8)length, longer[] = { 0x82, (guint8)(length >> 8), (guint8)length };

	(void)g_byte_array_append(out, length < 0x80 ? &shorter : longer, length < 0x80 ? 1 : 3);
}

static void put_drawn(GByteArray *out, GRand *chance, unsigned long count, guint8 first)
{
	for (unsigned long i = 0; i < count; i++) {
		const guint8 byte = i ? (guint8)g_rand_int_range(chance, 0, 256) : first;
		(void)g_byte_array_append(out, &byte, 1);
	}
}

static const char *build(GByteArray *out, GRand *chance, const char *form)
{
	while (*form && *form != ')' && *form != ']') {
		char *end = NULL;
		if (*form == ' ') {
			form++;
		} else if (*form == '(' || *form == '[') {
			const guint8 tag = *form == '(' ? 0x30 : (guint8)strtoul((char[]){ form[1], form[2], 0 }, NULL, 16);
			g_autoptr(GByteArray) inner = g_byte_array_new();
			form = build(inner, chance, form + (*form == '(' ? 1 : 3)) + 1;
			(void)g_byte_array_append(out, &tag, 1);
			put_length(out, inner->len);
			(void)g_byte_array_append(out, inner->data, inner->len);
		} else if (strchr("rim", *form)) {
			const char kind = *form;
			const unsigned long count = strtoul(form + 1, &end, 10);
			const guint8 integer = 0x02, bits[] = { (guint8)((count * 8 - 1) >> 8), (guint8)(count * 8 - 1) };
			if (kind == 'i') {
				(void)g_byte_array_append(out, &integer, 1);
				put_length(out, count);
			} else if (kind == 'm') {
				(void)g_byte_array_append(out, bits, 2);
			}
			put_drawn(out, chance, count, kind == 'm' ? 0x7f : 0x5a);
			form = end;
		} else {
			const guint8 byte = (guint8)strtoul((char[]){ form[0], form[1], 0 }, NULL, 16);
			(void)g_byte_array_append(out, &byte, 1);
			form += 2;
		}
	}
	return form;
}

#define RSA_ID "(06092a864886f70d010101 0500)"
#define EC_ID "(06072a8648ce3d0201 06082a8648ce3d030107)"
#define SCRYPT_ID "(06092a864886f70d01050d (r20))"

static const struct { const char *form, *rule; ScanSeverity severity; } keys[] = {
	{ "(020100 i129 i3 i128 i65 i65 i64 i64 i64)", "der-key", SCAN_HIGH },
	{ "(020100 i129 i3 i128 i65 i65 i64 i64 i64) 0a", "der-key", SCAN_HIGH },
	{ "(020100" RSA_ID "[04 (020100 i129 i3 i128 i65 i65 i64 i64 i64)])", "der-key", SCAN_HIGH },
	{ "(020100" EC_ID "[04 r109])", "der-key", SCAN_HIGH },
	{ "(020100 (06032b6570) [04 0420 r32])", "der-key", SCAN_HIGH },
	{ "(020101 [04 r32] [a0 06082a8648ce3d030107] [a1 r68])", "der-key", SCAN_HIGH },
	{ "(020100 i129 i21 i128 i128 i20)", "der-key", SCAN_HIGH },
	{ "(" SCRYPT_ID "[04 r640])", "der-key-encrypted", SCAN_LOW },
	/* certificates, public keys, cut ones, what is behind, a smaller number */
	{ "((020102 i9 (06092a864886f70d01010b) (r40) (r30) (r40)" RSA_ID "[03 r140]) (06092a864886f70d01010b) [03 r129])", NULL, SCAN_UNKNOWN },
	{ "(" RSA_ID "[03 r140])", NULL, SCAN_UNKNOWN },
	{ "(i129 i3)", NULL, SCAN_UNKNOWN },
	{ "(020100 i129 i3 i128 i65 i65 i64 i64)", NULL, SCAN_UNKNOWN },
	{ "(020100 i9 i3 i9 i5 i5 i4 i4 i4)", NULL, SCAN_UNKNOWN },
	{ "(020105 i129 i3 i128 i65 i65 i64 i64 i64)", NULL, SCAN_UNKNOWN },
	{ "(020100 i129 i3 i128 i65 i65 i64 i64 i64) r9", NULL, SCAN_UNKNOWN },
	{ "(020101 [04 r9] [a0 06082a8648ce3d030107])", NULL, SCAN_UNKNOWN },
	{ "3082", NULL, SCAN_UNKNOWN },
	/* OpenPGP: RSA, DSA, a curve; with and without a passphrase; old and new headers */
	{ "95 03a0 04 r4 01 m256 m3 00 r600", "openpgp-key", SCAN_HIGH },
	{ "95 03a0 04 r4 01 m256 m3 fe r600", "openpgp-key-encrypted", SCAN_LOW },
	{ "c5 c3a0 04 r4 01 m256 m3 00 r600", "openpgp-key", SCAN_HIGH },
	{ "95 01e0 04 r4 11 m128 m20 m128 m128 00 r40", "openpgp-key", SCAN_HIGH },
	{ "94 58 04 r4 16 09 2b06010401da470f01 m33 00 r40", "openpgp-key", SCAN_HIGH },
	{ "94 58 04 r4 16 09 2b06010401da470f01 m33 ff r40", "openpgp-key-encrypted", SCAN_LOW },
	{ "99 010d 04 r4 01 m256 m3", NULL, SCAN_UNKNOWN },
	{ "95 03a0 07 r4 01 m256 m3 00 r600", NULL, SCAN_UNKNOWN },
	{ "95 03a0 04 r4 63 m256 m3 00 r600", NULL, SCAN_UNKNOWN },
	{ "95 03a0 04 r4 01 r700", NULL, SCAN_UNKNOWN },
	{ "95 03a0 04 r4 01 m256", NULL, SCAN_UNKNOWN },
};

typedef struct Found {
	const char *rule;
	ScanSeverity severity;
} Found;

static void found(const EngineMatch *match, void *data)
{
	*(Found *)data = (Found){ match->rule->id, match->severity };
}

static Found look(SecretEngine *engine, Found *into, const GByteArray *bytes, size_t length)
{
	/* an exact copy: the sanitizer sees a read behind its end */
	g_autofree char *copy = g_memdup2(bytes->data, length ? length : 1);
	const Piece piece = { .path = "/app/a.bin", .place = place_of("/app/a.bin"), .text = copy, .length = length, .to = length, .tokens_only = true };

	*into = (Found){ NULL, SCAN_UNKNOWN };
	g_assert_true(engine_look(engine, &piece));
	return *into;
}

static void test_forms(void)
{
	Found into = { NULL, SCAN_UNKNOWN };
	g_autoptr(SecretEngine) engine = engine_new(NULL, (EngineCalls){ found, never_stop, &into });
	g_autoptr(GRand) chance = g_rand_new_with_seed(1);

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autoptr(GByteArray) bytes = g_byte_array_new();
		(void)build(bytes, chance, keys[i].form);
		g_test_message("%s", keys[i].form);
		const Found whole = look(engine, &into, bytes, bytes->len);
		g_assert_cmpstr(whole.rule, ==, keys[i].rule);
		g_assert_cmpint(whole.severity, ==, keys[i].severity);
		for (size_t length = 0; length < MIN(bytes->len, 80); length++)
			(void)look(engine, &into, bytes, length);
	}
}

/* A key is looked for where a file begins, not where one of its pieces does. */
static void test_pieces(void)
{
	Found into = { NULL, SCAN_UNKNOWN };
	g_autoptr(SecretEngine) engine = engine_new(NULL, (EngineCalls){ found, never_stop, &into });
	g_autoptr(GRand) chance = g_rand_new_with_seed(1);
	g_autoptr(GByteArray) bytes = g_byte_array_new();

	(void)build(bytes, chance, keys[0].form);
	const Piece later = { .path = "/app/a.bin", .text = (const char *)bytes->data, .length = bytes->len, .from = 1, .to = bytes->len, .tokens_only = true };
	g_assert_true(engine_look(engine, &later));
	g_assert_null(into.rule);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/secret-keys/forms", test_forms);
	g_test_add_func("/secret-keys/pieces", test_pieces);
	return g_test_run();
}
