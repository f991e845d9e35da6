/* SPDX-License-Identifier: MIT
 *
 * What a scan found in the formats of others: SARIF 2.1.0 (OASIS) for code scanning, CycloneDX 1.5 (ECMA-424) for inventories.  No text
 * of a secret is in the result, so that none can get in here.
 */
#pragma once

#include "cli/cli.h"

typedef enum ScanFormat { SCAN_TABLE, SCAN_JSON, SCAN_SARIF, SCAN_CYCLONEDX, SCAN_FORMATS } ScanFormat;

/* False: there is no such format. */
bool scan_format_parse(const char *word, ScanFormat *ret);
/* The document; freed by the caller.  NULL for SCAN_TABLE. */
char *scan_format(ScanFormat format, JsonObject *result);
/* Whole or not at all, with the rights that the umask leaves; what is no file (a pipe, a device) is written to.  The exit code. */
int scan_write(const Cli *cli, const char *file, const char *text);

/* scan-cyclonedx.c, scan-sarif.c */
JsonObject *scan_cyclonedx(JsonObject *result);
JsonObject *scan_sarif(JsonObject *result);
/* A member of an object that came over the bus; "" , NULL: it is not there. */
const char *scan_text(JsonObject *object, const char *name);
JsonArray *scan_list(JsonObject *object, const char *name);
