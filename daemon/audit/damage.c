/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <sqlite3.h>
#include "audit/damage.h"
#include "audit/index.h"

#define PRIMARY_CODE 0xff

static void on_log(void *data, int code, const char *message)
{
	const int primary = code & PRIMARY_CODE;

	(void)data;
	(void)message;
	if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB)
		index_doubt();
}

static void watch(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_LOG, on_log, NULL);
}

void damage_watch(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, watch);
}
