/* SPDX-License-Identifier: MIT
 *
 * Every size, depth, count and time that input drives.  One place, so that a reader can judge them
 * together; docs/SECURITY.md lists them.
 */
#pragma once

#include <stdint.h>
#include "base/limits-notifier.h"
#include "base/limits-socket.h"

/* A plugin message: dockerd sends bodies of up to 4 MiB (29.3.1 and later), base64 makes 5.6 MiB. */
#define LIMIT_MESSAGE_BYTES (8u * 1024 * 1024)
/* All messages under way together, and what has room beside them: bodies are mostly of some KiB, and one that waits for Docker holds thrice its size. */
#define LIMIT_MESSAGES_BYTES (128u * 1024 * 1024)
#define LIMIT_MESSAGE_SMALL_BYTES (64u * 1024)
/* One decoded request body: what Docker itself forwards at most. */
#define LIMIT_BODY_BYTES (4u * 1024 * 1024)
/* Nesting of a request body; the deepest real one (service specs) has 7 levels. */
#define LIMIT_JSON_DEPTH 64u
/* Elements of one JSON array. */
#define LIMIT_JSON_ITEMS 65536u
/* Keys of one free map (labels, options, ports: a range of them may be all that there are). */
#define LIMIT_JSON_MEMBERS 65536u
/* Binds, and Mounts, of one container: each is looked up on the host. */
#define LIMIT_MOUNTS 512u
/* A seccomp profile whose digest is asked for; Docker's own has 15 KiB. */
#define LIMIT_PROFILE_BYTES (1024u * 1024)
/* What one call may make us ask Docker: volumes, containers, an image. */
#define LIMIT_FACTS 64u
/* Containers that join a namespace of one that joined another's. */
#define LIMIT_FACT_JOINS 8u
/* Times that the answers lead to further questions. */
#define LIMIT_FACT_ROUNDS 4u
/* Containers that exist and are judged as if they were started now: the newest of them. */
#define LIMIT_EXISTING 256u
/* How long Docker may take to answer one of them without docker.patience (config.yaml): it waits for a locked container (docker cp, a stop) itself. */
#define LIMIT_FACT_PATIENCE_S 60u
/* While an answer is waited for Docker is asked again and again whether it is alive: between two pings, and for the answer to one. */
#define LIMIT_FACT_PULSE_MS 2000u
#define LIMIT_FACT_MS 3000u
/* How long Docker may take to answer the ping that shows whether it asks us. */
#define LIMIT_PROBE_MS 3000u
/* How long it is remembered that nobody listens at Docker's usual socket. */
#define LIMIT_NOBODY_MS 1000u
/* One answer of Docker's; an image's history is its largest part. */
#define LIMIT_FACT_BYTES (4u * 1024 * 1024)
/* Answers that are kept until Docker tells of a change. */
#define LIMIT_FACTS_KEPT 1024u
/* One line of Docker's event stream. */
#define LIMIT_EVENT_BYTES (64u * 1024)
/* Docker's configuration, and one of the small files by which its process is looked at. */
#define LIMIT_DOCKERD_CONFIG_BYTES (256u * 1024)
#define LIMIT_DOCKERD_PROC_BYTES (64u * 1024)
/* Between two tries to hear Docker's events. */
#define LIMIT_EVENTS_RETRY_S 5u
/* One file of the kernel's about the host's network; a route takes some 130 bytes of it. */
#define LIMIT_HOST_NET_BYTES (4u * 1024 * 1024)
/* A request target. */
#define LIMIT_URI_BYTES (16u * 1024)
#define LIMIT_QUERY_NAMES 1024u
/* A method, as far as it is shown. */
#define LIMIT_METHOD_BYTES 32u
/* Arguments and their total size in a Validate call. */
#define LIMIT_ARGV_COUNT 4096u
#define LIMIT_ARGV_BYTES (256u * 1024)
/* Names of one command that makes a call for each: the line is read and judged that often on the main loop. */
#define LIMIT_ARGV_CALLS 512u
/* Ports that the ranges of one command stand for, as often as they are read. */
#define LIMIT_ARGV_PORTS (256u * 1024)
/* Flags of one command that a finding is traced back to: the line is judged again without each. */
#define LIMIT_TRACED_FLAGS 64u
/* ... and how much of the processor that may take. */
#define LIMIT_TRACE_MS 100u

/* Files read from the configuration directory. */
#define LIMIT_POLICY_BYTES (4u * 1024 * 1024)
#define LIMIT_CONFIG_BYTES (64u * 1024)
#define LIMIT_YAML_DEPTH 32u
#define LIMIT_YAML_NODES 300000u
#define LIMIT_YAML_KEYS 512u
#define LIMIT_POLICY_NAME 64u
#define LIMIT_POLICIES 256u
#define LIMIT_DIAGNOSTICS 50u
/* One regular expression of a policy; what one match may take (pcre2api(3), match limits). */
#define LIMIT_REGEX_BYTES 1024u
#define LIMIT_REGEX_STEPS 20000u
#define LIMIT_REGEX_HEAP_KIB 1024u

/* One audit line; longer fields are cut and marked. */
#define LIMIT_RECORD_BYTES (64u * 1024)
/* ... of it, what another policy would need to judge the call again; more is left out, and said. */
#define LIMIT_RECORD_KEPT (32u * 1024)
/* Texts of one call (command, labels, options) that are looked through for credentials; with more all of them are hidden. */
#define LIMIT_RECORD_LOOKED (64u * 1024)
#define LIMIT_RECORD_FIELD 1024u
/* The words of a docker run that makes a denied call again; of one that is longer none are told. */
#define LIMIT_TYPED_BYTES (4u * 1024)
/* Exceptions that one line names, and how much of a reason. */
#define LIMIT_RECORD_WAIVED 16u
#define LIMIT_RECORD_WAIVED_FIELD 200u
/* A file of the trail that is so big or so old is put away and another one begun: what is removed later is removed by files. */
#define LIMIT_SEGMENT_BYTES (64 * INT64_C(1024) * 1024)
#define LIMIT_SEGMENT_AGE_S (24u * 3600)
/* What may be set for it: with less there are more files than a directory should have, with more one that was removed takes long to be written again. */
#define LIMIT_SEGMENT_LEAST_BYTES (1024 * 1024)
#define LIMIT_SEGMENT_MOST_BYTES (1024 * 1024 * 1024)
/* Frames of one file that is packed (256 KiB of text each, so 4 GiB at most, a frame at a time); how often it is looked whether one is to be packed. */
#define LIMIT_PACKED_FRAMES 16384u
#define LIMIT_PACK_S 60u
/* Kept beside the journal, so that a denial for a full disk is written: some hundred of them. */
#define LIMIT_RESERVE_BYTES (1024 * 1024)
/* Less free room than this, and than a tenth of the disk, is told before it is none; how often that is looked at. */
#define LIMIT_DISK_LOW_BYTES (UINT64_C(1) << 30)
#define LIMIT_DISK_LOOK_S 10u
/* How often it is looked whether files of the trail are older than is kept. */
#define LIMIT_RETENTION_S 60u
/* Published ports, and named volumes, that a record has beside its command, and the length of one. */
#define LIMIT_RECORD_NAMES 16u
#define LIMIT_RECORD_NAME_BYTES 256u
/* Seals that are compared with the trail, the newest ones: at one in 10 minutes those of 19 years. */
#define LIMIT_SEALS (1000u * 1000)
/* Administrative events that wait until the trail can be written; of those before only their number is kept. */
#define LIMIT_EVENTS_WAITING 64u
/* Reads that are let through are counted, and written as one line each so often; how many lines that are, in all and of one caller, before others share one. */
#define LIMIT_FOLD_S 60u
#define LIMIT_FOLDS 256u
#define LIMIT_FOLDS_PER_USER 64u
/* The highest id of a record: numbers in JSON are exact up to here (RFC 8259, 6), and nothing that is added to one overflows. */
#define LIMIT_RECORD_ID (INT64_C(1) << 53)
/* What is read of the trail at a time; a longer line is read in pieces. */
#define LIMIT_WALK_BYTES (1024u * 1024)
/* What one replay tells apart (rules, users, images, reasons), and how many calls of each kind it shows. */
#define LIMIT_REPLAY_GROUPS 1000u
#define LIMIT_REPLAY_EXAMPLES 20u
/* Exceptions of one draft (people read each of them), users that one of them names, reasons that it tells apart, and how long one may hold. */
#define LIMIT_LEARN_CASES 500u
#define LIMIT_LEARN_USERS 50u
#define LIMIT_LEARN_REFUSALS 200u
#define LIMIT_EXCEPTION_S (366u * 24 * 3600)
/* Counters of one family that monitoring reads: what more there is (policies that change their names) counts together. */
#define LIMIT_METRICS_SERIES 1000u
/* The socket for monitoring (metrics.socket): connections, those of one user, what a request may have, how long one may say nothing, how long a text is good. */
#define LIMIT_METRICS_CONNECTIONS 16u
#define LIMIT_METRICS_PER_USER 4u
#define LIMIT_METRICS_REQUEST_BYTES (32u * 1024)
#define LIMIT_METRICS_IDLE_S 5u
#define LIMIT_METRICS_RECENT_MS 500u
/* Rows of one AuditQuery. */
#define LIMIT_QUERY_ROWS 10000u

/* Connections of dockerd's at one time; more wait in the socket's queue. */
#define LIMIT_CONNECTIONS 1000u
/* Unix sockets that one look at Docker's clients reads (a busy desktop has some 1500), those that dockerd may hold (20 µs each), users of one line. */
#define LIMIT_LOOK_SOCKETS 8192u
#define LIMIT_LOOK_HELD 1024u
#define LIMIT_LOOK_USERS 8u
/* How old a look may be that a read-only call is written down with; looks that are made when what was seen had changed meanwhile. */
#define LIMIT_LOOK_RECENT_MS 1000u
#define LIMIT_LOOK_TRIES 2u
/* How long the witness may take, and when it is asked again after it did not answer. */
#define LIMIT_WITNESS_MS 100u
#define LIMIT_WITNESS_RETRY_MS 5000u
/* How often, and how long, it is asked again who asks; calls that wait for it, of one who may have asked and of all. */
#define LIMIT_DOUBT_STEP_MS 50u
#define LIMIT_DOUBT_MS 1000u
#define LIMIT_DOUBTS_PER_USER 8u
#define LIMIT_DOUBTS 32u
/* How long a stop waits until everything is answered: three tries of Docker's (after 1, 2 and 4 s), with the end after it less than TimeoutStopSec. */
#define LIMIT_DRAIN_MS 7500u
/* How long the last answers (of what was given up) may take to leave; and how long a silent connection may be about to speak: then dockerd keeps it for later. */
#define LIMIT_PARTING_MS 1000u
#define LIMIT_FIRST_WORD_MS 500u
/* Symbolic links on the way of one path; the kernel follows 40. */
#define LIMIT_PATH_LINKS 40u
/* Names that are looked up on one way, links included. */
#define LIMIT_PATH_STEPS 256u
/* A path as the kernel takes it (PATH_MAX). */
#define LIMIT_PATH_BYTES 4096u
/* Other names of one source, and places at which it shows: bind mounts of it, of what lies above and of what lies below. */
#define LIMIT_PATH_NAMES 256u
/* The table of mounts of one process: a container takes some three of them. */
#define LIMIT_HOST_MOUNTS 16384u
#define LIMIT_MOUNTINFO_BYTES (8u * 1024 * 1024)
/* How long a table is used that the kernel does not say has changed: it says nothing of a directory that got another name. */
#define LIMIT_MOUNTINFO_MS 1000u
/* /etc/passwd, /etc/group, /etc/nsswitch.conf: what is longer is not read, and a group of it counts as having members. */
#define LIMIT_DATABASE_BYTES (4u * 1024 * 1024)
/* A thread whose work does not get on for this long is stuck: the watchdog is not fed any more. */
#define LIMIT_STUCK_S 30u
/* Jobs that wait for one worker, notices that wait for the main thread. */
#define LIMIT_JOBS 1024u
/* Threads that read for callers, and how many of them one user may have at a time: three users cannot have all. */
#define LIMIT_READERS 8u
#define LIMIT_READERS_PER_USER 2u
/* How long one job of a reader may run, and one that goes through the whole trail; how long it may wait for a thread. */
#define LIMIT_READ_S 20u
#define LIMIT_SEARCH_S 120u
/* ... and one question to the index of the trail, which takes a fraction of a second however long that is. */
#define LIMIT_QUERY_S 10u
#define LIMIT_READ_WAIT_S 20u
/* What it may cost in steps, of which one of a regular expression is one: a thousand of those that give up; also a record of the trail. */
#define LIMIT_READ_STEPS (UINT64_C(20) * 1000 * 1000)
#define LIMIT_NOTICES 1024u
/* How long notices that follow one another wait for company. */
#define LIMIT_NOTICE_PAUSE_MS 20u

/* Calls that are under way, of one connection, of one user, and in all (root's do not count there: root can always look). */
#define LIMIT_CALLS_PER_SENDER 32u
#define LIMIT_CALLS_PER_USER 64u
#define LIMIT_CALLS 512u
/* Questions to polkit that are open, and those of one user; the bus lets one connection wait for 128 answers (dbus-daemon(1), max_replies_per_connection).
 * How long a call waits for its turn. */
#define LIMIT_POLKIT_QUESTIONS 96u
#define LIMIT_POLKIT_QUESTIONS_PER_USER 8u
#define LIMIT_POLKIT_WAIT_S 10u
/* How long polkit may think, and how long it may show its dialog. */
#define LIMIT_POLKIT_ANSWER_S 10u
#define LIMIT_POLKIT_DIALOG_S 300u
/* Calls of the bus that wait for Docker, of one user and in all: each may ask LIMIT_FACTS questions, and Docker asks us about every one. */
#define LIMIT_DOCKER_CALLS_PER_USER 4u
#define LIMIT_DOCKER_CALLS 16u
/* Descriptors below the service's own limit that only decisions may use: the bus takes no call when fewer are left. */
#define LIMIT_DESCRIPTORS_KEPT 4096
/* Names and values of one a{sv} and what they hold (files that a docker command names). */
#define LIMIT_OPTION_BYTES (8u * 1024 * 1024)
#define LIMIT_OPTION_ITEMS 4096u
/* A text in it, and a list of words together. */
#define LIMIT_OPTION_TEXT (64u * 1024)
#define LIMIT_OPTION_WORDS (256u * 1024)
/* Connections that hear of decisions: all, and those of one user. */
#define LIMIT_SUBSCRIBERS 128u
#define LIMIT_SUBSCRIBERS_PER_USER 8u
/* How long the reader of an export may take nothing, and how long all of it may last; one of its user's readers waits meanwhile. */
#define LIMIT_EXPORT_STALL_MS 30000u
#define LIMIT_EXPORT_S 300u
/* Values of one field in the statistics. */
#define LIMIT_STATS_VALUES 20u
/* Hours in the statistics: a week.  Different values of a field that are counted: four bytes each while it is counted. */
#define LIMIT_STATS_HOURS 168u
#define LIMIT_STATS_TERMS (16u * 1024 * 1024)
/* Grants at one time, uses of one, how long one lasts, the length of its reason. */
#define LIMIT_GRANTS 256u
#define LIMIT_GRANT_USES 100u
/* Creates that a grant let through and Docker has not answered yet; an older one is not waited for. */
#define LIMIT_GRANTS_EXPECTED 64u
#define LIMIT_GRANT_S (7u * 24 * 3600)
#define LIMIT_GRANT_REASON 500u
/* One entry of the user database. */
#define LIMIT_PASSWD_BYTES 4096u
/* One entry of the group database with its members, and the groups of one user; with more nobody is known to be in any. */
#define LIMIT_GROUP_BYTES (64u * 1024)
#define LIMIT_USER_GROUPS 1024u
/* Findings of one scan, and the text of one of their members; the worst image that was met has some 5000. */
#define LIMIT_SCAN_FINDINGS 50000u
#define LIMIT_SCAN_FIELD 1024u
/* What a scanner may write: its answer, and what is kept of its log. */
#define LIMIT_SCAN_OUTPUT_BYTES (64u * 1024 * 1024)
#define LIMIT_SCAN_LOG_BYTES (64u * 1024)
/* How long a scanner may take to say its version, and how long that it did is believed. */
#define LIMIT_SCANNER_PROBE_MS 5000u
#define LIMIT_SCANNER_PROBED_S 10
/* Scans at one time (each may take a gigabyte and a processor), that wait, and all with those that have ended. */
#define LIMIT_SCANS 2u
#define LIMIT_SCAN_QUEUE 64u
#define LIMIT_SCAN_QUEUE_PER_USER 32u /* of those that decisions ask for */
#define LIMIT_SCAN_JOBS 256u
/* Calls that wait for a scan, or for a name, in all and of one user (a project has fewer images); names under way, with which each call that concerns one
 * is compared; seconds of a push and a call that gives its name, a moment where it may give any: registries answer sooner. */
#define LIMIT_SCAN_WAITS 256u
#define LIMIT_SCAN_WAITS_PER_USER 32u
#define LIMIT_PUSH_NAMES 1024u
#define LIMIT_PUSH_NAMES_PER_USER 128u
#define LIMIT_PUSH_NAME_S 60
#define LIMIT_PUSH_DOUBT_S 5
/* Images that were built here and wait to be told of: of one user and in all; how long they wait for their scan; users whose builds are told apart. */
#define LIMIT_BUILT_PER_USER 8u
#define LIMIT_BUILT 32u
#define LIMIT_BUILT_WAIT_S 3600
#define LIMIT_BUILDERS 8u
/* Scans of one user that wait or run; findings that the bus tells of one. */
#define LIMIT_SCANS_PER_USER 8u
#define LIMIT_SCAN_SHOWN 10000u
/* How long one that has ended can be asked about; how long one that failed is not tried again by itself. */
#define LIMIT_SCAN_KEPT_S 300
#define LIMIT_SCAN_RETRY_S 60
/* The largest image that is scanned, how long Docker may take to hand it out, and what must stay free on its disk, which may be the journal's. */
#define LIMIT_SCAN_IMAGE_BYTES (UINT64_C(16) << 30)
#define LIMIT_SCAN_SAVE_MS (15u * 60 * 1000)
#define LIMIT_SCAN_FREE_BYTES (UINT64_C(1) << 30)
/* Images whose pull this service saw (a name is at most some 400 bytes); names that are watched while they are pulled: Docker pulls few at a time. */
#define LIMIT_PULLS 1000u
#define LIMIT_PULLS_BYTES (1024u * 1024)
#define LIMIT_PULLS_WATCHED 64u
/* Verdicts on images that are kept; one of them in its file; secrets that one lists for a policy's exceptions. */
#define LIMIT_VERDICTS 2000u
#define LIMIT_VERDICT_BYTES (4u * 1024 * 1024)
#define LIMIT_VERDICT_SECRETS 1000u
/* Vulnerabilities that one lists for a policy's exceptions (some 200 bytes each); of what is set aside for one reason so many are named in a record. */
#define LIMIT_VERDICT_KNOWN 1000u
#define LIMIT_ASIDE_SHOWN 3u
/* Documents that say which vulnerabilities do not matter: how many, the bytes of all of them (read on the main thread), and what they say. */
#define LIMIT_VEX_FILES 200u
#define LIMIT_VEX_BYTES (4u * 1024 * 1024)
#define LIMIT_VEX_STATEMENTS 50000u
/* A file of keys; entries of rules.images.signatures and keys of one; names of an image that are asked about, and entries that one verdict may have. */
#define LIMIT_SIGNATURE_FILE_BYTES (64u * 1024)
#define LIMIT_SIGNATURE_ROWS 64u
#define LIMIT_SIGNATURE_KEYS 16u
#define LIMIT_SIGNATURE_NAMES 8u
#define LIMIT_SIGNATURE_VOUCHED 32u
/* How long the check of one signature may take, and how often the files of keys are looked at. */
#define LIMIT_SIGNATURE_S 60u
#define LIMIT_SIGNATURE_LOOK_S 5
/* Between two tries to get back on the bus. */
#define LIMIT_BUS_RETRY_S 30u
/* Editors write in several steps; a policy is read when it was quiet for this long. */
#define LIMIT_RELOAD_QUIET_MS 500u
/* ... and at the latest after this many such pauses. */
#define LIMIT_RELOAD_POSTPONED 5u
/* How long AuditQuery waits for the index to reach the end of the journal. */
#define LIMIT_INDEX_SYNC_MS 2000u

/* What the detector of secrets reads of one image.  Text is read in pieces of this size, one for each level of archives. */
#define LIMIT_SECRET_PIECE_BYTES (1024u * 1024)
/* Behind a keyword; the longest secret that is read whole is a private key of 16384 bits in one string. */
#define LIMIT_SECRET_WINDOW (16u * 1024)
/* All that is unpacked of one image, and how long that may take: images are of some GB, what packs more is a bomb. */
#define LIMIT_SECRET_BYTES (64ull * 1024 * 1024 * 1024)
#define LIMIT_SECRET_S 1800u
/* Files of one image, the largest real ones have some hundred thousand; archives within a layer: a library in an application in another. */
#define LIMIT_SECRET_ENTRIES 1000000u
#define LIMIT_SECRET_DEPTH 3u
/* Rules of a site's own. */
#define LIMIT_SECRET_OWN_RULES 200u
/* JSON files beside the layers, together; images that one archive names. */
#define LIMIT_SECRET_METADATA_BYTES (16u * 1024 * 1024)
#define LIMIT_SECRET_IMAGES 1024u
/* Findings of one report; how much of a path one shows; files by name that were not wholly looked at, for policies that excuse them. */
#define LIMIT_SECRET_FINDINGS 10000u
#define LIMIT_SECRET_PATH_BYTES 1024u
#define LIMIT_SECRET_GAPS 100u

/* Pins: mounts of one user and of all.  Every start of a container copies the table of mounts. */
#define LIMIT_PINS_PER_USER 64u
#define LIMIT_PINS 512u
/* The longest life of one, and its life when nothing is said: a working day. */
#define LIMIT_PIN_S (30u * 24 * 3600)
#define LIMIT_PIN_DEFAULT_S (8u * 3600)
/* How long one that was made for a single command waits for its container; a pull may come before. */
#define LIMIT_PIN_ONCE_S 600u
/* How long the making of one may take: a directory may be on something that does not answer. */
#define LIMIT_PIN_MAKE_MS 5000u
/* Pins that are being made at a time, by one user and by all: each is a process. */
#define LIMIT_PIN_MAKING_PER_USER 4u
#define LIMIT_PIN_MAKING 16u
/* How long all that is kept may take when the machine starts, for Docker waits for it; and how long one is waited for that was ended. */
#define LIMIT_PIN_BOOT_MS 60000u
#define LIMIT_PIN_ENDING_MS 100u
/* How long the service waits for the helper: while it decides, and for who asked for a pin. */
#define LIMIT_PIN_LOOK_MS 200u
#define LIMIT_PIN_ASK_MS 7000u
/* How long Docker may take over a create with a pin, until its answer says which container has it; pulls come before. */
#define LIMIT_PIN_CREATE_S 120
/* Connections to the helper; the readers' and the one of decisions. */
#define LIMIT_PIN_CONNECTIONS 16u
/* What an answer of the helper's holds: pins, of each the path that people see, and a text. */
#define LIMIT_PIN_ITEMS 16u
#define LIMIT_PIN_ORIGIN_BYTES 512u
#define LIMIT_PIN_TEXT_BYTES 512u
/* Ids of a container beside 0 that a range has to have; a line of subuid(5). */
#define LIMIT_PIN_RANGE 65535u
#define LIMIT_SUBID_LINE_BYTES 1024u
/* Containers with pins that the service remembers, to end their pins with them: those of dropped pins too, until they are removed. */
#define LIMIT_PIN_CONTAINERS 4096u
/* The helper ends when there was no pin for so long. */
#define LIMIT_PIN_IDLE_S 60

/* Policies from a repository: the list of what there is, and its signature (minisign's have some 300 bytes). */
#define LIMIT_BUNDLE_BYTES (64u * 1024)
#define LIMIT_BUNDLE_SIGNATURE_BYTES 4096u
/* Policies that one names: one for each kind of machine. */
#define LIMIT_BUNDLE_POLICIES 64u
/* Its number; beyond that JSON's numbers are not exact everywhere. */
#define LIMIT_BUNDLE_NUMBER (UINT64_C(1) << 53)
/* How long a server may take for one file, until it is connected, and how often it may send elsewhere. */
#define LIMIT_FETCH_S 60u
#define LIMIT_FETCH_CONNECT_S 15u
#define LIMIT_FETCH_REDIRECTS 3u
/* fetch.conf and each key; keys; what was accepted last, and what came of the last try. */
#define LIMIT_FETCH_CONF_BYTES (16u * 1024)
#define LIMIT_FETCH_KEYS 8u
#define LIMIT_FETCH_STATE_BYTES (8u * 1024)
/* What is kept of the reason why nothing was fetched. */
#define LIMIT_FETCH_ERROR_BYTES 1024u
