/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <glib.h>
#include "scan/secret/text/key-form.h"

/* ASN.1 (X.690): what a key may hold. */
#define INTEGER 0x02
#define BITS 0x03
#define OCTETS 0x04
#define OBJECT_ID 0x06
#define SEQUENCE 0x30
#define PARAMETERS 0xa0
#define PUBLIC_KEY 0xa1
#define LEAST_RSA 64u  /* bytes: 512 bits */
#define LEAST_EC 20u   /* of the smallest curves in use */
#define MOST_EC 66u
#define MOST_DER 16384u
#define MOST_TAIL 2u   /* a line's end behind the key */

typedef struct Der {
	const unsigned char *at;
	size_t left;
} Der;

/* One value of the kind; the reader goes behind it. */
static bool der_take(Der *der, unsigned char kind, Der *ret_value)
{
	size_t length, used = 2;

	if (der->left < 2 || der->at[0] != kind)
		return false;
	length = der->at[1];
	if (length & 0x80u) {
		const size_t bytes = length & 0x7fu;
		if (!bytes || bytes > 2 || der->left < 2 + bytes)
			return false;
		length = bytes == 1 ? der->at[2] : (size_t)der->at[2] << 8 | der->at[3];
		used += bytes;
	}
	if (length > der->left - used)
		return false;
	*ret_value = (Der){ der->at + used, length };
	der->at += used + length;
	der->left -= used + length;
	return true;
}

/* What the file is wholly made of. */
static bool der_open(const Piece *piece, Der *ret_inner)
{
	Der file = { (const unsigned char *)piece->text, piece->length };

	return piece->from == 0 && piece->to == piece->length && piece->length <= MOST_DER && der_take(&file, SEQUENCE, ret_inner) && file.left <= MOST_TAIL;
}

static bool der_version(Der *der, unsigned char least, unsigned char most)
{
	Der version;

	return der_take(der, INTEGER, &version) && version.left == 1 && version.at[0] >= least && version.at[0] <= most;
}

static bool der_integers(Der *der, size_t count, size_t least)
{
	Der number;

	for (size_t i = 0; i < count; i++)
		if (!der_take(der, INTEGER, &number) || !number.left || (i == 0 && number.left < least))
			return false;
	return true;
}

/* version, n, e, d, p, q, and three more; perhaps further primes */
static bool is_pkcs1(Der der)
{
	return der_version(&der, 0, 1) && der_integers(&der, 8, LEAST_RSA);
}

/* version, p, q, g, y, x, and nothing more */
static bool is_dsa(Der der)
{
	return der_version(&der, 0, 0) && der_integers(&der, 5, LEAST_RSA) && !der.left;
}

/* version 1, the key, its curve, the public one */
static bool is_sec1(Der der)
{
	Der key, more;

	if (!der_version(&der, 1, 1) || !der_take(&der, OCTETS, &key) || key.left < LEAST_EC || key.left > MOST_EC)
		return false;
	(void)der_take(&der, PARAMETERS, &more);
	(void)der_take(&der, PUBLIC_KEY, &more);
	return !der.left;
}

/* version, the algorithm, the key in a text of bytes; perhaps attributes */
static bool is_pkcs8(Der der)
{
	Der algorithm, id, key;

	return der_version(&der, 0, 1) && der_take(&der, SEQUENCE, &algorithm) && der_take(&algorithm, OBJECT_ID, &id) && id.left >= 3 && der_take(&der, OCTETS, &key) &&
	       key.left >= LEAST_EC && (!der.left || der.at[0] == PARAMETERS || der.at[0] == PUBLIC_KEY || der.at[0] == 0x81);
}

static Span whole(const Piece *piece)
{
	return (Span){ piece->text, piece->length };
}

bool key_form_der(const Piece *piece, size_t start, size_t end, Span *ret_secret)
{
	Der inner;

	(void)start;
	(void)end;
	if (!der_open(piece, &inner) || !(is_pkcs1(inner) || is_pkcs8(inner) || is_sec1(inner) || is_dsa(inner)))
		return false;
	*ret_secret = whole(piece);
	return true;
}

/* PKCS#8: an algorithm of PKCS#5 or PKCS#12, and bytes */
bool key_form_der_encrypted(const Piece *piece, size_t start, size_t end, Span *ret_secret)
{
	static const char pkcs5[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x05", pkcs12[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01";
	Der inner, algorithm, id, key;

	(void)start;
	(void)end;
	if (!der_open(piece, &inner) || !der_take(&inner, SEQUENCE, &algorithm) || !der_take(&algorithm, OBJECT_ID, &id) || !der_take(&inner, OCTETS, &key) || inner.left ||
		key.left < LEAST_EC)
		return false;
	if ((id.left < strlen(pkcs5) || memcmp(id.at, pkcs5, strlen(pkcs5)) != 0) && (id.left < strlen(pkcs12) || memcmp(id.at, pkcs12, strlen(pkcs12)) != 0))
		return false;
	*ret_secret = whole(piece);
	return true;
}

#define SECRET_KEY 5u
#define MPI_BITS_MOST 16384u

/* Algorithm to the numbers of its public part; those of curves begin with the curve's name. */
static const struct { unsigned char algorithm; bool curve; unsigned numbers; } openpgp_keys[] = {
	{ 1, false, 2 }, { 2, false, 2 }, { 3, false, 2 }, { 16, false, 3 }, { 17, false, 4 }, { 18, true, 1 }, { 19, true, 1 }, { 22, true, 1 },
};

/* Old and new headers; the body that is there, which may go on in the next piece. */
static bool openpgp_packet(const Piece *piece, Der *ret_body)
{
	const unsigned char *at = (const unsigned char *)piece->text;
	size_t header;

	if (piece->from || piece->length < 16 || !(at[0] & 0x80u))
		return false;
	if (at[0] & 0x40u) {
		if ((at[0] & 0x3fu) != SECRET_KEY)
			return false;
		header = at[1] < 192 ? 2 : at[1] < 224 ? 3 : at[1] == 255 ? 6 : 0;
	} else {
		if (((at[0] >> 2) & 0xfu) != SECRET_KEY || (at[0] & 3u) == 3)
			return false;
		header = 1 + ((size_t)1 << (at[0] & 3u));
	}
	*ret_body = (Der){ at + header, piece->length - header };
	return header > 0;
}

static bool openpgp_number(Der *body)
{
	if (body->left < 2)
		return false;
	const size_t bits = (size_t)body->at[0] << 8 | body->at[1], bytes = 2 + (bits + 7) / 8;
	/* its first bit is set: that is how long it is */
	if (!bits || bits > MPI_BITS_MOST || bytes > body->left || body->at[2] >> ((bits - 1) % 8) != 1)
		return false;
	body->at += bytes;
	body->left -= bytes;
	return true;
}

/* The byte behind the public part says whether a passphrase protects the rest; -1: it is no such key. */
static int openpgp_protection(const Piece *piece)
{
	Der body;

	if (!openpgp_packet(piece, &body) || body.left < 8 || body.at[0] != 4)
		return -1;
	const unsigned char algorithm = body.at[5];
	body = (Der){ body.at + 6, body.left - 6 };
	for (size_t i = 0; i < G_N_ELEMENTS(openpgp_keys); i++) {
		if (openpgp_keys[i].algorithm != algorithm)
			continue;
		if (openpgp_keys[i].curve) {
			const size_t name = 1u + body.at[0];
			if (name < 4 || name > 20 || name > body.left)
				return -1;
			body = (Der){ body.at + name, body.left - name };
		}
		for (unsigned n = 0; n < openpgp_keys[i].numbers; n++)
			if (!openpgp_number(&body))
				return -1;
		/* of ECDH: what makes its key */
		if (algorithm == 18)
			body = body.left > 4 && body.at[0] < body.left ? (Der){ body.at + 1 + body.at[0], body.left - 1u - body.at[0] } : (Der){ body.at, 0 };
		return body.left ? body.at[0] : -1;
	}
	return -1;
}

static bool openpgp(const Piece *piece, bool encrypted, Span *ret_secret)
{
	const int protection = openpgp_protection(piece);

	if (protection < 0 || encrypted != (protection != 0))
		return false;
	*ret_secret = whole(piece);
	return true;
}

bool key_form_openpgp(const Piece *piece, size_t start, size_t end, Span *ret_secret)
{
	(void)start;
	(void)end;
	return openpgp(piece, false, ret_secret);
}

bool key_form_openpgp_encrypted(const Piece *piece, size_t start, size_t end, Span *ret_secret)
{
	(void)start;
	(void)end;
	return openpgp(piece, true, ret_secret);
}
