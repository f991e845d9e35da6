/* SPDX-License-Identifier: MIT
 *
 * Private keys: RFC 7468 (PEM), OpenSSH's PROTOCOL.key, PuTTY's documentation (appendix C), RFC 4880, age's README.
 */
#include <glib.h>
#include "scan/secret/rules/rules.h"
#include "scan/secret/text/key-form.h"

/* The body, also with its line ends written as \n in a string, and at least so much of it that it is a key. */
#define EOL "(?:\\s|\\\\[rn]?|[\"',]|\\+(?=\\s))++"
#define BODY "([A-Za-z0-9+/]{40,}+(?:" EOL "[A-Za-z0-9+/=]++)*+)"
#define HEADERS "(?:[A-Za-z-]{3,30}+: [^\\n\\\\]{0,200}" EOL "){0,4}"
#define UNLOCKED "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU" /* openssh-key-v1, cipher "none" */

static const SecretRule items[] = {
	{ .id = "private-key", .title = "Private key", .severity = SCAN_HIGH, .keywords = "-----begin", .entropy = 3.5,
	  .regex = "-----BEGIN (?:RSA |EC |DSA )?PRIVATE KEY-----" EOL BODY,
	  .yes = { "-----BEGIN RSA PRIVATE KEY-----\n<B64>\n<B64>\n-----END RSA PRIVATE KEY-----\n", "\"private_key\": \"-----BEGIN PRIVATE KEY-----\\n<B64>\\n<B64>\\n\"" },
	  .no = { "-----BEGIN PUBLIC KEY-----\n<B64>\n", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n<B64>\n", "-----BEGIN PRIVATE KEY-----\n...\n" } },
	{ .id = "private-key-encrypted", .title = "Private key, protected by a passphrase", .severity = SCAN_LOW, .keywords = "-----begin", .entropy = 3.5,
	  .regex = "-----BEGIN (?|ENCRYPTED PRIVATE KEY-----" EOL BODY "|(?:RSA |EC |DSA )PRIVATE KEY-----\\s{1,4}Proc-Type: 4,ENCRYPTED(?=" EOL "))" HEADERS "(?:" EOL ")?([A-Za-z0-9+/]{40,}+)?",
	  .yes = { "-----BEGIN ENCRYPTED PRIVATE KEY-----\n<B64>\n<B64>\n" },
	  .no = { "-----BEGIN RSA PRIVATE KEY-----\n<B64>\n<B64>\n" } },
	{ .id = "openssh-key", .title = "OpenSSH private key", .severity = SCAN_HIGH, .keywords = "-----begin", .entropy = 3.0,
	  .regex = "-----BEGIN OPENSSH PRIVATE KEY-----" EOL "(?=" UNLOCKED ")" BODY,
	  .yes = { "-----BEGIN OPENSSH PRIVATE KEY-----\n" UNLOCKED "<B40>\n<B70>\n" },
	  .no = { "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHI<B40>\n<B70>\n" } },
	{ .id = "openssh-key-encrypted", .title = "OpenSSH private key, protected by a passphrase", .severity = SCAN_LOW, .keywords = "-----begin", .entropy = 3.0,
	  .regex = "-----BEGIN OPENSSH PRIVATE KEY-----" EOL "(?!" UNLOCKED ")" BODY,
	  .yes = { "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHI<B40>\n<B70>\n" },
	  .no = { "-----BEGIN OPENSSH PRIVATE KEY-----\n" UNLOCKED "<B40>\n<B70>\n" } },
	{ .id = "pgp-private-key", .title = "OpenPGP private key", .severity = SCAN_HIGH, .keywords = "-----begin", .entropy = 3.5,
	  .regex = "-----BEGIN PGP (?:PRIVATE|SECRET) KEY BLOCK-----" EOL HEADERS "(?:" EOL ")?" BODY,
	  .yes = { "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n<B64>\n<B64>\n=abcd\n", "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 2\n\n<B64>\n<B64>\n" },
	  .no = { "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n<B64>\n<B64>\n" } },
	{ .id = "gnupg-key", .title = "GnuPG private key", .severity = SCAN_HIGH, .keywords = "11:private-key (private-key", .entropy = 3.0,
	  .regex = "(?|11:private-key\\(\\d:(?:rsa|dsa|elg|ecc|dh)([\\s\\S]{40,400})|\\(private-key\\s{1,4}\\((?:rsa|dsa|elg|ecc|openpgp-[a-z]{3})[\\s\\S]{0,4000}?\\([dx]\\s{1,4}#([0-9A-Fa-f\\s]{40,2000}+)#)",
	  .yes = { "(11:private-key(3:rsa(1:n129:<b129>)", "Created: 20240101T000000\nKey: (private-key (ecc (curve Ed25519)(flags eddsa)(q #40<x64>#)(d #<x64>#)))\n" },
	  .no = { "(21:protected-private-key(3:rsa(1:n129:<b129>)", "(public-key (ecc (curve Ed25519)(q #40<x64>#)))" } },
	{ .id = "gnupg-key-encrypted", .title = "GnuPG private key, protected by a passphrase", .severity = SCAN_LOW, .keywords = "protected-private-key", .entropy = 3.0,
	  .regex = "protected-private-key\\s{0,4}\\((?:\\d:)?(?:rsa|dsa|elg|ecc|dh)([\\s\\S]{40,400})", .yes = { "(21:protected-private-key(3:rsa(1:n129:<b129>)" }, .no = { "(11:private-key(3:rsa(1:n129:<b129>)" } },
	{ .id = "putty-key", .title = "PuTTY private key", .severity = SCAN_HIGH, .keywords = "putty-user-key-file-", .entropy = 3.0,
	  .regex = "PuTTY-User-Key-File-[23]: \\S{3,40}\\s++Encryption: none\\s++[\\s\\S]{0,6000}?Private-Lines: \\d{1,4}\\s++([A-Za-z0-9+/=\\s]{40,}+)",
	  .yes = { "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: me\nPublic-Lines: 1\n<B64>\nPrivate-Lines: 2\n<B64>\n<B64>\nPrivate-MAC: <x40>\n" },
	  .no = { "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: aes256-cbc\nComment: me\nPublic-Lines: 1\n<B64>\nPrivate-Lines: 2\n<B64>\n<B64>\n" } },
	{ .id = "putty-key-encrypted", .title = "PuTTY private key, protected by a passphrase", .severity = SCAN_LOW, .keywords = "putty-user-key-file-", .entropy = 3.0,
	  .regex = "PuTTY-User-Key-File-[23]: \\S{3,40}\\s++Encryption: (?!none)\\S{3,40}\\s++[\\s\\S]{0,6000}?Private-Lines: \\d{1,4}\\s++([A-Za-z0-9+/=\\s]{40,}+)",
	  .yes = { "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: aes256-cbc\nComment: me\nPublic-Lines: 1\n<B64>\nPrivate-Lines: 2\n<B64>\n<B64>\n" },
	  .no = { "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: me\nPublic-Lines: 1\n<B64>\nPrivate-Lines: 2\n<B64>\n<B64>\n" } },
	{ .id = "der-key", .title = "Private key in DER", .severity = SCAN_HIGH, .find = key_form_der, .entropy = 4.0 },
	{ .id = "der-key-encrypted", .title = "Private key in DER, protected by a passphrase", .severity = SCAN_LOW, .find = key_form_der_encrypted, .entropy = 4.0 },
	{ .id = "openpgp-key", .title = "OpenPGP private key, not armoured", .severity = SCAN_HIGH, .find = key_form_openpgp, .entropy = 4.0 },
	{ .id = "openpgp-key-encrypted", .title = "OpenPGP private key, not armoured, protected by a passphrase", .severity = SCAN_LOW, .find = key_form_openpgp_encrypted, .entropy = 4.0 },
	{ .id = "age-key", .title = "age secret key", .severity = SCAN_HIGH, .keywords = "age-secret-key-1", .entropy = 3.0,
	  .regex = "AGE-SECRET-KEY-1([QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})(?!\\w)",
	  .yes = { "AGE-SECRET-KEY-1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE" }, .no = { "AGE-SECRET-KEY-1QPZRY9X8GF" } },
	{ .id = "jwk-private", .title = "Private key as a JSON Web Key", .severity = SCAN_HIGH, .keywords = "\"d\"", .entropy = 3.5,
	  .regex = "\"d\"\\s{0,4}:\\s{0,4}\"([\\w-]{43,700}+)\"\\s{0,8}[,}]", .yes = { "{\"kty\":\"EC\",\"crv\":\"P-256\",\"d\":\"<w43>\",\"x\":\"a\"}" },
	  .no = { "{\"d\":\"short\"}" } },
	{ .id = "wireguard-key", .title = "WireGuard private key", .severity = SCAN_HIGH, .keywords = "privatekey presharedkey", .entropy = 3.5,
	  .regex = "(?i:PrivateKey|PresharedKey)[ \\t]{0,4}=[ \\t]{0,4}([A-Za-z0-9+/]{43}=)(?![\\w=])", .yes = { "[Interface]\nPrivateKey = <B43>=\n" },
	  .no = { "PrivateKey = none\n" } },
};

const RuleTable rules_key = { RULE_KEY, items, G_N_ELEMENTS(items) };
