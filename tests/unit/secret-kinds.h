/* SPDX-License-Identifier: MIT
 *
 * Kinds of secrets as people have them: the name that a program reads it by, and its form, by the templates of
 * scan/secret/rules/rules.h.  Made for the measure of docs/SECRETS.md, from what the vendors publish, not from the rules.
 */
#pragma once

typedef struct SecretKind {
	const char *name, *form;
} SecretKind;

#define UUID_FORM "<x8>-<x4>-4<x3>-a<x3>-<x12>"
#define PEM_FORM "-----BEGIN PRIVATE KEY-----\\n<B64>\\n<B64>\\n<B64>\\n-----END PRIVATE KEY-----\\n"

static const SecretKind secret_kinds[] = {
	/* clouds and hosting */
	{ "AWS_SECRET_ACCESS_KEY", "<B40>" }, { "AWS_ACCESS_KEY_ID", "AKIA<216>" }, { "AWS_SESSION_TOKEN", "IQoJb3JpZ2luX2VjE<B300>" }, { "AWS_BEARER_TOKEN_BEDROCK", "ABSK<B130>" },
	{ "GOOGLE_API_KEY", "AIza<w35>" }, { "GOOGLE_CLIENT_SECRET", "GOCSPX-<w28>" }, { "GCP_PRIVATE_KEY", PEM_FORM }, { "GOOGLE_REFRESH_TOKEN", "1//0<w99>" },
	{ "AZURE_CLIENT_SECRET", "<b3>8Q~<b34>" }, { "AZURE_STORAGE_KEY", "<B76>+ASt<b5>A==" }, { "AZURE_STORAGE_CONNECTION_STRING", "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=<B86>==;EndpointSuffix=core.windows.net" },
	{ "SERVICEBUS_CONNECTION", "Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=root;SharedAccessKey=<B43>=" }, { "AZURE_DEVOPS_PAT", "<b76>AZDO<b4>" }, { "ACR_PASSWORD", "<B42>+ACRA<b5>" },
	{ "AZURE_SEARCH_ADMIN_KEY", "<b42>AzSeA<b5>" }, { "COSMOS_KEY", "<B76>ACDb<b5>A==" }, { "DIGITALOCEAN_TOKEN", "dop_v1_<x64>" }, { "HEROKU_API_KEY", UUID_FORM }, { "HEROKU_TOKEN", "HRKU-AA<w58>" },
	{ "CLOUDFLARE_API_TOKEN", "<w40>" }, { "CLOUDFLARE_API_KEY", "<x37>" }, { "CLOUDFLARE_ORIGIN_CA_KEY", "v1.0-<x24>-<x146>" }, { "VERCEL_TOKEN", "<b24>" }, { "NETLIFY_AUTH_TOKEN", "nfp_<b36>" }, { "FLY_API_TOKEN", "fm2_<B160>" },
	{ "ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI<b20>" }, { "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "<b30>" }, { "TENCENTCLOUD_SECRET_ID", "AKID<b32>" }, { "TENCENTCLOUD_SECRET_KEY", "<b32>" }, { "LINODE_TOKEN", "<x64>" },
	{ "SCW_SECRET_KEY", UUID_FORM }, { "HCLOUD_TOKEN", "<b64>" }, { "VULTR_API_KEY", "<X36>" }, { "IBM_CLOUD_API_KEY", "<w44>" }, { "OVH_APPLICATION_SECRET", "<b32>" }, { "SCALINGO_API_TOKEN", "tk-us-<w48>" },
	{ "FASTLY_API_TOKEN", "<w32>" }, { "SUPABASE_ACCESS_TOKEN", "sbp_<x40>" }, { "PLANETSCALE_TOKEN", "pscale_tkn_<w43>" }, { "NEON_API_KEY", "napi_<b64>" }, { "CLICKHOUSE_SECRET", "4b1d<b38>" }, { "TAILSCALE_AUTHKEY", "tskey-auth-k<b10>CNTRL-<b32>" },
	{ "YANDEX_API_KEY", "AQVN<w36>" }, { "DIGITALOCEAN_SPACES_SECRET", "<B43>" },
	/* infrastructure */
	{ "VAULT_TOKEN", "hvs.<w95>" }, { "VAULT_BATCH_TOKEN", "hvb.<w140>" }, { "VAULT_OLD_TOKEN", "s.<b24>" }, { "VAULT_UNSEAL_KEY", "<B43>=" }, { "TFE_TOKEN", "<b14>.atlasv1.<w67>" }, { "CONSUL_HTTP_TOKEN", UUID_FORM }, { "NOMAD_TOKEN", UUID_FORM },
	{ "PULUMI_ACCESS_TOKEN", "pul-<x40>" }, { "DOPPLER_TOKEN", "dp.pt.<b43>" }, { "INFRACOST_API_KEY", "ico-<b32>" }, { "OP_SERVICE_ACCOUNT_TOKEN", "ops_eyJ<B400>" }, { "OP_SECRET_KEY", "A3-<X6>-<X6>-<X5>-<X5>-<X5>-<X5>" },
	{ "OPENSHIFT_TOKEN", "sha256~<w43>" }, { "RANCHER_TOKEN", "token-<x5>:<x54>" }, { "AGE_SECRET_KEY", "AGE-SECRET-KEY-1QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE" }, { "WG_PRIVATE_KEY", "<B43>=" },
	{ "SWARM_JOIN_TOKEN", "SWMTKN-1-<x50>-<x25>" }, { "OCTOPUS_API_KEY", "API-<X26>" }, { "HARNESS_API_KEY", "pat.<b22>.<x24>.<b20>" },
	/* forges, registries, builds */
	{ "GITHUB_TOKEN", "ghp_<b30><crc>" }, { "GH_PAT", "github_pat_<b22>_<b59>" }, { "GITLAB_TOKEN", "glpat-<w20>" }, { "CI_JOB_TOKEN", "glcbt-64_<w20>" }, { "RUNNER_TOKEN", "glrt-<w20>" }, { "BITBUCKET_APP_PASSWORD", "ATBB<b24>0A1B2C3D" },
	{ "ATLASSIAN_API_TOKEN", "ATATT3xFfGF0<w180>" }, { "NPM_TOKEN", "npm_<b30><crc>" }, { "PYPI_TOKEN", "pypi-AgEIcHlwaS5vcmc<w150>" }, { "DOCKERHUB_TOKEN", "dckr_pat_<w27>" }, { "RUBYGEMS_API_KEY", "rubygems_<x48>" },
	{ "NUGET_API_KEY", "oy2<x43>" }, { "CARGO_REGISTRY_TOKEN", "cio<b32>" }, { "ARTIFACTORY_API_KEY", "AKCp<b69>" }, { "JFROG_IDENTITY_TOKEN", "cmVmdGtu<b56>" }, { "SONAR_TOKEN", "squ_<x40>" }, { "CIRCLECI_TOKEN", "CCIPAT_<b22>_<x40>" },
	{ "BUILDKITE_API_TOKEN", "bkua_<x40>" }, { "DRONE_TOKEN", "<b32>" }, { "JENKINS_API_TOKEN", "11<x32>" }, { "CODECOV_TOKEN", UUID_FORM }, { "SNYK_TOKEN", UUID_FORM }, { "SOURCEGRAPH_TOKEN", "sgp_<x16>_<x40>" }, { "SRC_LICENSE_KEY", "slk_<x64>" },
	{ "SENTRY_AUTH_TOKEN", "sntryu_<x64>" }, { "SENTRY_DSN", "https://<x32>:<x32>@o1.ingest.sentry.io/42" }, { "GRAFANA_TOKEN", "glsa_<b32>_<x8>" }, { "DATADOG_API_KEY", "<x32>" }, { "DD_APP_KEY", "<x40>" }, { "NEW_RELIC_API_KEY", "NRAK-<X27>" },
	{ "NEW_RELIC_LICENSE_KEY", "<x36>NRAL" }, { "POSTMAN_API_KEY", "PMAK-<x24>-<x34>" }, { "LAUNCHDARKLY_SDK_KEY", "sdk-" UUID_FORM }, { "PREFECT_API_KEY", "pnu_<b36>" }, { "README_API_KEY", "rdme_<x70>" }, { "HONEYCOMB_API_KEY", "hcaik_<x58>" },
	{ "PAGERDUTY_TOKEN", "u+<b18>" }, { "ROLLBAR_ACCESS_TOKEN", "<x32>" }, { "BUGSNAG_API_KEY", "<x32>" }, { "TEAMCITY_TOKEN", "eyJ0eXAiOiAiVENWMiJ9.<w36>.<w48>" },
	/* providers of artificial intelligence */
	{ "OPENAI_API_KEY", "sk-proj-<b74>T3BlbkFJ<b74>" }, { "ANTHROPIC_API_KEY", "sk-ant-api03-<w93>AA" }, { "HF_TOKEN", "hf_<A34>" }, { "GROQ_API_KEY", "gsk_<b52>" }, { "XAI_API_KEY", "xai-<b80>" }, { "REPLICATE_API_TOKEN", "r8_<b37>" },
	{ "PERPLEXITY_API_KEY", "pplx-<b48>" }, { "LANGSMITH_API_KEY", "lsv2_pt_<x32>_<x10>" }, { "OPENROUTER_API_KEY", "sk-or-v1-<x64>" }, { "TOGETHER_API_KEY", "<x64>" }, { "MISTRAL_API_KEY", "<b32>" }, { "COHERE_API_KEY", "<b40>" },
	{ "DEEPSEEK_API_KEY", "sk-<x32>" }, { "NVIDIA_API_KEY", "nvapi-<w64>" }, { "PINECONE_API_KEY", "pcsk_<b6>_<b63>" }, { "TAVILY_API_KEY", "tvly-dev-<b32>" }, { "ELEVENLABS_API_KEY", "sk_<x48>" }, { "WANDB_API_KEY", "<x40>" }, { "DEEPGRAM_API_KEY", "<x40>" },
	{ "FIRECRAWL_API_KEY", "fc-<x32>" }, { "WEAVIATE_API_KEY", "<b36>" }, { "QDRANT_API_KEY", "<w52>" }, { "AZURE_OPENAI_API_KEY", "<x32>" },
	/* services */
	{ "SLACK_BOT_TOKEN", "xoxb-<d12>-<d12>-<b24>" }, { "SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/T<X8>/B<X8>/<b24>" }, { "DISCORD_TOKEN", "M<b23>.<b6>.<b38>" }, { "DISCORD_WEBHOOK", "https://discord.com/api/webhooks/<d18>/<w68>" },
	{ "TELEGRAM_BOT_TOKEN", "<d10>:AA<w33>" }, { "TEAMS_WEBHOOK", "https://a.webhook.office.com/webhookb2/" UUID_FORM "@" UUID_FORM "/IncomingWebhook/<x32>/" UUID_FORM }, { "LOGIC_APP_URL", "https://prod-07.westeurope.logic.azure.com:443/workflows/<x32>/triggers/manual/paths/invoke?api-version=2016-10-01&sp=%2F&sv=1.0&sig=<w43>" },
	{ "TWILIO_AUTH_TOKEN", "<x32>" }, { "TWILIO_API_KEY", "SK<x32>" }, { "SENDGRID_API_KEY", "SG.<w22>.<w43>" }, { "MAILGUN_API_KEY", "key-<x32>" }, { "MAILCHIMP_API_KEY", "<x32>-us12" }, { "BREVO_API_KEY", "xkeysib-<x64>-<b16>" }, { "POSTMARK_SERVER_TOKEN", UUID_FORM },
	{ "STRIPE_SECRET_KEY", "sk_live_<b24>" }, { "STRIPE_WEBHOOK_SECRET", "whsec_<b32>" }, { "SQUARE_ACCESS_TOKEN", "EAAA<w60>" }, { "SHOPIFY_TOKEN", "shpat_<x32>" }, { "PAYPAL_CLIENT_SECRET", "E<w79>" }, { "BRAINTREE_PRIVATE_KEY", "<x32>" }, { "PLAID_SECRET", "<x30>" },
	{ "ADYEN_API_KEY", "AQE<b60>" }, { "COINBASE_SECRET", "<b32>" }, { "BINANCE_SECRET_KEY", "<b64>" }, { "DATABRICKS_TOKEN", "dapi<x32>" }, { "SNOWFLAKE_PASSWORD", "<b7>!<b5>9" }, { "AIRTABLE_API_KEY", "pat<b14>.<x64>" }, { "NOTION_TOKEN", "ntn_<b46>" }, { "LINEAR_API_KEY", "lin_api_<b40>" },
	{ "ASANA_CLIENT_SECRET", "<x32>" }, { "ALGOLIA_ADMIN_KEY", "<x32>" }, { "OKTA_API_TOKEN", "00<b40>" }, { "AUTH0_CLIENT_SECRET", "<w64>" }, { "HUBSPOT_ACCESS_TOKEN", "pat-na1-" UUID_FORM }, { "ZENDESK_API_TOKEN", "<b40>" }, { "INTERCOM_ACCESS_TOKEN", "dG9r<b56>=" },
	{ "FRESHDESK_API_KEY", "<b20>" }, { "TRELLO_TOKEN", "ATTA<x72>" }, { "TWITTER_CONSUMER_SECRET", "<b50>" }, { "FACEBOOK_APP_SECRET", "<x32>" }, { "LINKEDIN_CLIENT_SECRET", "<b16>" }, { "SPOTIFY_CLIENT_SECRET", "<x32>" }, { "MAPBOX_TOKEN", "sk.eyJ<w80>.<w22>" },
	{ "FIGMA_TOKEN", "figd_<w40>" }, { "CONTENTFUL_TOKEN", "CFPAT-<w43>" }, { "DROPBOX_ACCESS_TOKEN", "sl.<w140>" }, { "SUMO_ACCESS_KEY", "<b64>" }, { "RAPIDAPI_KEY", "<b50>" }, { "MAXMIND_LICENSE_KEY", "<b6>_<b29>_mmk" }, { "SEGMENT_WRITE_KEY", "<b32>" },
	{ "CLOUDINARY_URL", "cloudinary://<d15>:<w27>@shop" }, { "PUSHER_SECRET", "<x20>" }, { "SIDEKIQ_PRO_CREDENTIALS", "<x8>:<x8>" },
	{ "SOFTLAYER_API_KEY", "<x64>" }, { "CLOUDANT_PASSWORD", "<x64>" }, { "COS_HMAC_SECRET_ACCESS_KEY", "<x48>" }, { "CLIENT_TOKEN", "MTA0<b20>.G<b5>.<b37>7" },
	/* what people and frameworks choose */
	{ "DATABASE_URL", "postgres://shop:<b14>@db.internal:5432/shop" }, { "MONGO_URI", "mongodb+srv://shop:<b14>@c0.x1.mongodb.net/shop" }, { "REDIS_URL", "redis://:<b18>@cache:6379/0" }, { "AMQP_URL", "amqps://shop:<b14>@mq/vh" }, { "SMTP_URL", "smtp://mail:<b12>@smtp.shop.io:587" },
	{ "DB_PASSWORD", "<b11>7" }, { "MYSQL_ROOT_PASSWORD", "<A5>-<b5>!3" }, { "ADMIN_PASSWORD", "Sommer<d4>!" }, { "LDAP_BIND_PASSWORD", "<b4>#<b4>%<b3>1" }, { "SMTP_PASS", "<A4> <A4>" }, { "KEYSTORE_PASSPHRASE", "<b20>4" },
	{ "API_SECRET", "<A5>)<A4>[<A3>$<A3>#<A5>" }, { "VPN_PASSWORD", "<A4>}<A3>*<A3>(<A4>!<A3>" }, { "DB_KENNWORT", "<b11>7" }, { "ADMIN_PASSWORT", "<b9>!3" },
	{ "JWT_SECRET", "<b48>" }, { "SECRET_KEY_BASE", "<x128>" }, { "SESSION_SECRET", "<w40>" }, { "APP_KEY", "base64:<B43>=" }, { "ENCRYPTION_KEY", "<x64>" }, { "DJANGO_SECRET_KEY", "django-insecure-<w50>" }, { "API_TOKEN", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI<w20>.<w43>" },
	{ "INTERNAL_API_KEY", "<b32>" }, { "WEBHOOK_SIGNING_SECRET", "<x40>" }, { "SIGNING_KEY", "<B43>=" }, { "SQL_CONNECTION", "Server=db;Database=shop;User Id=sa;Password=<b10>!7;Encrypt=true" },
};
