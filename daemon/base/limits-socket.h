/* SPDX-License-Identifier: MIT
 *
 * The limits of sockets: of proxy/, and of the judge's door.  A part of limits.h.
 */
#pragma once

/* The head of one HTTP message, with the credentials of many registries in it (X-Registry-Config), and fields of it that are sent on. */
#define LIMIT_HEAD_BYTES (64u * 1024)
#define LIMIT_HEAD_FIELDS 64u
/* Digits of a chunk's size: more than 4 GiB at a time nobody sends. */
#define LIMIT_CHUNK_DIGITS 8u
/* A question to the judge and its answer: a body of LIMIT_JUDGE_INLINE_BYTES, a target, a Content-Type and a caller's groups go into a packet; larger bodies come in memory that
 * nobody can change any more. */
#define LIMIT_JUDGE_PACKET_BYTES (160u * 1024)
#define LIMIT_JUDGE_INLINE_BYTES (64u * 1024)
/* Groups of a caller: more are not told, so nothing is allowed for those. */
#define LIMIT_JUDGE_GROUPS 1024u
/* One body that is judged, and all that are judged at a time, or kept until Docker has answered. */
#define LIMIT_JUDGE_BODY_BYTES (64u * 1024 * 1024)
#define LIMIT_JUDGE_BODIES_BYTES (256u * 1024 * 1024)
/* Proxies (one a socket) that may be connected to the judge, and calls of theirs that wait, or that Docker is at. */
#define LIMIT_JUDGE_PROXIES 64u
#define LIMIT_JUDGE_CALLS 4096u
/* How long after the verdict Docker may ask the plugin about a call that was judged at a socket. */
#define LIMIT_MARK_S 30u
/* Connections to one socket, and of one user; with both ends and a body in memory of its own each takes three descriptors. */
#define LIMIT_SOCKET_CONNECTIONS 1024u
#define LIMIT_SOCKET_PER_USER 256u
/* A head, and a body that is judged, must be there so soon after their first byte. */
#define LIMIT_SOCKET_HEAD_S 30u
#define LIMIT_SOCKET_BODY_S 120u
/* What all connections to one socket keep in memory (heads, bodies, what the other end does not take yet): from the first on each gets little more, bodies go into memory of their own
 * and LIMIT_SOCKET_LEAN_BYTES are read at a time; from the second on a head that is longer than that is refused.  With 1024 connections that makes at most 36 MiB. */
#define LIMIT_SOCKET_EASY_BYTES (16u * 1024 * 1024)
#define LIMIT_SOCKET_KEPT_BYTES (24u * 1024 * 1024)
#define LIMIT_SOCKET_LEAN_BYTES (4u * 1024)
/* Questions that wait because the judge does not read them: further ones are put when those are away. */
#define LIMIT_SOCKET_ASKED_BYTES (1024u * 1024)
/* Memory that is free, and is given back. */
#define LIMIT_SOCKET_SPARE_BYTES (2u * 1024 * 1024)
/* All bodies that one socket collects, and what it reads at a time; that much of an answer is shown to the judge. */
#define LIMIT_SOCKET_BODIES_BYTES (256u * 1024 * 1024)
#define LIMIT_SOCKET_READ_BYTES (64u * 1024)
/* An answer of which something is to be left out. */
#define LIMIT_SOCKET_FILTERED_BYTES (4u * 1024 * 1024)
/* Sockets in config.yaml: fewer than the judge takes connections.  Letters of a name: with it a path, and the name of a unit, are not too long. */
#define LIMIT_SOCKETS 32u
#define LIMIT_SOCKET_NAME 64u
/* Of one socket: entries of its policies, words in each list of it, and bytes of one word. */
#define LIMIT_SOCKET_RULES 64u
#define LIMIT_SOCKET_WORDS 256u
#define LIMIT_SOCKET_WORD_BYTES 256u
