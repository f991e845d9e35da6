/* SPDX-License-Identifier: MIT
 *
 * Vendors by name: keys whose form says little, so that the vendor's name must stand before them; and some more marks.  A row is all
 * that a vendor needs: id, title, words, the name as an expression, the form of the key, an example for and one against.
 */
#include "scan/secret/rules/token.h"

#define UUID "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
#define UUID_DRAWN "<x8>-<x4>-<x4>-<x4>-<x12>"
#define KEY_OF(name, what, words, vendor, form, good, bad)                                                                     \
	{ .id = (name), .title = (what), .severity = SCAN_HIGH, .keywords = (words), .regex = "(?i:" vendor ")" GIVEN "(" form ")" TO_DASH, .entropy = 3.0, \
	  .check = check_drawn, .yes = { good }, .no = { bad } }
/* Of many services at once: what is only known is that their keys are long, so it weighs less. */
#define SERVICE_OF(name, what, words, vendors, good, bad)                                                                      \
	{ .id = (name), .title = (what), .severity = SCAN_MEDIUM, .keywords = (words), .regex = "(?i:" vendors ")" GIVEN "(" UUID "|[A-Za-z0-9_-]{32,80})" TO_DASH, .entropy = 3.0, \
	  .check = check_drawn, .yes = { good }, .no = { bad } }
#define MARK_OF(name, what, words, form, bits, good, bad) TOKEN(name, what, SCAN_HIGH, words, FROM "(" form ")" TO_DASH, bits, good, bad)

/* Words that are joined have no digits, and counters no letters. */
static RuleAnswer check_drawn(Span secret)
{
	bool digit = false, letter = false;

	for (size_t i = 0; i < secret.length; i++) {
		digit |= g_ascii_isdigit(secret.at[i]);
		letter |= g_ascii_isalpha(secret.at[i]);
	}
	return digit && letter ? RULE_YES : RULE_NO;
}

static const SecretRule items[] = {
	/* UUIDs */
	KEY_OF("consul-token-given", "HashiCorp Consul token", "consul", "consul", UUID, "consul.token=" UUID_DRAWN, "consul-id"),
	KEY_OF("nomad-token", "HashiCorp Nomad token", "nomad_token nomadtoken nomad-token nomad.token", "nomad[_.-]?token", UUID, "NOMAD_TOKEN=" UUID_DRAWN, "NOMAD_TOKEN=x"),
	KEY_OF("codecov-token-given", "Codecov token", "codecovtoken codecov-token codecov.token", "codecov[.-]?token", UUID, "codecovToken: " UUID_DRAWN, "codecov-token: x"),
	KEY_OF("snyk-token", "Snyk token", "snyk", "snyk", UUID, "SNYK_TOKEN=" UUID_DRAWN, "snyk: <x8>"),
	KEY_OF("postmark-token", "Postmark token", "postmark", "postmark", UUID, "POSTMARK_SERVER_TOKEN=" UUID_DRAWN, "postmark: <x8>"),
	KEY_OF("hubspot-key", "HubSpot key", "hubspot hapikey", "hubspot|hapikey", "(?:pat-(?:na|eu)\\d-)?" UUID, "HUBSPOT_API_KEY=" UUID_DRAWN, "hubspot: <x8>"),
	KEY_OF("sauce-key", "Sauce Labs access key", "sauce", "sauce", UUID, "SAUCE_ACCESS_KEY=" UUID_DRAWN, "sauce: <x8>"),
	KEY_OF("squarespace-token", "Squarespace token", "squarespace", "squarespace", UUID, "squarespace_token=" UUID_DRAWN, "squarespace: <x8>"),
	KEY_OF("messagebird-id", "MessageBird client id", "messagebird message_bird", "message_?bird", UUID "|[A-Za-z0-9]{25}", "MESSAGEBIRD_KEY=<b24>7", "messagebird: <b9>"),
	KEY_OF("docker-hub-key", "Docker Hub token", "dockerhub docker_hub docker-hub", "docker[_-]?hub", UUID, "DOCKERHUB_TOKEN=" UUID_DRAWN, "dockerhub: x"),
	KEY_OF("hcp-secret", "HashiCorp Cloud client secret", "hcp_client", "hcp_client_secret", "[\\w-]{64}", "HCP_CLIENT_SECRET=<w64>", "HCP_CLIENT_SECRET=x"),
	KEY_OF("kucoin-key", "KuCoin key", "kucoin", "kucoin", UUID "|[0-9a-f]{24}", "KUCOIN_SECRET=" UUID_DRAWN, "kucoin: x"),
	/* hexadecimal */
	KEY_OF("adobe-key", "Adobe client id", "adobe", "adobe", "[0-9a-f]{32}", "adobe_client_id=<x32>", "adobe: <x9>"),
	KEY_OF("algolia-key", "Algolia API key", "algolia", "algolia", "[0-9a-f]{32}|[a-z0-9]{32}", "algolia: <x32>", "algolia: <x9>"),
	KEY_OF("meraki-key", "Cisco Meraki API key", "meraki", "meraki", "[0-9a-f]{40}", "meraki_dashboard=<x40>", "meraki: <x9>"),
	KEY_OF("codeclimate-id", "Code Climate reporter id", "codeclimate cc_test_reporter", "code_?climate|cc_test_reporter_id", "[0-9a-f]{64}", "CC_TEST_REPORTER_ID=<x64>", "codeclimate: <x9>"),
	KEY_OF("facebook-secret", "Facebook app secret", "facebook fb_", "facebook|fb_(?:app_)?(?:secret|id)", "[0-9a-f]{32}", "facebook_secret=<x32>", "facebook: <x9>"),
	KEY_OF("github-oauth-secret", "GitHub OAuth secret or old token", "github", "github[\\w.-]{0,24}?(?:secret|token|key|pat|oauth|pass)", "[0-9a-f]{40}", "GITHUB_CLIENT_SECRET=<x40>", "github: <x9>"),
	KEY_OF("gitter-token", "Gitter token", "gitter", "gitter", "[\\w-]{40}", "gitter_token=<x40>", "gitter: <x9>"),
	KEY_OF("flickr-key", "Flickr key", "flickr", "flickr", "[0-9a-z]{32}", "flickr=<x32>", "flickr: <x9>"),
	KEY_OF("finicity-key", "Finicity key", "finicity", "finicity", "[0-9a-f]{32}|[0-9a-z]{20}", "finicity_key=<x32>", "finicity: <x9>"),
	KEY_OF("freshbooks-token", "FreshBooks token", "freshbooks", "freshbooks", "[0-9a-z]{64}", "freshbooks=<x64>", "freshbooks: <x9>"),
	KEY_OF("looker-secret", "Looker client id or secret", "looker", "looker", "[0-9a-zA-Z]{20}|[0-9a-zA-Z]{24}", "LOOKERSDK_CLIENT_SECRET=<b23>7", "looker: <b9>"),
	KEY_OF("mailgun-signing-key", "Mailgun key", "mailgun", "mailgun", "pubkey-[0-9a-f]{32}|[0-9a-f]{32}", "mailgun_secret=<x32>", "mailgun: <x9>"),
	KEY_OF("particle-token", "Particle access token", "particle access_token=", "particle|access_token(?==)", "[0-9a-f]{40}", "particle_token=<x40>", "particle: <x9>"),
	KEY_OF("plaid-key", "Plaid client id or secret", "plaid", "plaid", "[0-9a-f]{24}|[0-9a-f]{30}", "PLAID_CLIENT_ID=<x24>", "plaid: <x9>"),
	KEY_OF("pusher-secret", "Pusher secret", "pusher", "pusher", "[0-9a-f]{20}", "PUSHER_APP_SECRET=<x20>", "pusher: <x9>"),
	KEY_OF("rollbar-token", "Rollbar token", "rollbar", "rollbar", "[0-9a-f]{32}", "rollbar: <x32>", "rollbar: <x9>"),
	KEY_OF("sendbird-token", "Sendbird token", "sendbird", "sendbird", "[0-9a-f]{40}|" UUID, "sendbird=<x40>", "sendbird: <x9>"),
	KEY_OF("softlayer-key", "SoftLayer key", "softlayer sl_api sl-api", "softlayer|sl[_-]api[_-]?key", "[0-9a-z]{64}", "softlayer_api_key=<x64>", "softlayer: <x9>"),
	KEY_OF("cloudant-key", "Cloudant password", "cloudant clou_", "clou(?:dant)?", "[0-9a-f]{64}", "cloudant_password=<x64>", "cloudant: <x9>"),
	TOKEN("cloudant-api-key", "Cloudant API key", SCAN_MEDIUM, "cloudant", "(?i:cloudant)[\\w-]{0,20}?(?i:key|pass|pw)" GIVEN "([a-z]{24})" TO_DASH, 3.2, "cloudant_key = \"qzwxrvbtnymkplouhgfdsajc\"", "cloudant_key = cloudant_api_key_of_shop"),
	TOKEN("softlayer-address", "SoftLayer key in an address", SCAN_HIGH, "softlayer.com/soap/ softlayer.com/rest/", "softlayer\\.com/(?:soap|rest)/v3(?:\\.1)?/([0-9a-z]{64})" TO, 2.9, "https://api.softlayer.com/soap/v3/<x64>", "https://api.softlayer.com/soap/v3/<x9>"),
	KEY_OF("ibm-cos-secret", "IBM Cloud Object Storage secret", "cos_ hmac secret_access", "(?:cos|hmac|secret)[_-]?(?:hmac_)?(?:secret_)?(?:access_key|key)", "[0-9a-f]{48}", "cos_hmac_secret_access_key=<x48>", "cos_key: <x9>"),
	KEY_OF("spotify-secret", "Spotify client id or secret", "spotify", "spotify", "[0-9a-f]{32}", "SPOTIFY_ID=<x32>", "spotify: <x9>"),
	KEY_OF("asana-secret", "Asana client secret", "asana", "asana", "[a-z0-9]{32}", "asana=<x32>", "asana: <x9>"),
	KEY_OF("datadog-app-key", "Datadog application key", "ddappkey dd-app-key dd.app.key ddapikey dd.api.key", "dd[.-]?ap[ip][.-]?key", "[0-9a-f]{40}|[0-9a-f]{32}", "ddAppKey: <x40>", "ddAppKey: <x9>"),
	KEY_OF("vonage-secret", "Vonage secret", "nexmo vonage", "nexmo|vonage", "[A-Za-z0-9]{16}", "NEXMO_SECRET=<b15>7", "nexmo: <b9>"),
	KEY_OF("sonar-login", "SonarQube token", "sonar", "sonar", "[0-9a-f]{40}", "-Dsonar.login=<x40>", "sonar: <x9>"),
	KEY_OF("azure-devops-pat", "Azure DevOps personal access token", "ado_pat azure_devops azuredevops azdo vsts", "ado_pat|azure_?devops|azdo|vsts", "(?i:[a-z2-7]{52})", "ado_pat = \"<252>\"", "azdo: <x9>"),
	/* letters and digits */
	KEY_OF("auth0-secret", "Auth0 client secret", "auth0", "auth0", "[\\w-]{64,}", "AUTH0_SECRET=<w64>", "auth0: <w9>"),
	KEY_OF("beamer-token", "Beamer token", "beamer", "beamer", "b_[\\w=-]{44}", "beamer=b_<w44>", "beamer: b_x"),
	KEY_OF("bittrex-key", "Bittrex key", "bittrex", "bittrex", "[a-z0-9]{32}", "bittrex=<x32>", "bittrex: <x9>"),
	KEY_OF("bitbucket-secret", "Bitbucket client secret", "bitbucket", "bitbucket", "[\\w=-]{64}|[a-zA-Z0-9]{32}", "bitbucket_secret=<w64>", "bitbucket: <w9>"),
	KEY_OF("coinbase-key", "Coinbase key", "coinbase", "coinbase", "[\\w-]{64}", "coinbase=<w64>", "coinbase: <w9>"),
	KEY_OF("confluent-key", "Confluent key", "confluent", "confluent", "[A-Za-z0-9+/]{64}|[A-Z0-9]{16}", "confluent_secret=<b64>", "confluent: <b9>"),
	KEY_OF("contentful-key", "Contentful delivery token", "contentful", "contentful", "[\\w-]{43}", "contentful=<w43>", "contentful: <w9>"),
	KEY_OF("discord-secret", "Discord client secret", "discord", "discord", "[\\w-]{32}|[0-9a-f]{64}", "DISCORD_CLIENT_SECRET=<w32>", "discord: <w9>"),
	KEY_OF("drone-token", "Drone token", "droneci drone_ci drone_token", "drone_?ci|drone_token", "[A-Za-z0-9]{32}", "droneci=<b32>", "droneci: <b9>"),
	KEY_OF("dropbox-key", "Dropbox key", "dropbox", "dropbox", "[a-z0-9]{15}|[a-z0-9]{11}AAAAAAAAAA[\\w=-]{43}", "dropbox_secret=<x13>7z", "dropbox: <x9>"),
	KEY_OF("etsy-key", "Etsy key", "etsy", "etsy", "[a-z0-9]{24}", "etsy_key=<x24>", "etsy: <x9>"),
	KEY_OF("fastly-token", "Fastly token", "fastly", "fastly", "[\\w-]{32}", "FASTLY_KEY=<w32>", "fastly: <w9>"),
	KEY_OF("finnhub-token", "Finnhub token", "finnhub", "finnhub", "[a-z0-9]{20}(?:[a-z0-9]{20})?", "finnhub=<x20>", "finnhub: <x9>"),
	KEY_OF("kraken-key", "Kraken key", "kraken", "kraken", "[A-Za-z0-9/=_+-]{80,90}", "kraken=<B88>", "kraken: <B9>"),
	KEY_OF("linkedin-secret", "LinkedIn client id or secret", "linkedin linked_in linked-in", "linked[_-]?in", "[A-Za-z0-9]{14}|[A-Za-z0-9]{16}", "linkedin_secret=<b15>7", "linkedin: <b9>"),
	KEY_OF("mattermost-token", "Mattermost token", "mattermost", "mattermost", "[a-z0-9]{26}", "mattermost=<x26>", "mattermost: <x9>"),
	KEY_OF("netlify-token-given", "Netlify token", "netlify", "netlify", "[\\w=-]{40,46}", "netlify=<w43>", "netlify: <w9>"),
	KEY_OF("nytimes-key", "New York Times key", "nytimes new-york-times newyorktimes", "nytimes|new-?york-?times", "[\\w=-]{32}", "nytimes=<w32>", "nytimes: <w9>"),
	KEY_OF("rapidapi-key", "RapidAPI key", "rapidapi", "rapidapi", "[\\w-]{50}", "X-RapidAPI-Key: <b50>", "rapidapi: <b9>"),
	KEY_OF("sumologic-key", "Sumo Logic key", "sumo", "sumo", "su[A-Za-z0-9]{12}|[A-Za-z0-9]{64}", "sumo_key=<b64>", "sumo: <b9>"),
	KEY_OF("trello-key", "Trello key", "trello", "trello", "[0-9a-zA-Z]{32}", "trello_key=<x32>", "trello: <x9>"),
	KEY_OF("twitch-key", "Twitch key", "twitch", "twitch", "[a-z0-9]{30}", "twitch=<x30>", "twitch: <x9>"),
	KEY_OF("twitter-key", "Twitter key or secret", "twitter", "twitter", "[A-Za-z0-9]{25}|[A-Za-z0-9]{45}|[A-Za-z0-9]{50}|\\d{15,25}-[A-Za-z0-9]{20,40}|A{18,24}[A-Za-z0-9%]{60,120}", "twitter_secret=<b50>", "twitter: <b9>"),
	KEY_OF("zendesk-key", "Zendesk key", "zendesk", "zendesk", "[A-Za-z0-9]{40}", "zendesk=<b40>", "zendesk: <b9>"),
	KEY_OF("intercom-key", "Intercom key", "intercom", "intercom", "[\\w=-]{60}", "intercom=<b60>", "intercom: <b9>"),
	KEY_OF("aiven-token", "Aiven token", "aiven", "aiven", "[A-Za-z0-9/+=]{372}", "aiven_token=<B372>", "aiven: <B9>"),
	KEY_OF("kagi-key", "Kagi key", "kagi", "kagi", "[\\w-]{11}\\.[\\w-]{43}|[\\w-]{40,60}", "kagi=<w11>.<w43>", "kagi: <w9>"),
	KEY_OF("nasa-key", "NASA API key", "nasa", "nasa", "[A-Za-z0-9]{40}", "nasa_key=<b40>", "nasa: <b9>"),
	KEY_OF("thingsboard-token", "ThingsBoard token", "thingsboard provisiondevice", "thingsboard|provisionDevice(?:Key|Secret)", "[A-Za-z0-9]{20}", "provisionDeviceSecret: <b19>7", "thingsboard: <b9>"),
	KEY_OF("blynk-token", "Blynk token", "blynk", "blynk", "[\\w-]{32,40}", "BLYNK_AUTH_TOKEN \"<w32>\"", "blynk: <w9>"),
	KEY_OF("google-oauth-old-secret", "Google OAuth client secret", "google", "google[_-]?client[_-]?secret", "[\\w-]{24}", "GOOGLE_CLIENT_SECRET=<w24>", "google_client_secret: <w9>"),
	KEY_OF("artifactory-key", "Artifactory key", "artifactory", "artifactory", "AP[\\w]{10,}|[A-Za-z0-9]{73}", "artifactory=<b73>", "artifactory: <b9>"),
	KEY_OF("vault-unseal-key", "HashiCorp Vault unseal key", "unseal", "unseal[_ .-]?key(?: \\d)?|unseal", "[A-Za-z0-9+/]{43,44}=?|[0-9a-f]{64,66}", "Unseal Key 1: <B44>", "unseal: x"),
	KEY_OF("yandex-key", "Yandex key", "yandex yc_", "yandex|yc_", "AQVN[\\w-]{35,38}|t1\\.[\\w=-]+\\.[\\w=-]{86}|YC[\\w-]{38}", "yandex=AQVN<w36>", "yandex: <w9>"),
	KEY_OF("paypal-secret", "PayPal client secret", "paypal", "paypal", "E[\\w-]{79}", "paypal=E<w79>", "paypal: <w9>"),
	KEY_OF("maxmind-key", "MaxMind license key", "maxmind _mmk", "(?:maxmind|geoip)?", "[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk", "maxmind=<b6>_<b29>_mmk", "maxmind: <b9>"),
	TOKEN("vault-unseal-command", "HashiCorp Vault unseal key", SCAN_HIGH, "operator unseal", "operator unseal[ \\t]+(?:-\\S+[ \\t]+){0,4}([A-Za-z0-9+/]{43,44}=?)", 4.0, "vault operator unseal <B44>", "vault operator unseal"),
	TOKEN("truenas-key", "TrueNAS key", SCAN_HIGH, "api_key truenas bearer", "[^\\n]{0,80}?[\"' ](\\d{1,3}-[A-Za-z0-9]{64})" TO, 4.0, "truenas: '8-<b64>'", "truenas: '8-<b9>'"),
	TOKEN("thingsboard-address", "ThingsBoard token in an address", SCAN_MEDIUM, "/telemetry /attributes", "(?<=/api/v1/([A-Za-z0-9]{20}))/(?:telemetry|attributes)", 3.0, "https://t.net/api/v1/<b19>7/telemetry", "https://t.net/api/v1/telemetry"),
	KEY_OF("shortcut-token", "Shortcut token", "shortcut clubhouse", "shortcut|clubhouse", UUID, "SHORTCUT_API_TOKEN=" UUID_DRAWN, "shortcut: <x8>"),
	KEY_OF("opsgenie-key", "Opsgenie key", "opsgenie", "opsgenie", UUID, "OPSGENIE_API_KEY=" UUID_DRAWN, "opsgenie: <x8>"),
	KEY_OF("onesignal-key", "OneSignal key", "onesignal", "onesignal", UUID "|[A-Za-z0-9]{48}", "onesignal token: " UUID_DRAWN, "onesignal: <x8>"),
	KEY_OF("docusign-key", "DocuSign key", "docusign", "docusign", UUID, "docusign_secret=" UUID_DRAWN, "docusign: <x8>"),
	KEY_OF("railway-token", "Railway token", "railway", "railway(?:_?app)?", UUID, "RAILWAY_TOKEN=" UUID_DRAWN, "railway: <x8>"),
	KEY_OF("npm-token-old", "npm token of the old form", "npm", "npm[_-]?(?:auth[_-]?)?token", UUID, "NPM_TOKEN=" UUID_DRAWN, "npm_token: <x8>"),
	KEY_OF("mux-token", "Mux token", "mux_token mux-token muxtoken", "mux[_-]?token", UUID "|[A-Za-z0-9+/]{75}", "MUX_TOKEN_ID=" UUID_DRAWN, "mux_token: <x8>"),
	KEY_OF("sourcegraph-token-given", "Sourcegraph token of the old form", "sourcegraph", "sourcegraph", "[0-9a-f]{40}", "SRC_SOURCEGRAPH_TOKEN=<x40>", "sourcegraph: <x9>"),
	KEY_OF("cloudsmith-key", "Cloudsmith key", "cloudsmith", "cloudsmith", "[0-9a-f]{40}", "cloudsmith=<x40>", "cloudsmith: <x9>"),
	/* Services whose keys are hexadecimal digits, letters and digits, or UUIDs, of no form of their own. */
	SERVICE_OF("service-key-given", "Key of a service", "adzuna airbrake airship alchemy alienvault apacta apiflash apimetrics apitemplate assemblyai audd autoklose aviationstack aylien",
		"adzuna|airbrake|airship|alchemy|alienvault|apacta|apiflash|apimetrics|apitemplate|assemblyai|audd|autoklose|aviationstack|aylien", "assemblyai=<x32>", "assemblyai: <x9>"),
	SERVICE_OF("service-key-given-b", "Key of a service", "billomat bitmex blocknative browserstack browshot calendly captaindata checkvist chatbot clearbit cloudimage cloudmersive coinlayer convertkit currencycloud",
		"billomat|bitmex|blocknative|browserstack|browshot|calendly|captaindata|checkvist|chatbot|clearbit|cloudimage|cloudmersive|coinlayer|convertkit|currencycloud", "blocknative_secret=" UUID_DRAWN, "clearbit: <x9>"),
	SERVICE_OF("service-key-given-l", "Key of a service", "instamojo interseller ipinfo keenio liveagent loggly loginradius magicbell metabase mixpanel moosend nutritionix onelogin pandascore pinata plivo poloniex proxycrawl",
		"instamojo|interseller|ipinfo|keenio|liveagent|loggly|loginradius|magicbell|metabase|mixpanel|moosend|nutritionix|onelogin|pandascore|pinata|plivo|poloniex|proxycrawl", "mixpanel_secret=<x32>", "plivo: <x9>"),
	SERVICE_OF("service-key-given-r", "Key of a service", "repairshopr ringcentral scrapingbee shutterstock signalwire siteleaf smartsheet smartystreets smooch strava stytch thinkific thousandeyes typetalk uploadcare webex websitepulse zenscrape zipcodebase zulip",
		"repairshopr|ringcentral|scrapingbee|shutterstock|signalwire|siteleaf|smartsheets?|smartystreets|smooch|strava|stytch|thinkific|thousandeyes|typetalk|uploadcare|webex|websitepulse|zenscrape|zipcodebase|zulip", "STRAVA_SECRET=<x40>", "strava: <x9>"),
	/* with a mark of their own */
	MARK_OF("grafana-key", "Grafana API key", "eyjrijoi", "eyJrIjoi[A-Za-z0-9+/=]{60,400}", 3.5, "eyJrIjoi<B90>", "eyJrIjoi<B9>"),
	MARK_OF("adobe-secret", "Adobe client secret", "p8e-", "p8e-[A-Za-z0-9-]{32,40}", 3.5, "p8e-<b32>", "p8e-<b9>"),
	MARK_OF("authress-key", "Authress key", "sc_ ext_ scauth_ authress_", "(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\\.[a-z0-9]{4,6}\\.acc[_-][a-z0-9-]{10,32}\\.[A-Za-z0-9+/_=-]{30,120}", 3.5, "sc_<x20>.<x4>.acc_<x16>.<w60>", "sc_<x20>"),
	MARK_OF("clickhouse-key", "ClickHouse Cloud secret key", "4b1d", "4b1d[A-Za-z0-9]{38}", 3.5, "4b1d<b38>", "4b1d<b9>"),
	MARK_OF("defined-key", "Defined Networking key", "dnkey-", "dnkey-[a-z0-9=_-]{26}-[a-z0-9=_-]{52}", 3.0, "dnkey-<x26>-<x52>", "dnkey-<x9>"),
	MARK_OF("duffel-token", "Duffel token", "duffel_", "duffel_(?:test|live)_[\\w=-]{43}", 3.5, "duffel_live_<w43>", "duffel_live_<w9>"),
	MARK_OF("easypost-test-key", "EasyPost test key", "eztk", "EZTK[A-Za-z0-9]{54}", 3.5, "EZTK<b54>", "EZTK<b9>"),
	MARK_OF("flutterwave-test-key", "Flutterwave key", "flwseck_test flwpubk_test", "FLW(?:SECK|PUBK)_TEST-?[0-9a-h]{12,32}(?:-X)?", 3.0, "FLWSECK_TEST-<x32>-X", "FLWSECK_TEST-<x5>"),
	MARK_OF("frameio-token", "Frame.io token", "fio-u-", "fio-u-[\\w=-]{64}", 3.5, "fio-u-<w64>", "fio-u-<w9>"),
	MARK_OF("gocardless-token", "GoCardless token", "live_", "live_[\\w=-]{40}", 4.0, "live_<w40>", "live_<w9>"),
	MARK_OF("harness-key", "Harness key", "pat. sat.", "[ps]at\\.[\\w-]{22}\\.[0-9a-f]{24}\\.[A-Za-z0-9]{20}", 3.5, "pat.<b22>.<x24>.<b20>", "pat.<b22>"),
	MARK_OF("hubspot-token", "HubSpot token", "pat-na1- pat-eu1- pat-na2-", "pat-(?:na|eu)\\d-" UUID, 3.0, "pat-na1-" UUID_DRAWN, "pat-na1-x"),
	MARK_OF("infracost-key", "Infracost key", "ico-", "ico-[A-Za-z0-9]{32}", 3.5, "ico-<b32>", "ico-<b9>"),
	MARK_OF("intra42-secret", "42 client secret", "s-s4t2", "s-s4t2(?:ud|af)-[0-9a-f]{64}", 3.0, "s-s4t2ud-<x64>", "s-s4t2ud-<x9>"),
	MARK_OF("lob-key", "Lob key", "live_ test_", "(?:live|test)_(?:pub_)?(?:[0-9a-f]{35}|[0-9a-f]{31})", 3.0, "live_<x35>", "live_<x9>"),
	MARK_OF("new-relic-insert-key", "New Relic key", "nrii- nriq- nrjs- nral- nrrs- nrbr-", "NR(?:II|IQ|JS|AL|RS|BR)-[A-Za-z0-9_-]{19,40}", 3.0, "NRII-<b32>", "NRII-<b9>"),
	TOKEN("new-relic-license-key", "New Relic license key", SCAN_HIGH, "nral", "(?<=([0-9a-fA-F]{36}))NRAL" TO, 3.0, "license_key: <x36>NRAL", "license_key: NRAL"),
	MARK_OF("pixie-key", "New Relic Pixie key", "px-api- px-dep-", "px-(?:api|dep)-" UUID, 3.0, "px-api-" UUID_DRAWN, "px-api-x"),
	MARK_OF("octopus-key", "Octopus Deploy key", "api-", "API-[A-Z0-9]{26}", 3.0, "API-<X26>", "API-<X9>"),
	MARK_OF("openshift-token", "OpenShift token", "sha256~", "sha256~[\\w-]{43}", 3.5, "sha256~<w43>", "sha256~<w9>"),
	MARK_OF("rancher-token", "Rancher token", "token-", "token-[a-z0-9]{5}:[a-z0-9]{54}", 3.0, "token-<x5>:<x54>", "token-<x5>"),
	MARK_OF("scalingo-token", "Scalingo token", "tk-us-", "tk-us-[\\w-]{48}", 3.5, "tk-us-<w48>", "tk-us-<w9>"),
	MARK_OF("settlemint-token", "SettleMint token", "sm_pat_ sm_aat_ sm_sat_", "sm_[pas]at_[A-Za-z0-9]{16}", 3.0, "sm_pat_<b16>", "sm_pat_<b9>"),
	MARK_OF("shippo-token", "Shippo token", "shippo_live_ shippo_test_", "shippo_(?:live|test)_[0-9a-fA-F]{40}", 3.0, "shippo_live_<x40>", "shippo_live_<x9>"),
	MARK_OF("aws-mws-token", "Amazon MWS token", "amzn.mws.", "amzn\\.mws\\." UUID, 3.0, "amzn.mws." UUID_DRAWN, "amzn.mws.x"),
	MARK_OF("aws-appsync-key", "AWS AppSync key", "da2-", "da2-[a-z0-9]{26}", 3.0, "da2-<x26>", "da2-<x9>"),
	MARK_OF("dependency-track-key", "Dependency-Track key", "odt_", "odt_(?:[A-Za-z0-9]{8}_)?[A-Za-z0-9]{32,40}", 3.5, "odt_<b32>", "odt_<b9>"),
	MARK_OF("firecrawl-key", "Firecrawl key", "fc-", "fc-[0-9a-f]{32}", 3.0, "fc-<x32>", "fc-<x9>"),
	MARK_OF("segment-token", "Segment token", "sgp_", "sgp_[A-Za-z0-9]{64}", 3.5, "sgp_<b64>", "sgp_<b9>"),
	MARK_OF("stackhawk-key", "StackHawk key", "hawk.", "hawk\\.[\\w-]{20}\\.[\\w-]{20}", 3.5, "hawk.<w20>.<w20>", "hawk.<w20>"),
	MARK_OF("teamcity-token", "TeamCity token", "eyj0exaioiaiv", "eyJ0eXAiOiAiVENWMiJ9\\.[\\w-]{36}\\.[\\w-]{48}", 3.5, "eyJ0eXAiOiAiVENWMiJ9.<w36>.<w48>", "eyJ0eXAiOiAiVENWMiJ9.<w9>"),
	MARK_OF("twitch-stream-key", "Twitch stream key", "live_", "live_\\d{8,10}_[A-Za-z0-9]{30}", 3.5, "live_<d9>_<b30>", "live_<d9>"),
	MARK_OF("trello-token", "Trello token", "atta", "ATTA[0-9a-f]{72}", 3.0, "ATTA<x72>", "ATTA<x9>"),
	MARK_OF("sourcegraph-license-key", "Sourcegraph license key or dot-com token", "slk_ sgd_", "slk_[0-9a-f]{64}|sgd_[0-9a-f]{64}", 3.0, "slk_<x64>", "slk_<x9>"),
	MARK_OF("honeycomb-key", "Honeycomb key", "hcaik_ hcbik_ hcxik_ hcamk_", "hc[abx](?:ik|mk)_[a-z0-9]{58}", 3.0, "hcaik_<x58>", "hcaik_<x9>"),
	MARK_OF("neon-key", "Neon key", "napi_", "napi_[a-z0-9A-Z]{64}", 3.5, "napi_<b64>", "napi_<b9>"),
	MARK_OF("adyen-key", "Adyen key", "aqe", "AQE[a-z][A-Za-z0-9+/=_-]{140,260}", 4.0, "AQEx<b180>", "AQEx<b9>"),
	MARK_OF("laravel-key", "Key of a Laravel application", "base64:", "(?<=[=:\"' ])base64:[A-Za-z0-9+/]{43}=", 4.0, "APP_KEY=base64:<B43>=", "base64:<B9>"),
	MARK_OF("prod-secret-key", "Secret key of a service", "sk_prod_", "sk_prod_[A-Za-z0-9]{24,64}", 3.5, "sk_prod_<b40>", "sk_prod_<b9>"),
	MARK_OF("cloudinary-url", "Address of Cloudinary with its secret", "cloudinary://", "cloudinary://\\d{10,20}:[\\w-]{20,40}@[\\w-]{2,60}", 3.0, "cloudinary://<d15>:<w27>@shop", "cloudinary://<d15>"),
	MARK_OF("castai-key", "CAST AI key", "castai_v1_", "castai_v1_[0-9a-f]{64}(?:_[0-9a-f]{8})?", 3.0, "castai_v1_<x64>", "castai_v1_<x9>"),
	MARK_OF("chargebee-key", "Chargebee key", "live_ test_", "(?:live|test)_cu[A-Za-z0-9]{30,60}", 3.8, "live_cu<b40>", "live_cu<b9>"),
	MARK_OF("apify-token", "Apify token", "apify_api_", "apify_api_[A-Za-z0-9]{34,40}", 3.5, "apify_api_<b36>", "apify_api_<b9>"),
	MARK_OF("alchemy-key", "Alchemy key", "alcht_", "alcht_[A-Za-z0-9]{30}", 3.5, "alcht_<b30>", "alcht_<b9>"),
	MARK_OF("bitbucket-server-token", "Bitbucket Data Center token", "bbdc-", "BBDC-[A-Za-z0-9+/@_-]{40,50}", 3.5, "BBDC-<b44>", "BBDC-<b9>"),
	MARK_OF("rootly-key", "Rootly key", "rootly_", "rootly_[0-9a-f]{64}", 3.0, "rootly_<x64>", "rootly_<x9>"),
	MARK_OF("spectral-key", "Spectral key", "spu-", "spu-[0-9a-f]{32}", 3.0, "spu-<x32>", "spu-<x9>"),
	MARK_OF("portainer-token", "Portainer token", "ptr_", "ptr_[A-Za-z0-9+/]{43}=", 3.8, "ptr_<B43>=", "ptr_<B9>"),
	MARK_OF("teamwork-token", "Teamwork token", "tkn.v1_", "tkn\\.v1_[A-Za-z0-9]{60,90}={0,2}", 3.5, "tkn.v1_<b71>=", "tkn.v1_<b9>"),
	MARK_OF("ramp-secret", "Ramp client secret", "ramp_sec_", "ramp_sec_[A-Za-z0-9]{48}", 3.5, "ramp_sec_<b48>", "ramp_sec_<b9>"),
	MARK_OF("pubnub-key", "PubNub secret or keys", "sec-c- sub-c-", "sec-c-[A-Za-z0-9+/]{48}|sub-c-[0-9a-z]{8}(?:-[0-9a-z]{4}){3}-[0-9a-z]{12}", 3.0, "sec-c-<b48>", "sub-c-<x9>"),
	MARK_OF("bannerbear-key", "Bannerbear key", "bb_pr_ bb_ma_", "bb_(?:pr|ma)_[0-9a-f]{30}", 3.0, "bb_pr_<x30>", "bb_pr_<x9>"),
	MARK_OF("photoroom-key", "Photoroom key", "sk_pr_", "sk_pr_\\w{1,32}_[0-9a-f]{40}", 3.0, "sk_pr_shop_<x40>", "sk_pr_<x9>"),
	MARK_OF("zapier-webhook", "Zapier webhook", "hooks.zapier.com/hooks/catch/", "hooks\\.zapier\\.com/hooks/catch/\\d{4,10}/[a-z0-9]{5,10}", 3.0, "https://hooks.zapier.com/hooks/catch/<d7>/<x7>", "https://hooks.zapier.com/hooks/catch/"),
	TOKEN("tines-webhook", "Tines webhook", SCAN_HIGH, ".tines.com/webhook/", "\\.tines\\.com/webhook/([a-z0-9]{32}/[a-z0-9]{32})" TO, 3.0, "https://shop.tines.com/webhook/<x32>/<x32>", "https://shop.tines.com/webhook/"),
	TOKEN("new-relic-mobile-token", "New Relic token of a mobile application", SCAN_MEDIUM, "-nrma", "(?<=([0-9a-fx]{36}))-NRMA" TO, 3.0, "eu01xx<x36>-NRMA", "<x9>-NRMA"),
	TOKEN("entra-refresh-token", "Microsoft Entra refresh token", SCAN_HIGH, ".agab", "(?<=[\\w-]{20})(\\.AgAB[\\w.-]{150,2000})", 4.0, "0.A<w60>.AgAB<w300>", "0.A<w60>.AgAB<w20>"),
	KEY_OF("sidekiq-credentials", "Credentials of Sidekiq's packages", "contribsys sidekiq_pro sidekiq-pro sidekiqpro sidekiq.pro sidekiq.ent sidekiq_ent", "contribsys|sidekiq[._-]?(?:pro|ent)", "[0-9a-f]{8}:[0-9a-f]{8}", "BUNDLE_GEMS__CONTRIBSYS__COM=<x8>:<x8>", "sidekiq_pro: x"),
};

const RuleTable rules_vendor = { RULE_TOKEN, items, G_N_ELEMENTS(items) };
