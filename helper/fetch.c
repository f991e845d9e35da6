/* SPDX-License-Identifier: MIT
 *
 * sentinel-fetch: one file of an https server to standard output, within limits of bytes and time.  A process of its own, so that what
 * speaks to a server is not what speaks to the bus.  What it writes is believed by nobody: "sentinel policy fetch" looks at its signature.
 *   sentinel-fetch --limit BYTES [--ca FILE] URL
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <curl/curl.h>
#include "base/limits.h"

typedef struct Transfer {
	const char *url, *ca;
	size_t limit, got;
	bool full;
	char why[CURL_ERROR_SIZE];
} Transfer;

static size_t on_bytes(char *bytes, size_t size, size_t count, void *data)
{
	Transfer *transfer = data;

	if (count > transfer->limit - transfer->got) {
		transfer->full = true;
		return 0;
	}
	transfer->got += count;
	return fwrite(bytes, size, count, stdout);
}

static CURLcode set_up(CURL *curl, Transfer *transfer)
{
	const struct {
		CURLoption option;
		long value;
	} numbers[] = {
		{ CURLOPT_FOLLOWLOCATION, 1 },          { CURLOPT_MAXREDIRS, LIMIT_FETCH_REDIRECTS },
		{ CURLOPT_TIMEOUT, LIMIT_FETCH_S },     { CURLOPT_CONNECTTIMEOUT, LIMIT_FETCH_CONNECT_S },
		{ CURLOPT_FAILONERROR, 1 },             { CURLOPT_NOSIGNAL, 1 },
		{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
	};
	const struct {
		CURLoption option;
		const char *text;
	} texts[] = {
		{ CURLOPT_URL, transfer->url },
		{ CURLOPT_PROTOCOLS_STR, "https" },
		{ CURLOPT_REDIR_PROTOCOLS_STR, "https" },
		{ CURLOPT_USERAGENT, "docker-sentinel" },
		{ CURLOPT_CAINFO, transfer->ca },
	};
	CURLcode code = CURLE_OK;

	for (size_t i = 0; code == CURLE_OK && i < sizeof numbers / sizeof *numbers; i++)
		code = curl_easy_setopt(curl, numbers[i].option, numbers[i].value);
	for (size_t i = 0; code == CURLE_OK && i < sizeof texts / sizeof *texts; i++)
		if (texts[i].text)
			code = curl_easy_setopt(curl, texts[i].option, texts[i].text);
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->why);
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
	return code == CURLE_OK ? curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer) : code;
}

static int fetch(Transfer *transfer)
{
	CURL *curl = curl_easy_init();
	CURLcode code = curl ? set_up(curl, transfer) : CURLE_FAILED_INIT;

	if (code == CURLE_OK)
		code = curl_easy_perform(curl);
	curl_easy_cleanup(curl);
	if (code == CURLE_OK && fflush(stdout) == 0)
		return EXIT_SUCCESS;
	if (transfer->full)
		(void)fprintf(stderr, "it is too large: more than %zu bytes\n", transfer->limit);
	else
		(void)fprintf(stderr, "%s\n", *transfer->why ? transfer->why : curl_easy_strerror(code));
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	Transfer transfer = { .limit = 0 };
	char *end = NULL;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--limit") && i + 1 < argc)
			transfer.limit = strtoul(argv[++i], &end, 10);
		else if (!strcmp(argv[i], "--ca") && i + 1 < argc)
			transfer.ca = argv[++i];
		else
			transfer.url = argv[i];
	}
	if (!transfer.url || !transfer.limit || !end || *end) {
		(void)fputs("sentinel-fetch --limit BYTES [--ca FILE] URL\n", stderr);
		return EXIT_FAILURE;
	}
	return fetch(&transfer);
}
