/* SPDX-License-Identifier: MIT
 *
 * Files that are known by their name, and what in them is secret: accounts, databases, shells, file transfer.  From the
 * manual pages and documents of the programs that read them.
 */
#include "scan/secret/rules/file.h"

#define CRYPT "\\$(?:[156y]|2[abxy]|apr1|P|H|argon2[id]{1,2}|scrypt|7|gy)\\$"

static const SecretRule items[] = {
	LINES("shadow-hash", "Password hash of an account", SCAN_HIGH, "etc/shadow|etc/shadow-|etc/gshadow|etc/gshadow-|shadow.bak|etc/master.passwd",
		"^[^:\\s]+:(" CRYPT "[^:\\s]{8,}|[./a-z0-9]{13}):", "root:$6$<b8>$<b86>:19000:0:99999:7:::", "root:!$:19000:0:99999:7:::"),
	LINES("passwd-hash", "Password hash of an account", SCAN_HIGH, "passwd|*passwd|passwd-|*.passwd", "^[^:#\\s]+:(" CRYPT "[^:\\s]{8,}):", "joe:$1$<b8>$<b22>:500:500::/home/joe:/bin/sh", "joe:x:500:500::/home/joe:/bin/sh"),
	LINES("htpasswd-hash", "Password hash of a web server", SCAN_MEDIUM, "*htpasswd|*.htpasswd|.htpasswd-all|nginx.passwd",
		"^[^:#\\s]+:(" CRYPT "\\S{8,}|\\{S?SHA\\d*\\}\\S{8,}|[./a-z0-9]{13})\\s*$", "joe:$apr1$<b8>$<b22>", "joe:secret"),
	LINES("netrc-password", "Password in .netrc", SCAN_HIGH, ".netrc|_netrc|netrc", "\\bpassword\\h+(?!default\\b)(\\S{2,200})", "machine a.net login joe password <b10>", "machine a.net login joe"),
	LINES("pgpass-password", "Password in .pgpass", SCAN_HIGH, ".pgpass|pgpass.conf|pgpass", "^(?!#)(?:(?:\\\\.|[^:\\\\\\n])*+:){4}((?:\\\\.|[^:\\\\\\n])++)$", "db:5432:*:joe:<b10>", "#db:5432:*:joe:<b10>"),
	LINES("pg-service-password", "Password of a PostgreSQL service", SCAN_HIGH, "pg_service.conf|.pg_service.conf", "^\\h*password=(\\S{2,200})", "[x]\npassword=<b10>", "[x]\nuser=<b10>"),
	LINES("pgbouncer-password", "Password of a PgBouncer user", SCAN_HIGH, "userlist.txt", "^\"[^\"\\n]{1,64}\"\\h+\"([^\"\\n]{3,300})\"", "\"joe\" \"md5<x32>\"", "\"joe\" \"\""),
	LINES("git-credentials", "Password in .git-credentials", SCAN_HIGH, ".git-credentials|git-credentials|git/credentials", "^\\w+://[^:/\\s]*:(\\S{2,300})@[^@\\s]+$", "https://joe:<b10>@git.net", "https://joe@git.net"),
	LINES("mysql-password", "Password of a MySQL client", SCAN_HIGH, ".my.cnf|my.cnf|*.my.cnf|debian.cnf|client.cnf", "^\\h*password\\h*=\\h*[\"']?([^\\s\"'#]{2,200})", "[client]\npassword=<b10>", "[client]\n#password=<b10>"),
	LINES("database-yaml-password", "Password of a database", SCAN_HIGH, "database.yml|database.yaml|mongoid.yml|mongo.yml|databases.yml|*database.yml", "^\\h*password:\\h*[\"']?([^\\s\"'<{$#&*]{3,200})", "production:\n  password: <b10>", "production:\n  password: <%= ENV['X'] %>"),
	LINES("redis-password", "Password of Redis", SCAN_HIGH, "redis.conf|sentinel.conf|*redis.conf", "^\\h*(?:requirepass|masterauth)\\h+[\"']?([^\\s\"']{3,200})", "requirepass <b20>", "# requirepass <b20>"),
	LINES("ldap-password", "Password of a directory", SCAN_HIGH, "ldap.conf|ldap.secret|nslcd.conf|sssd.conf|pam_ldap.conf|slapd.conf|libnss-ldap.conf", "^\\h*(?:bindpw|rootpw|rootbindpw|ldap_default_authtok)\\h*[= \\t]\\h*(\\S{3,200})", "bindpw <b10>", "#bindpw <b10>"),
	LINES("cifs-password", "Password of a network share", SCAN_HIGH, ".smbcredentials|smbcredentials|*.smbcredentials|.cifscredentials|cifs.creds", "^\\h*password\\h*=\\h*(\\S{2,200})", "username=joe\npassword=<b10>", "username=joe"),
	LINES("ppp-secret", "Password of a dial-up or tunnel", SCAN_HIGH, "chap-secrets|pap-secrets", "^[^#\\s]\\S*\\h+\\S+\\h+\"?([^\\s\"*]{3,200})", "joe * <b10> *", "# joe * <b10> *"),
	LINES("ipsec-secret", "Shared key of a tunnel", SCAN_HIGH, "ipsec.secrets", ":\\h*(?:PSK|XAUTH|EAP)\\h+\"?([^\\s\"]{3,200})", ": PSK \"<b20>\"", ": RSA key.pem"),
	LINES("wifi-password", "Password of a wireless network", SCAN_MEDIUM, "wpa_supplicant.conf|*.nmconnection|NetworkManager/system-connections/*", "^\\h*(?:psk|password|wep-key\\d|leap-password|private-key-password|wep_key\\d)=\"?([^\\s\"]{8,64})", "network={\n psk=\"<b20>\"", "network={\n key_mgmt=NONE"),
	LINES("mail-password", "Password of a mail client", SCAN_HIGH, ".esmtprc|esmtprc|.msmtprc|msmtprc|.fetchmailrc|.mailrc|ssmtp.conf|.muttrc|.offlineimaprc|.mbsyncrc", "\\b\\w{0,8}pass(?:word)?\\h*[= \\t]\\h*[\"']?([^\\s\"'=]{2,200})", "password = \"<b10>\"", "user = joe"),
	LINES("sasl-password", "Password of a mail relay", SCAN_HIGH, "sasl_passwd|smtp_passwd", "^[^#\\s]\\S*\\h+[^:\\s]+:(\\S{2,200})", "[mail.net]:587 joe:<b10>", "# mail"),
	LINES("shell-password", "Password of an account set by a script", SCAN_HIGH, "preseed.cfg|ks.cfg|kickstart.cfg|user-data", "^(?:rootpw(?:\\h+--\\S+)*\\h+(?!--)|d-i passwd/\\S*password(?:-crypted)? password |\\h*(?:passwd|hashed_passwd):\\h*[\"']?)(\\S{4,200})", "rootpw --iscrypted $6$<b8>$<b40>", "rootpw --lock"),
	LINES("filezilla-password", "Password in FileZilla's settings", SCAN_HIGH, "filezilla.xml|recentservers.xml|sitemanager.xml", "<Pass(?: encoding=\"\\w+\")?>([^<\\n]{2,400})</Pass>", "<Pass encoding=\"base64\"><b20></Pass>", "<Pass></Pass>"),
	LINES("sftp-password", "Password in the settings of a file transfer", SCAN_HIGH, "sftp.json|*sftp-config.json|.ftpconfig|.sftpconfig|.remote-sync.json|deployment-config.json|.ftppass|ftp-sync.json|ftpsync.settings|ftp-deploy.json",
		"\"(?:password|pass|passphrase)\"\\h*:\\h*\"([^\"\\n]{2,400})\"", "{\"password\": \"<b10>\"}", "{\"password\": \"\"}"),
	LINES("ide-password", "Password in the settings of an IDE", SCAN_HIGH, "WebServers.xml|webServers.xml|dataSources.xml|dataSources.local.xml|*data-sources.xml|deployment.xml", "\\bpassword=\"([^\"\\n]{3,400})\"", "<fileTransfer password=\"<x20>\">", "<fileTransfer password=\"\">"),
	LINES("robomongo-password", "Password in Robo 3T's settings", SCAN_HIGH, "robomongo.json|robo3t.json", "\"(?:userPassword|sshPassphrase|sshUserPassword|userPasswordEncrypted)\"\\h*:\\h*\"([^\"\\n]{2,400})\"", "\"userPassword\" : \"<b10>\"", "\"userPassword\" : \"\""),
	LINES("firefox-login", "Login kept by Firefox", SCAN_HIGH, "logins.json", "\"encrypted(?:Username|Password)\"\\h*:\\h*\"([^\"\\n]{20,600})\"", "\"encryptedPassword\":\"<B60>\"", "\"encryptedPassword\":\"\""),
	LINES("ventrilo-password", "Password of a Ventrilo server", SCAN_MEDIUM, "ventrilo_srv.ini", "^\\w*Password\\h*=\\h*(\\S{2,200})", "AdminPassword=<b10>", "AdminPassword="),
	LINES("vnc-password", "Password of a VNC server", SCAN_MEDIUM, "*.vnc|kasmvncpasswd|tigervncpasswd", "^(?:password=|\\w+:)(\\S{6,200})", "password=<x16>", "user"),
	LINES("sql-hash", "Password hash in a database dump", SCAN_HIGH, "*.sql|*.dump|*.sql.gz", "['\"\\t](" CRYPT "[^'\"\\s]{20,300})['\"\\t]", "INSERT INTO u VALUES (1,'joe','$2y$10$<b53>');", "INSERT INTO u VALUES (1,'joe','$2y$');"),
	LINES("sql-plain-hash", "Unsalted password hash in a database dump", SCAN_HIGH, "*.sql|*.dump|*.sql.gz", "^\\h*(?:INSERT INTO [^\\n]{0,80}(?:user|account|login|member|admin|customer)[^\\n]{0,400}?|\\(\\d+, *'[^'\\n]{1,64}', *(?:'[^'\\n]{1,80}', *)?)'([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})'",
		"INSERT INTO `users` VALUES (1,'joe','<x32>');", "INSERT INTO `files` VALUES (1,'joe','<x32>');"),
	{ .id = "key-store", .title = "Key store", .severity = SCAN_LOW, .where = "*.jks|*.keystore|*.p12|*.pfx|*.kdbx|*.bks|*.keytab|krb5.keytab|key4.db|*.mylogin.cnf|*.pkcs12|*.jceks|cert9.db",
	  .yes = { "anything" } },
};

const RuleTable rules_file = { RULE_FILE, items, G_N_ELEMENTS(items) };
