/* SPDX-License-Identifier: MIT */
#include "audit/statements.h"

static const char *const texts[SQL_COUNT] = {
	[SQL_ROW_ADD] = "INSERT OR IGNORE INTO decision(id, time, position, length) VALUES(?,?,?,?)",
	[SQL_ROW_FIND] = "SELECT time, position, length FROM decision WHERE id = ?",
	[SQL_ROW_TIMES] = "SELECT id, time, position, length FROM decision WHERE id BETWEEN ? AND ?",
	[SQL_TERM_FIND] = "SELECT term FROM term WHERE kind = ? AND value = ?",
	[SQL_TERM_ADD] = "INSERT INTO term(term, kind, value) VALUES((SELECT ifnull(max(term), ?3) + 1 FROM term WHERE term BETWEEN ?3 AND ?4), ?1, ?2) RETURNING term",
	[SQL_TERM_VALUE] = "SELECT value FROM term WHERE term = ?",
	[SQL_TERM_AFTER] = "SELECT term FROM term WHERE term > ? ORDER BY term LIMIT ?",
	[SQL_TERM_DROP] = "DELETE FROM term WHERE term = ?",
	[SQL_TERM_PREFIX] = "SELECT term FROM term WHERE kind = ?1 AND value >= ?2 AND value < ?3",
	[SQL_POSTING_FIND] = "SELECT term, ids FROM posting WHERE block = ? AND term BETWEEN ? AND ?",
	[SQL_POSTING_PUT] = "INSERT OR REPLACE INTO posting(block, term, ids) VALUES(?,?,?)",
	[SQL_POSTING_DROP] = "DELETE FROM posting WHERE block = ? AND term = ?",
	[SQL_SUMMARY_ADD] = "INSERT INTO summary(part, term, count) VALUES(?,?,?) ON CONFLICT(part, term) DO UPDATE SET count = count + excluded.count",
	[SQL_SUMMARY_FIND] = "SELECT 1 FROM summary WHERE part = ? AND term BETWEEN ? AND ? AND count > 0 LIMIT 1",
	[SQL_SUMMARY_COUNTS] = "SELECT term, count FROM summary WHERE part = ? AND term BETWEEN ? AND ?",
	[SQL_SUMMARY_DROP] = "DELETE FROM summary WHERE part = ?",
	[SQL_BLOCK_PUT] = "INSERT OR REPLACE INTO block(block, rows, first_time, last_time, first_position, last_position) VALUES(?,?,?,?,?,?)",
	[SQL_BLOCK_FIND] = "SELECT block, rows, first_time, last_time, first_position, last_position FROM block WHERE block = ?",
	[SQL_BLOCK_BEFORE] = "SELECT block, rows, first_time, last_time, first_position, last_position FROM block WHERE block < ? ORDER BY block DESC LIMIT 1",
	[SQL_BLOCK_AFTER] = "SELECT block, rows, first_time, last_time, first_position, last_position FROM block WHERE block > ? ORDER BY block LIMIT 1",
	[SQL_STATE_FIND] = "SELECT position, print, floor, text_position FROM position WHERE only = 1",
	[SQL_STATE_PUT] = "INSERT OR REPLACE INTO position(only, position, print, floor, text_position) VALUES(1,?,?,?,?)",
	[SQL_PRUNE_ROWS] = "DELETE FROM decision WHERE id BETWEEN ? AND ?",
	[SQL_PRUNE_POSTINGS] = "DELETE FROM posting WHERE block = ?",
	[SQL_PRUNE_BLOCK] = "DELETE FROM block WHERE block = ?",
};

const char *statement_text(Sql which)
{
	return texts[which];
}

bool statement_prepare(sqlite3 *handle, Sql which, sqlite3_stmt **ret)
{
	return sqlite3_prepare_v3(handle, texts[which], -1, SQLITE_PREPARE_PERSISTENT, ret, NULL) == SQLITE_OK;
}
