/* SPDX-License-Identifier: MIT
 *
 * Clouds, hosting, infrastructure.  The forms are what the vendors' own documents and consoles show.
 */
#include "scan/secret/rules/token.h"

#define UUID "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"

static const SecretRule items[] = {
	TOKEN("aws-access-key-id", "AWS access key id", SCAN_MEDIUM, "akia asia abia acca", FROM "((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})" TO, 3.0,
		"aws_access_key_id = AKIA<216>", "AKIAIOSFODNN7EXAMPLE"),
	TOKEN("aws-secret-key", "AWS secret access key", SCAN_HIGH, "aws_secret awssecret secret_access_key secretaccesskey secret_key secretkey",
		"(?i:(?:aws_?)?secret[_ ]?(?:access[_ ]?)?(?:key)?(?:_id)?)" GIVEN "([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])", 4.0, "aws_secret_access_key = <B40>",
		"aws_secret_access_key = <x40>"),
	TOKEN("aws-session-token", "AWS session token", SCAN_MEDIUM, "aws_session_token sessiontoken", "(?i:aws_session_token|SessionToken)" GIVEN "([A-Za-z0-9/+=]{100,1500})", 4.0,
		"AWS_SESSION_TOKEN=<B200>", "AWS_SESSION_TOKEN=<B20>"),
	TOKEN("aws-bedrock-key", "AWS Bedrock API key", SCAN_HIGH, "absk", FROM "(ABSK[A-Za-z0-9+/]{100,140}={0,2})", 4.0, "ABSK<B120>", "ABSK<B20>"),
	{ .id = "google-api-key", .title = "Google API key", .severity = SCAN_HIGH, .keywords = "aiza", .entropy = 3.5, .shipped = true, .regex = FROM "(AIza[\\w-]{35})" TO_DASH,
	  .yes = { "key=AIza<w35>" }, .no = { "AIza<w20>" } },
	TOKEN("google-oauth-secret", "Google OAuth client secret", SCAN_HIGH, "gocspx-", FROM "(GOCSPX-[\\w-]{28})" TO_DASH, 3.5, "GOCSPX-<w28>", "GOCSPX-<w9>"),
	TOKEN("google-oauth-token", "Google OAuth access token", SCAN_MEDIUM, "ya29.", FROM "(ya29\\.[\\w-]{40,800})", 3.5, "ya29.<w80>", "ya29.<w10>"),
	TOKEN("google-refresh-token", "Google OAuth refresh token", SCAN_HIGH, "1//0", FROM "(1//0[\\w-]{60,200})", 3.5, "\"refresh_token\": \"1//0<w99>\"", "http://1//0<w9>"),
	TOKEN("azure-storage-key", "Azure storage account key", SCAN_HIGH, "accountkey=", "(?i:AccountKey)=([A-Za-z0-9+/]{86}==)", 4.0,
		"AccountName=a;AccountKey=<B86>==;EndpointSuffix=core", "AccountKey=<B20>=="),
	TOKEN("azure-shared-access-key", "Azure shared access key", SCAN_HIGH, "sharedaccesskey=", "(?i:SharedAccessKey)=([A-Za-z0-9+/]{42,86}={1,2})", 3.5,
		"Endpoint=sb://x/;SharedAccessKeyName=root;SharedAccessKey=<B43>=", "SharedAccessKey=<B9>="),
	TOKEN("azure-sas", "Azure shared access signature", SCAN_HIGH, "sig=", "sig=([A-Za-z0-9%]{43,60}%3[dD])", 3.5, "?sv=2022-11-02&sp=r&sig=<b43>%3D", "sig=<b9>"),
	TOKEN("azure-client-secret", "Microsoft Entra client secret", SCAN_HIGH, "8q~ 7q~", "(?<=[\\w~.-]{3})[78]Q~([\\w~.-]{31,34})(?![\\w~.-])", 3.5, "abc8Q~<b34>", "abc8Q~<b9>"),
	TOKEN("azure-devops-token", "Azure DevOps personal access token", SCAN_HIGH, "azdo", "(?<=([A-Za-z0-9]{76}))AZDO[A-Za-z0-9]{4}" TO, 0, "<b76>AZDO<b4>", "<b40>AZDO<b4>"),
	TOKEN("digitalocean-token", "DigitalOcean token", SCAN_HIGH, "dop_v1_ doo_v1_ dor_v1_", FROM "(do[por]_v1_[0-9a-f]{64})" TO, 3.0, "dop_v1_<x64>", "dop_v1_<x32>"),
	TOKEN("digitalocean-spaces-key", "DigitalOcean Spaces secret", SCAN_MEDIUM, "do00", FROM "(DO00[A-Z0-9]{16})" TO, 3.0, "DO00<X16>", "DO00<X9>"),
	TOKEN("heroku-key", "Heroku API key", SCAN_HIGH, "hrku-", FROM "(HRKU-[\\w-]{36,64})" TO_DASH, 3.0, "HRKU-AA<w58>", "HRKU-<w9>"),
	TOKEN("heroku-key-given", "Heroku API key", SCAN_HIGH, "heroku", "(?i:heroku)" GIVEN "(" UUID ")" TO, 3.0, "HEROKU_API_KEY=<x8>-<x4>-<x4>-<x4>-<x12>", "heroku ps <x8>-<x4>"),
	TOKEN("vault-token", "HashiCorp Vault token", SCAN_HIGH, "hvs. hvb. hvr.", FROM "(hv[sbr]\\.[\\w-]{24,300})" TO_DASH, 3.5, "VAULT_TOKEN=hvs.<w95>", "hvs.<w9>"),
	TOKEN("vault-batch-token", "HashiCorp Vault batch token", SCAN_HIGH, "b.aaaaaq", FROM "(b\\.AAAAAQ[\\w-]{80,300})" TO_DASH, 3.5, "b.AAAAAQ<w120>", "b.AAAAAQ<w9>"),
	TOKEN("vault-token-plain", "HashiCorp Vault token", SCAN_MEDIUM, "s. r.", "(?<=[:= \"'])([sr]\\.(?=(?:[A-Za-z]*\\d){2})[A-Za-z0-9]{24})(?![\\w.(-])", 4.0, "token: s.7<b10>4<b12>", "this.<b24>"),
	TOKEN("vault-token-old", "HashiCorp Vault token", SCAN_HIGH, "vault_token vault-token vaulttoken vault.token vault_root vault-root vault_dev", "(?i:vault[\\w.-]{0,16}token)" GIVEN "([sbr]\\.[A-Za-z0-9]{24}|[sbr]\\.[\\w-]{60,200})" TO, 3.0, "VAULT_TOKEN=s.<b24>", "vault_token: s.<b9>"),
	TOKEN("terraform-cloud-token", "Terraform Cloud token", SCAN_HIGH, ".atlasv1.", "(?<=[A-Za-z0-9]{14})(\\.atlasv1\\.[\\w-]{60,70})" TO_DASH, 3.5, "token = \"<b14>.atlasv1.<w67>\"", "<b14>.atlasv1.<w9>"),
	TOKEN("consul-token", "HashiCorp Consul token", SCAN_HIGH, "consul_http_token", "(?i:consul_http_token)" GIVEN "(" UUID ")" TO, 3.0, "CONSUL_HTTP_TOKEN=<x8>-<x4>-<x4>-<x4>-<x12>", "CONSUL_HTTP_TOKEN=none"),
	TOKEN("pulumi-token", "Pulumi access token", SCAN_HIGH, "pul-", FROM "(pul-[0-9a-f]{40})" TO, 3.0, "pul-<x40>", "pul-<x9>"),
	TOKEN("doppler-token", "Doppler token", SCAN_HIGH, "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", FROM "(dp\\.(?:pt|st|ct|sa|scim|audit)\\.(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,44})" TO, 3.5, "dp.pt.<b43>", "dp.pt.<b9>"),
	TOKEN("fly-token", "Fly.io token", SCAN_HIGH, "fm2_ flyv1 fo1_", FROM "((?:FlyV1 )?(?:fm2_[A-Za-z0-9+/=]{100,}|fo1_[\\w-]{43}))", 3.5, "FLY_API_TOKEN=fm2_<B140>", "fm2_<B20>"),
	TOKEN("cloudflare-token", "Cloudflare API token", SCAN_HIGH, "cloudflare cf_api", "(?i:cloudflare|cf_api)" GIVEN "([\\w-]{40}|[0-9a-f]{37})" TO_DASH, 3.5, "CLOUDFLARE_API_TOKEN=<b40>", "cloudflare: <b9>"),
	TOKEN("cloudflare-origin-key", "Cloudflare origin CA key", SCAN_HIGH, "v1.0-", FROM "(v1\\.0-[0-9a-f]{24}-[0-9a-f]{146})" TO, 3.0, "v1.0-<x24>-<x146>", "v1.0-<x24>"),
	TOKEN("alibaba-key-id", "Alibaba Cloud access key id", SCAN_MEDIUM, "ltai", FROM "(LTAI[A-Za-z0-9]{17,21})" TO, 3.5, "LTAI<b20>", "LTAI<b9>"),
	TOKEN("tencent-key-id", "Tencent Cloud secret id", SCAN_MEDIUM, "akid", FROM "(AKID[A-Za-z0-9]{32})" TO, 3.5, "AKID<b32>", "AKID<b9>"),
	TOKEN("linode-token", "Linode token", SCAN_HIGH, "linode", "(?i:linode)" GIVEN "([0-9a-f]{64})" TO, 3.0, "LINODE_TOKEN=<x64>", "linode=<x9>"),
	TOKEN("scaleway-secret", "Scaleway secret key", SCAN_HIGH, "scw", "(?i:scw[_.-]?secret)" GIVEN "(" UUID ")" TO, 3.0, "SCW_SECRET_KEY=<x8>-<x4>-<x4>-<x4>-<x12>", "SCW_SECRET_KEY=x"),
	TOKEN("planetscale-token", "PlanetScale token", SCAN_HIGH, "pscale_", FROM "(pscale_(?:tkn|pw|oauth)_[\\w.=-]{32,64})" TO_DASH, 3.5, "pscale_tkn_<w43>", "pscale_tkn_<w9>"),
	TOKEN("supabase-token", "Supabase token", SCAN_HIGH, "sbp_ sb_secret_", FROM "(sbp_[0-9a-f]{40}|sb_secret_[\\w-]{31,})" TO_DASH, 3.0, "sbp_<x40>", "sbp_<x9>"),
	TOKEN("tailscale-key", "Tailscale key", SCAN_HIGH, "tskey-", FROM "(tskey-[a-z]{2,12}-[A-Za-z0-9]{8,20}(?:CNTRL)?-[A-Za-z0-9]{16,40})" TO, 3.5, "tskey-auth-k<b10>CNTRL-<b32>", "tskey-auth-<b4>"),
	TOKEN("netlify-token", "Netlify token", SCAN_HIGH, "nfp_", FROM "(nfp_[A-Za-z0-9]{36,40})" TO, 3.5, "nfp_<b36>", "nfp_<b9>"),
	TOKEN("dynatrace-token", "Dynatrace token", SCAN_HIGH, "dt0c01. dt0s01.", FROM "(dt0[cs]01\\.[A-Z0-9]{24}\\.[A-Z0-9]{64})" TO, 3.5, "dt0c01.<X24>.<X64>", "dt0c01.<X24>"),
	TOKEN("docker-swarm-token", "Docker swarm join token", SCAN_HIGH, "swmtkn-1-", FROM "(SWMTKN-1-[a-z0-9]{50}-[a-z0-9]{25})" TO, 3.5, "SWMTKN-1-<x50>-<x25>", "SWMTKN-1-<x9>"),
	TOKEN("docker-swarm-unlock-key", "Docker swarm unlock key", SCAN_HIGH, "swmkey-1-", FROM "(SWMKEY-1-[A-Za-z0-9+/]{43})", 3.5, "SWMKEY-1-<B43>", "SWMKEY-1-<B9>"),
	TOKEN("kubernetes-bootstrap-token", "Kubernetes bootstrap token", SCAN_MEDIUM, "--token", "--token[ =]([a-z0-9]{6}\\.[a-z0-9]{16})" TO, 3.0, "kubeadm join --token <x6>.<x16>", "--token abc.def"),
};

const RuleTable rules_cloud = { RULE_TOKEN, items, G_N_ELEMENTS(items) };
