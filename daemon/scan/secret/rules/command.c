/* SPDX-License-Identifier: MIT
 *
 * What is given to programs on their command lines, by their manual pages, and to databases in statements.
 */
#include <glib.h>
#include "scan/secret/rules/checksum.h"
#include "scan/secret/rules/rules.h"
#include "scan/secret/text/value.h"

/* On one line: the words of the program in front of the one that counts, and the value, in quotes or without. */
#define WORDS "(?:[ \\t]+[^\\s;|&<>]{1,200}){0,24}?[ \\t]+"
#define VALUE "[\"']?([^\\s\"';|&<>$(){}`\\\\]{4,200})"

static RuleAnswer check_typed(Span secret)
{
	return value_is_blank(secret) || secret.at[0] == '-' || secret.at[0] == '/' || secret.at[0] == '%' ? RULE_NO : RULE_YES;
}

#define COMMAND(name, what, words, expression, good, bad)                                                                   \
	{ .id = (name), .title = (what), .severity = SCAN_HIGH, .keywords = (words), .regex = (expression), .check = check_typed, .yes = { good }, .no = { bad } }

static const SecretRule items[] = {
	COMMAND("mysql-command", "Password in a call of a MySQL client", "mysql mysqldump mysqladmin mariadb", "(?:mysql(?:dump|admin|import|show|check)?|mariadb(?:-dump|-admin)?)" WORDS "(?:-p|--password=)" VALUE,
		"mysql -h db -u root -p<b12> shop", "mysql -u root -p shop"),
	COMMAND("sshpass-command", "Password in a call of sshpass", "sshpass", "sshpass[ \\t]+-p[ \\t]*" VALUE, "sshpass -p <b12> ssh joe@a.net", "sshpass -p $PASS ssh joe@a.net"),
	COMMAND("redis-command", "Password in a call of redis-cli", "redis-cli", "redis-cli" WORDS "(?:-a|--pass)[ \\t]+" VALUE, "redis-cli -h db -a <b16> ping", "redis-cli -a \"$PASS\" ping"),
	COMMAND("useradd-command", "Password of an account in a command line", "useradd usermod", "user(?:add|mod)" WORDS "(?:-p|--password)[ =]" VALUE, "useradd -m -p <b13> joe", "useradd -m joe"),
	COMMAND("login-command", "Password of a login in a command line", "docker podman helm skopeo buildah oras nerdctl crane az oc",
		"(?:docker|podman|nerdctl|helm|skopeo|buildah|oras|crane|az|oc)" WORDS "login" WORDS "(?:-p|--password)[ =]" VALUE, "docker login -u joe -p <b20> a.net", "docker login -u joe --password-stdin a.net"),
	COMMAND("vault-login-command", "Token in a call of vault", "vault login", "vault[ \\t]+login[ \\t]+(?:-\\S+[ \\t]+){0,4}(?:token=)?" VALUE, "vault login <b26>", "vault login -method=github"),
	COMMAND("htpasswd-command", "Password in a call of htpasswd", "htpasswd", "htpasswd" "(?:[ \\t]+-[a-zA-Z]+){0,4}[ \\t]+-\\w*b\\w*[ \\t]+\\S+[ \\t]+\\S+[ \\t]+" VALUE, "htpasswd -bc /etc/htpasswd joe <b12>", "htpasswd -c /etc/htpasswd joe"),
	COMMAND("ldap-command", "Password in a call of an LDAP client", "ldapsearch ldapadd ldapmodify ldapwhoami ldappasswd", "ldap(?:search|add|modify|whoami|passwd)" WORDS "-w[ \\t]*" VALUE, "ldapsearch -x -D cn=a -w <b12> uid=x", "ldapsearch -x -W uid=x"),
	COMMAND("openssl-command", "Passphrase in a call of openssl", "openssl", "openssl" WORDS "-pass(?:in|out)?[ \\t]+[\"']?pass:" VALUE, "openssl pkcs12 -in a.p12 -passin pass:<b12>", "openssl rsa -passin env:PASS"),
	COMMAND("smb-command", "Password in a call of a share's client", "smbclient mount.cifs", "(?:smbclient|mount\\.cifs)" WORDS "(?:-U[ \\t]*[\\w.\\\\/-]{1,64}%|-o[ \\t]*[^\\s]{0,100}?\\bpass(?:word)?=)" VALUE, "smbclient //a/b -U joe%<b12>", "smbclient //a/b -U joe"),
	COMMAND("mongo-command", "Password in a call of a MongoDB client", "mongo", "mongo(?:sh|dump|restore|import|export)?" WORDS "(?:-p|--password)[ =]?" VALUE, "mongosh -u root -p <b12> --host db", "mongosh -u root --host db"),
	COMMAND("rabbitmq-command", "Password in a call of rabbitmqctl", "rabbitmqctl", "rabbitmqctl[ \\t]+(?:add_user|change_password)[ \\t]+\\S+[ \\t]+" VALUE, "rabbitmqctl add_user joe <b12>", "rabbitmqctl list_users"),
	COMMAND("sql-identified", "Password in a statement", "identified", "(?i:IDENTIFIED\\s{1,4}(?:WITH\\s{1,4}\\S{1,40}\\s{1,4})?(?:BY|AS)\\s{1,4})(?:(?i:PASSWORD)\\s{1,4})?[\"']([^\"'\\n]{4,200})[\"']", "CREATE USER 'a'@'%' IDENTIFIED BY '<b12>';", "CREATE USER a IDENTIFIED BY ?"),
	COMMAND("sql-password", "Password in a statement", "password", "(?i:PASSWORD)\\s{0,4}(?:=\\s{0,4}(?i:PASSWORD)\\s{0,4})?(?:\\(\\s{0,4})?'([^'\\n]{4,200})'(?=\\s{0,4}[);]|\\s+(?i:VALID|LOGIN|SUPERUSER|CREATEDB|IN\\b))", "ALTER ROLE joe WITH PASSWORD '<b12>';", "ALTER ROLE joe WITH PASSWORD NULL;"),
	COMMAND("connection-password", "Password in a connection string", "password pwd", "(?<=[;\"' ])(?i:password|pwd) ?= ?([^;\"'\\s${}<>%]{4,100})(?=[;\"'])", "c = \"Server=db;User Id=sa;Password=<b12>;Database=x\"", "c = \"Server=db;Password=\" + password"),
	COMMAND("netrc-line", "Password of a login as in .netrc", "machine", "machine\\s{1,4}[\\w.-]{2,200}\\s{1,8}login\\s{1,4}\\S{1,100}\\s{1,8}password\\s{1,4}" VALUE, "machine a.net login joe password <b12>", "machine a.net login joe"),
	COMMAND("psexec-command", "Password in a call of PsExec", "psexec", "(?i:psexec(?:64)?(?:\\.exe)?)" WORDS "-u[ \\t]+\\S{1,80}[ \\t]+-p[ \\t]+" VALUE, "psexec.exe \\\\host -u dom\\joe -p <b12> cmd", "psexec \\\\host -s cmd"),
	COMMAND("vmware-command", "Password in a call of PowerCLI", "connect-viserver", "(?i:Connect-VIServer)" WORDS "(?i:-Password)[ \\t]+" VALUE, "Connect-VIServer -Server v -User joe -Password <b12>", "Connect-VIServer -Server v -Credential $c"),
	COMMAND("net-use-command", "Password in a call of net use", "net use", "(?i:net use)[ \\t]+\\S{1,10}[ \\t]+\\S{3,200}[ \\t]+(?i:/user:)\\S{1,80}[ \\t]+" VALUE, "net use Z: \\\\nas\\a /user:joe <b12>", "net use Z: /delete"),
	COMMAND("keytool-command", "Password in a call of keytool or jarsigner", "keytool jarsigner", "(?:keytool|jarsigner)" WORDS "-(?:store|key|src|dest)pass(?:word)?[ \\t]+" VALUE, "keytool -list -keystore a.jks -storepass <b12>", "keytool -list -keystore a.jks"),
	COMMAND("zip-command", "Password in a call of zip or 7z", "unzip zip 7z", "(?:unzip[ \\t]+(?:-\\w+[ \\t]+){0,3}-P[ \\t]*|zip[ \\t]+(?:-\\w+[ \\t]+){0,3}-P[ \\t]+|7z[ \\t]+[axe][ \\t]+(?:\\S+[ \\t]+){0,4}?-p)" VALUE, "unzip -o -P <b12> a.zip", "unzip a.zip"),
	COMMAND("wget-command", "Password in a call of wget", "--http-password --ftp-password --proxy-password", "--(?:http|ftp|proxy)-password[= ]" VALUE, "wget --http-user=joe --http-password=<b12> https://a.net", "wget --http-password=$PASS https://a.net"),
	COMMAND("pgpassword-command", "Password in a call of psql", "pgpassword", "PGPASSWORD=" VALUE, "PGPASSWORD=<b12> psql -h db", "PGPASSWORD=$PASS psql"),
	COMMAND("gpg-command", "Passphrase in a call of gpg", "--passphrase", "--passphrase[= ](?!-)" VALUE, "gpg --batch --passphrase <b12> -d a.gpg", "gpg --passphrase-file a -d a.gpg"),
	COMMAND("basic-object", "Name and password of a user in a program", "username user", "(?i:(?<![a-z])user(?:_?name)?)[\"']?[ \\t]{0,3}[:=][ \\t]{0,3}[\"'][^\"'\\s]{2,60}[\"'][ \\t]{0,3},[ \\t]{0,3}[\"']?(?i:pass(?:wd|word)?|pwd)[\"']?[ \\t]{0,3}[:=][ \\t]{0,3}[\"']([^\"'\\s${}<>]{6,80})[\"']",
		"connect(user=\"joe\", passwd=\"<b12>\")", "connect(user=\"joe\", password=config.password)"),
	{ .id = "password-hash", .title = "Hash of a password", .severity = SCAN_MEDIUM, .keywords = "$6$ $5$ $1$ $2a$ $2b$ $2y$ $y$ $8$ $9$ $argon2 $krb5asrep$ $krb5tgs$ $apr1$",
	  .regex = "(\\$(?:6\\$(?:rounds=\\d{3,7}\\$)?[./A-Za-z0-9]{1,16}\\$[./A-Za-z0-9]{86}|5\\$(?:rounds=\\d{3,7}\\$)?[./A-Za-z0-9]{1,16}\\$[./A-Za-z0-9]{43}|(?:1|apr1)\\$[./A-Za-z0-9]{1,8}\\$[./A-Za-z0-9]{22}"
		   "|2[aby]\\$\\d\\d\\$[./A-Za-z0-9]{53}|y\\$[./A-Za-z0-9]{2,8}\\$[./A-Za-z0-9]{1,86}\\$[./A-Za-z0-9]{43}|[89]\\$[./A-Za-z0-9]{14}\\$[./A-Za-z0-9]{43}|argon2id?\\$v=\\d+\\$m=\\d+,t=\\d+,p=\\d+\\$[A-Za-z0-9+/]{8,64}\\$[A-Za-z0-9+/]{20,100}"
		   "|krb5(?:asrep|tgs)\\$23\\$(?:[^\\s]{3,200}[$:])?[0-9a-f]{32}\\$[0-9a-f]{64,4000}))(?![./A-Za-z0-9])", .entropy = 3.0,
	  .yes = { "password: $6$<b8>$<b86>", "admin:$2y$10$<b53>", "$y$j9T$<b22>$<b43>" }, .no = { "$6$salt", "$2y$10$short" } },
};

const RuleTable rules_command = { RULE_GENERIC, items, G_N_ELEMENTS(items) };
