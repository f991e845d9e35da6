/* SPDX-License-Identifier: MIT
 *
 * Numbers as Go's strconv, time and math/big read them, and sizes (docker/go-units).
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "request/argv/value/value.h"

/* The digits behind a prefix that Go knows, without its '_'; NULL when they are not written as Go wants. */
static char *plain_digits(const char *text, int *base)
{
	bool prefixed = *base == 0 && *text == '0' && text[1], grouped = *base == 0;

	if (*base == 0) {
		int letter = prefixed ? g_ascii_tolower(text[1]) : 0;
		*base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : prefixed ? 8 : 10;
		text += letter == 'x' || letter == 'o' || letter == 'b' ? 2 : 0;
	}
	char *digits = g_strdup(text), *to = digits;
	bool after_digit = prefixed;
	for (const char *at = text; *at; at++) {
		if (*at == '_' && grouped && after_digit && at[1] && at[1] != '_') {
			after_digit = false;
			continue;
		}
		if (!g_ascii_isxdigit(*at)) {
			g_free(digits);
			return NULL;
		}
		after_digit = true;
		*to++ = *at;
	}
	*to = 0;
	return digits;
}

bool value_uint(const char *text, int base, unsigned bits, uint64_t *ret)
{
	g_autofree char *digits = plain_digits(text, &base);
	char *end;

	if (!digits || !*digits)
		return false;
	errno = 0;
	unsigned long long number = strtoull(digits, &end, base);
	if (*end || errno || (bits < 64 && number >> bits))
		return false;
	*ret = number;
	return true;
}

bool value_int(const char *text, int base, unsigned bits, int64_t *ret)
{
	bool negative = *text == '-';
	uint64_t number;

	if (!value_uint(text + (negative || *text == '+'), base, 64, &number) || number > (UINT64_C(1) << (bits - 1)) - !negative)
		return false;
	*ret = negative ? (int64_t)(0 - number) : (int64_t)number;
	return true;
}

/* One "1.5h" of a duration; the position behind it, or NULL. */
static const char *read_duration_part(const char *at, double *sum)
{
	static const struct { const char *name; double nanoseconds; } units[] = {
		{ "ns", 1 }, { "us", 1e3 }, { "\302\265s", 1e3 }, { "\316\274s", 1e3 }, { "ms", 1e6 }, { "s", 1e9 }, { "m", 60e9 }, { "h", 3600e9 },
	};
	size_t whole = strspn(at, "0123456789");
	size_t point = at[whole] == '.', fraction = point ? strspn(at + whole + 1, "0123456789") : 0;
	size_t unit = strcspn(at + whole + point + fraction, ".0123456789");

	if (!whole && !fraction)
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		if (strlen(units[i].name) != unit || memcmp(units[i].name, at + whole + point + fraction, unit) != 0)
			continue;
		*sum += g_ascii_strtod(at, NULL) * units[i].nanoseconds;
		return at + whole + point + fraction + unit;
	}
	return NULL;
}

bool value_duration(const char *text, int64_t *ret)
{
	const char *at = text + (*text == '-' || *text == '+');
	double sum = 0;

	*ret = 0;
	if (!strcmp(at, "0"))
		return true;
	if (!*at)
		return false;
	while (at && *at)
		at = read_duration_part(at, &sum);
	if (!at || sum >= 9.2233720368547758e18)
		return false;
	*ret = *text == '-' ? -(int64_t)sum : (int64_t)sum;
	return true;
}

/* strconv.ParseFloat of text that ends with a digit or a point. */
static bool read_float(const char *text, double *ret)
{
	static const char allowed[] = "0123456789.eE+-";
	char *end;

	if (!*text || strspn(text, allowed) != strlen(text))
		return false;
	*ret = g_ascii_strtod(text, &end);
	return !*end && isfinite(*ret);
}

/* What Go's int64() makes of a number that is too large, on the machines that Docker runs on. */
static int64_t saturate(double number)
{
	return number >= 9.2233720368547758e18 ? INT64_MIN : (int64_t)number;
}

bool value_bytes(const char *text, int64_t *ret)
{
	static const char units[] = "bkmgtp";
	size_t number = strlen(text);
	double size;

	while (number && !strchr("0123456789. ", text[number - 1]))
		number--;
	if (!number)
		return false;
	g_autofree char *digits = g_strndup(text, number - (text[number - 1] == ' '));
	g_autofree char *suffix = g_ascii_strdown(text + number, -1);
	if (!read_float(digits, &size) || size < 0)
		return false;
	const char *unit = *suffix ? strchr(units, *suffix) : units;
	bool tail = !*suffix || !suffix[1] || (*suffix != 'b' && (!strcmp(suffix + 1, "b") || !strcmp(suffix + 1, "ib")));
	if (!unit || !tail)
		return false;
	for (; unit > units; unit--)
		size *= 1024;
	*ret = saturate(size);
	return true;
}

/* digits[.digits][e[+-]digits] as an integer and a power of ten. */
static bool read_decimal(const char *text, __int128 *ret_digits, int64_t *ret_power)
{
	const char *at = text + (*text == '-' || *text == '+');
	bool point = false, any = false;
	__int128 digits = 0;
	int64_t power = 0, exponent = 0;

	for (; g_ascii_isdigit(*at) || (*at == '.' && !point); at++) {
		point = point || *at == '.';
		if (*at == '.')
			continue;
		if (digits > INT64_MAX)
			return false;
		digits = digits * 10 + (*at - '0');
		power -= point;
		any = true;
	}
	if (any && (*at == 'e' || *at == 'E')) {
		if (!value_int(at + 1, 10, 16, &exponent))
			return false;
		at += strlen(at);
	}
	*ret_digits = *text == '-' ? -digits : digits;
	*ret_power = power + exponent;
	return any && !*at;
}

bool value_cpus(const char *text, int64_t *ret)
{
	const char *slash = strchr(text, '/');
	g_autofree char *front = slash ? g_strndup(text, (gsize)(slash - text)) : g_strdup(text);
	__int128 number;
	int64_t power, divisor = 1;

	if (!read_decimal(front, &number, &power) || (slash && (power || !value_int(slash + 1, 10, 64, &divisor) || divisor <= 0)))
		return false;
	for (power += 9; number && power > 0; power--) {
		number *= 10;
		if (number > INT64_MAX || number < INT64_MIN)
			return false;
	}
	for (; number && power < 0; power++) {
		if (number % 10)
			return false;
		number /= 10;
	}
	if (number % divisor)
		return false;
	*ret = (int64_t)(number / divisor);
	return true;
}
