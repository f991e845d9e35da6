/* SPDX-License-Identifier: MIT
 *
 * The same for clouds, package managers, builds and web applications.
 */
#include "scan/secret/rules/file.h"

#define ENV_FILES ".env|*.env|.env.local|.env.production|.env.prod|.env.development|.env.dev|.env.staging|.env.stage|.envrc|.flaskenv|.env.bak|.env.backup"

/* Names that only speak of a secret, and what is drawn at random and is none. */
#define NOT_MEANT "\\w*(?:CSRF|XSRF|PAGE_?TOKEN|CONTINUATION|NEXT_?TOKEN|_(?:NAME|FILE|PATH|TTL|TYPE|URL|URI|ARN|HEADER|HASHER|EXPIRY|LENGTH|ALGORITHM|ENABLED|POLICY|ENDPOINT)\"?\\h*[=:])"

static const SecretRule items[] = {
	{ .id = "docker-auth", .title = "Registry password of Docker", .severity = SCAN_HIGH, .where = ".dockercfg|.docker/config.json|.dockerconfigjson|containers/auth.json|kaniko/config.json",
	  .regex = "\"auth\"\\s*:\\s*\"([A-Za-z0-9+/=]{6,1000})\"", .check = check_basic, .yes = { "{\"auths\":{\"a.net\":{\"auth\":\"am9lOmhlbGxvd29ybGQ5\"}}}" }, .no = { "{\"auths\":{\"a.net\":{\"auth\":\"aGVsbG8gd29ybGQ=\"}}}" } },
	LINES("docker-token", "Registry token of Docker", SCAN_HIGH, ".dockercfg|.docker/config.json|.dockerconfigjson|containers/auth.json", "\"(?:identitytoken|registrytoken|password)\"\\h*:\\h*\"([^\"\\n]{4,4000})\"", "{\"identitytoken\":\"<b40>\"}", "{\"identitytoken\":\"\"}"),
	LINES("kubeconfig-key", "Key or token of a Kubernetes user", SCAN_HIGH, ".kube/config|kubeconfig|*.kubeconfig|kubeconfig.yaml|kubeconfig.yml|admin.conf|super-admin.conf|kubelet.conf|controller-manager.conf|scheduler.conf|k3s.yaml", "^\\h*(?:client-key-data|token|id-token|refresh-token|password):\\h*[\"']?([\\w+/=.-]{6,8000})", "    client-key-data: <B80>", "    client-certificate-data: <B80>"),
	LINES("aws-credentials", "AWS credentials", SCAN_HIGH, "credentials|.credentials|aws/config|.aws/config|.boto", "^\\h*(?:aws_secret_access_key|aws_session_token)\\h*=\\h*([A-Za-z0-9/+=]{20,2000})", "aws_secret_access_key = <B40>", "aws_secret_access_key ="),
	LINES("s3-credentials", "Credentials of an object store", SCAN_HIGH, ".s3cfg|s3cfg|.boto|.s3curl", "^\\h*(?:secret_key|aws_secret_access_key|gpg_passphrase|gs_oauth2_refresh_token|gs_secret_access_key)\\h*=\\h*(\\S{4,300})", "secret_key = <B40>", "secret_key = "),
	LINES("s3fs-password", "Credentials of an object store", SCAN_HIGH, ".passwd-s3fs|passwd-s3fs", "^[A-Z0-9]{16,24}:([A-Za-z0-9/+]{30,100})$", "AKIA<216>:<B40>", "x:y"),
	LINES("gcloud-credentials", "Google Cloud credentials", SCAN_HIGH, "adc.json|application_default_credentials.json|client_secret.json|client_secrets.json|credentials.json", "\"(?:refresh_token|client_secret)\"\\h*:\\h*\"([^\"\\n]{10,600})\"", "{\"refresh_token\": \"<b60>\"}", "{\"refresh_token\": \"\"}"),
	LINES("azure-credentials", "Azure tokens", SCAN_HIGH, ".azure/accessTokens.json|accessTokens.json|msal_token_cache.json|service_principal_entries.json|azureProfile.json", "\"(?:accessToken|refreshToken|secret|client_secret)\"\\h*:\\h*\"([^\"\\n]{20,6000})\"", "{\"refreshToken\": \"<b60>\"}", "{\"tenant\": \"<b60>\"}"),
	LINES("tugboat-key", "DigitalOcean key of tugboat", SCAN_HIGH, ".tugboat", "^\\h*(?:api_key|client_key|access_token):\\h*[\"']?([\\w-]{8,200})", "  access_token: <x64>", "  ssh_user: root"),
	LINES("doctl-token", "DigitalOcean token of doctl", SCAN_HIGH, "doctl/config.yaml", "^\\h*access-token:\\h*(\\S{8,200})", "access-token: <x64>", "context: x"),
	LINES("heroku-settings-key", "Heroku API key", SCAN_HIGH, "heroku.json|heroku.yml", "\"?\\w*(?:api_?key|token)\"?\\h*:\\h*\"?([\\w-]{16,200})", "\"HEROKU_API_KEY\": \"<x8>-<x4>-<x4>-<x4>-<x12>\"", "\"email\": \"a@b.net\""),
	LINES("rclone-password", "Credentials of rclone", SCAN_HIGH, "rclone.conf", "^\\h*(?:pass|password2?|token|secret_access_key|client_secret|service_account_credentials|key)\\h*=\\h*(\\S{4,4000})", "pass = <b20>", "type = s3"),
	LINES("terraform-state-secret", "Secret in the state of Terraform", SCAN_HIGH, "*.tfstate|*.tfstate.backup", "\"\\w{0,60}(?:password|secret|token|private_key|access_key|connection_string)\\w{0,30}\"\\h*:\\h*\"([^\"\\n]{6,4000})\"", "\"master_password\": \"<b12>\"", "\"master_password\": null"),
	LINES("terraform-variable", "Secret in variables of Terraform", SCAN_HIGH, "*.tfvars|*.tfvars.json", "^\\h*\"?(?!" NOT_MEANT ")\\w{0,60}(?:password|secret|token|private_key|access_key|api_key)\\w{0,30}\"?\\h*[=:]\\h*\"([^\"$\\n][^\"\\n]{5,2000})\"", "db_password = \"<b12>\"", "db_password = var.x"),
	LINES("terraform-credentials", "Token of Terraform", SCAN_HIGH, ".terraformrc|terraform.rc|credentials.tfrc.json", "\"?token\"?\\h*[:=]\\h*\"([^\"\\n]{10,300})\"", "token = \"<b40>\"", "token = \"\""),
	LINES("npmrc-token", "Registry password of npm", SCAN_HIGH, ".npmrc|npmrc", "(?:_authToken|_auth|_password|\\bpassword)\\h*=\\h*[\"']?([^\\s\"'$]{4,600})", "//a.net/:_authToken=<x8>-<x4>-<x4>-<x4>-<x12>", "//a.net/:_authToken=${TOKEN}"),
	LINES("yarnrc-token", "Registry token of Yarn", SCAN_HIGH, ".yarnrc.yml|.yarnrc", "npmAuth(?:Token|Ident):\\h*[\"']?([^\\s\"'$]{6,600})", "npmAuthToken: \"<b36>\"", "npmAuthToken: \"${TOKEN}\""),
	LINES("pypirc-password", "Registry password of Python", SCAN_HIGH, ".pypirc|pypirc", "^\\h*password\\h*[:=]\\h*(\\S{3,600})", "[a]\npassword: <b12>", "[a]\nusername: joe"),
	LINES("yum-password", "Password of a package source", SCAN_HIGH, "yum.repos.d/*|*.repo|yum.conf|dnf.conf|zypp/credentials.d/*", "^\\h*(?:proxy_)?password\\h*=\\h*(\\S{2,200})", "password=<b12>", "username=joe"),
	LINES("apt-password", "Password of a package source", SCAN_HIGH, "apt/auth.conf|apt/auth.conf.d/*", "\\bpassword\\h+(\\S{2,200})", "machine a.net login joe password <b12>", "machine a.net login joe"),
	LINES("cargo-credentials", "Registry token of Cargo", SCAN_HIGH, ".cargo/credentials|.cargo/credentials.toml|cargo/credentials.toml", "^\\h*token\\h*=\\h*\"([^\"\\n]{16,300})\"", "token = \"<b35>\"", "token = \"\""),
	LINES("gem-credentials", "Registry token of RubyGems", SCAN_HIGH, ".gem/credentials|gem/credentials", "^:?\\w{3,40}:\\h*[\"']?(\\w{16,200})", ":rubygems_api_key: <x48>", "---"),
	LINES("composer-auth", "Registry password of Composer", SCAN_HIGH, "auth.json", "\"(?:password|github\\.com|gitlab\\.com|[\\w.-]{3,60}\\.(?:com|org|net|io))\"\\h*:\\h*\"([^\"\\n]{8,300})\"", "{\"github-oauth\":{\"github.com\":\"<x40>\"}}", "{\"auth\":{}}"),
	LINES("nuget-password", "Registry password of NuGet", SCAN_HIGH, "NuGet.Config|nuget.config|NuGet.config", "key=\"(?:ClearTextPassword|Password)\"\\h+value=\"([^\"%\\n]{4,600})\"", "<add key=\"ClearTextPassword\" value=\"<b20>\" />", "<add key=\"Username\" value=\"joe\" />"),
	LINES("maven-password", "Password in Maven's settings", SCAN_HIGH, "settings.xml|settings-security.xml", "<(?:password|passphrase|master)>\\s*([^<$\\s]{3,300})\\s*</", "<server><password><b12></password></server>", "<password>${env.PASSWORD}</password>"),
	LINES("gradle-password", "Password in Gradle's properties", SCAN_HIGH, "gradle.properties|local.properties", "^\\h*[\\w.]{0,60}(?:password|token|secret|api_?key|passphrase)\\w{0,20}\\h*=\\h*(\\S{4,300})", "signing.password=<b12>", "org.gradle.jvmargs=-Xmx2g"),
	LINES("github-cli-token", "Token of a GitHub command", SCAN_HIGH, "hub|.config/hub|gh/hosts.yml", "^\\h*(?:-\\h*)?(?:oauth_token|password):\\h*(\\S{8,300})", "  oauth_token: <x40>", "  user: joe"),
	LINES("circleci-cli-token", "Token of CircleCI's command", SCAN_HIGH, ".circleci/cli.yml", "^\\h*token:\\h*(\\S{16,100})", "token: <x40>", "host: x"),
	LINES("vault-token-file", "HashiCorp Vault token", SCAN_HIGH, ".vault-token", "^([\\w.-]{20,300})\\s*$", "<b26>", "none"),
	LINES("vault-password-file", "Password of an Ansible vault", SCAN_HIGH, ".vault_pass|.vault_pass.txt|vault_pass.txt|.vault-pass|vault-password.txt", "^([^\\s#]{6,200})\\s*$", "<b26>", "#!/bin/sh"),
	LINES("erlang-cookie", "Cookie of an Erlang cluster", SCAN_HIGH, ".erlang.cookie", "^([\\w-]{10,255})\\s*$", "<X20>", "x"),
	LINES("tomcat-password", "Password of a Tomcat user", SCAN_HIGH, "tomcat-users.xml", "<user\\s[^>\\n]{0,200}?\\bpassword=\"([^\"\\n<]{3,200})\"", "<user username=\"joe\" password=\"<b12>\" roles=\"admin\"/>", "<role rolename=\"x\"/>"),
	LINES("jenkins-credentials", "Credentials kept by Jenkins", SCAN_HIGH, "credentials.xml|hudson.util.Secret", "<(?:password|passphrase|secret|privateKey|secretBytes|apiToken)>\\{?([A-Za-z0-9+/=]{20,8000})\\}?</", "<password>{<B44>}</password>", "<password></password>"),
	LINES("master-key", "Master key of an application", SCAN_HIGH, "master.key|credentials/production.key|credentials/staging.key|credentials/development.key|config/production.key|config/staging.key", "^([0-9a-f]{32,512})\\s*$", "<x32>", "key"),
	LINES("rails-secret", "Secret of a Rails application", SCAN_HIGH, "secrets.yml|credentials.yml|secret_token.rb|application.yml|*secrets.yml", "\\b\\w{0,40}secret(?:_key_base|_token|_key)?\\h*[:=]\\h*[\"']?([0-9a-z]{30,})", "production:\n  secret_key_base: <x128>", "  secret_key_base: <%= ENV[\"X\"] %>"),
	LINES("django-secret", "Secret of a Django or Flask application", SCAN_HIGH, "*settings.py|settings/base.py|settings/production.py|settings/prod.py|settings/local.py|settings/dev.py|settings/__init__.py|config.py|app.py",
		"^\\h*(?:app\\.)?SECRET_KEY\\h*=\\h*[brfu]?" QUOTED("16"), "SECRET_KEY = '<w50>'", "SECRET_KEY = os.getenv('SECRET_KEY_OF_MINE')"),
	LINES("wordpress-secret", "Password or salt of WordPress", SCAN_HIGH, "wp-config.php|wp-config.php.bak|wp-config.php~|wp-config.old", "define\\(\\h*['\"](?:DB_PASSWORD|FTP_PASS|(?:AUTH|SECURE_AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT))['\"]\\h*,\\h*" QUOTED("3"), "define( 'DB_PASSWORD', '<b12>' );", "define( 'AUTH_KEY', 'put your unique phrase here' );"),
	LINES("php-password", "Password in the settings of a PHP application", SCAN_HIGH, "config.php|config.inc.php|configuration.php|settings.php|LocalSettings.php|parameters.php|env.php|database.php|local.xml|settings.inc.php",
		"[$'\"\\]>\\w](?:db)?pass(?:word|wd)?['\"\\]]{0,2}\\h*(?:=>|=)\\h*" QUOTED("3"), "$dbpasswd = '<b12>';", "$dbpasswd = '';"),
	LINES("environment-secret", "Secret in an environment file or an image's environment", SCAN_HIGH, ENV_FILES "|image-metadata:env:*", "^\\h*(?:export\\h+)?(?!" NOT_MEANT ")\\w*(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|APP_KEY|_PASS|_PWD)(?:_\\w{1,12})?\\h*=\\h*[\"']?([^\\s\"'#$<{/][^\\s\"'#]{4,600})", "APP_KEY=base64:<B44>", "DB_PASSWORD=${PASSWORD}"),
};

const RuleTable rules_more_files = { RULE_FILE, items, G_N_ELEMENTS(items) };
