/* SPDX-License-Identifier: MIT
 *
 * What is given to programs on their command lines, by their manual pages, and to data bases in statements.
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
	COMMAND("connection-password", "Password in a connection string", "password= pwd=", "(?<=[;\"'])(?i:password|pwd)=([^;\"'\\s${}<>%]{4,100})(?=[;\"'])", "c = \"Server=db;User Id=sa;Password=<b12>;Database=x\"", "c = \"Server=db;Password=\" + password"),
};

const RuleTable rules_command = { RULE_GENERIC, items, G_N_ELEMENTS(items) };
