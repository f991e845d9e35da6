/* SPDX-License-Identifier: MIT
 *
 * Messages, mail, payment, shops, other services.
 */
#include "scan/secret/rules/token.h"
#include "scan/secret/text/token-form.h"

static const SecretRule items[] = {
	TOKEN("slack-token", "Slack token", SCAN_HIGH, "xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxe- xoxe.", FROM "(xox[bpareos](?:[-.]\\d)?[-.](?:[A-Za-z0-9]{2,20}-){0,4}[A-Za-z0-9-]{20,250})", 2.6, "xoxb-<d12>-<d12>-<b24>", "xoxb-<d4>"),
	TOKEN("slack-app-token", "Slack app token", SCAN_HIGH, "xapp-", FROM "(xapp-\\d-[A-Z0-9]{8,14}-\\d{10,16}-[0-9a-f]{64})" TO, 3.0, "xapp-1-A<X10>-<d13>-<x64>", "xapp-1-A"),
	TOKEN("slack-webhook", "Slack webhook", SCAN_HIGH, "hooks.slack.com/", "hooks\\.slack\\.com/((?:services|workflows|triggers)/[A-Z0-9]{8,14}/[A-Za-z0-9/]{24,80})", 3.0, "https://hooks.slack.com/services/T<X8>/B<X8>/<b24>", "https://hooks.slack.com/services/"),
	TOKEN("discord-bot-token", "Discord bot token", SCAN_HIGH, "discord bot_token", "(?i:discord|bot_token)" GIVEN "(?i:Bot )?([MNO][\\w-]{23,27}\\.[\\w-]{6}\\.[\\w-]{27,40})" TO_DASH, 3.5, "DISCORD_TOKEN=M<b23>.<b6>.<b38>", "discord=<b9>"),
	{ .id = "discord-bot-token-alone", .title = "Discord bot token", .severity = SCAN_MEDIUM, .keywords = ".x .y .z .g", .find = token_form_discord, .entropy = 4.0,
	  .yes = { "bot.run('MTA0<b20>.G<b5>.<b37>7')", "OTg3<b22>.Y<b5>.<b26>7" }, .no = { "MTA0<b10>.G<b5>.<b38>", "MTA0<b20>.G<b4>.<b38>", "MTA0<b20>.G<b5>.<b20>" } },
	TOKEN("discord-webhook", "Discord webhook", SCAN_HIGH, "/api/webhooks/", "(?<=discord\\.com|discordapp\\.com)/api/webhooks/(\\d{17,20}/[\\w-]{60,80})", 3.5, "https://discord.com/api/webhooks/<d18>/<w68>", "https://discord.com/api/webhooks/1/2"),
	TOKEN("telegram-bot-token", "Telegram bot token", SCAN_HIGH, ":aa", "(?<=\\b[0-9]{8}|\\b[0-9]{9}|\\b[0-9]{10}):(AA[\\w-]{32,35})" TO_DASH, 3.5, "TELEGRAM=<d10>:AA<w33>", "at 10:AA<w33>"),
	TOKEN("teams-webhook", "Microsoft Teams webhook", SCAN_HIGH, ".webhook.office.com/", "\\.webhook\\.office\\.com/(webhookb2/[\\w@-]{60,90}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36})", 3.0,
		"https://a.webhook.office.com/webhookb2/<x8>-<x4>-<x4>-<x4>-<x12>@<x8>-<x4>-<x4>-<x4>-<x12>/IncomingWebhook/<x32>/<x8>-<x4>-<x4>-<x4>-<x12>", "https://a.webhook.office.com/webhookb2/x"),
	TOKEN("teams-webhook-old", "Microsoft Teams webhook", SCAN_HIGH, "outlook.office.com/webhook/", "outlook\\.office\\.com/webhook/([\\w@-]{60,90}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36})", 3.0,
		"https://outlook.office.com/webhook/<x8>-<x4>-<x4>-<x4>-<x12>@<x8>-<x4>-<x4>-<x4>-<x12>/IncomingWebhook/<x32>/<x8>-<x4>-<x4>-<x4>-<x12>", "https://outlook.office.com/webhook/x"),
	TOKEN("twilio-key", "Twilio API key", SCAN_MEDIUM, "sk", FROM "(SK[0-9a-f]{32})" TO, 3.0, "SK<x32>", "SK<x9>"),
	TOKEN("twilio-auth-token", "Twilio auth token", SCAN_HIGH, "twilio", "(?i:twilio)" GIVEN "([0-9a-f]{32})" TO, 3.0, "TWILIO_AUTH_TOKEN=<x32>", "TWILIO=<x9>"),
	TOKEN("sendgrid-key", "SendGrid API key", SCAN_HIGH, "sg.", FROM "(SG\\.[\\w-]{22}\\.[\\w-]{43})" TO_DASH, 3.5, "SG.<w22>.<w43>", "SG.<w22>"),
	TOKEN("mailgun-key", "Mailgun API key", SCAN_HIGH, "key- -mailgun", FROM "(key-[0-9a-f]{32})" TO, 3.0, "key-<x32>", "key-<x9>"),
	TOKEN("mailgun-key-given", "Mailgun API key", SCAN_HIGH, "mailgun", "(?i:mailgun)" GIVEN "([0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})" TO, 3.0, "MAILGUN_API_KEY=<x32>-<x8>-<x8>", "mailgun=<x9>"),
	TOKEN("mailchimp-key", "Mailchimp API key", SCAN_HIGH, "-us", "(?<=([0-9a-f]{32}))-us\\d{1,2}" TO, 0, "<x32>-us12", "<x8>-us12"),
	TOKEN("brevo-key", "Brevo API key", SCAN_HIGH, "xkeysib- xsmtpsib-", FROM "(x(?:key|smtp)sib-[0-9a-f]{64}-[A-Za-z0-9]{16})" TO, 3.0, "xkeysib-<x64>-<b16>", "xkeysib-<x9>"),
	TOKEN("resend-key", "Resend API key", SCAN_HIGH, "re_", FROM "(re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24})" TO, 3.8, "re_<b8>_<b24>", "re_<b8>"),
	TOKEN("stripe-key", "Stripe live key", SCAN_CRITICAL, "sk_live_ rk_live_", FROM "([sr]k_live_[A-Za-z0-9]{16,247})" TO, 3.0, "sk_live_<b24>", "sk_live_<b5>"),
	TOKEN("stripe-test-key", "Stripe test key", SCAN_LOW, "sk_test_ rk_test_", FROM "([sr]k_test_[A-Za-z0-9]{16,247})" TO, 3.0, "sk_test_<b24>", "sk_test_<b5>"),
	TOKEN("stripe-webhook-secret", "Stripe webhook secret", SCAN_HIGH, "whsec_", FROM "(whsec_[A-Za-z0-9+/]{32,64})", 3.5, "whsec_<b32>", "whsec_<b9>"),
	TOKEN("square-token", "Square access token", SCAN_HIGH, "sq0atp- sq0csp-", FROM "(sq0(?:atp-[\\w-]{22}|csp-[\\w-]{43}))" TO_DASH, 3.0, "sq0atp-<w22>", "sq0atp-<w9>"),
	TOKEN("square-token-given", "Square access token", SCAN_HIGH, "eaaa", FROM "(EAAA[\\w-]{60})" TO_DASH, 3.8, "EAAA<w60>", "EAAA<w9>"),
	TOKEN("shopify-token", "Shopify token", SCAN_HIGH, "shpat_ shpca_ shppa_ shpss_ shptka_", FROM "(shp(?:at|ca|pa|ss|tka)_[0-9a-fA-F]{32})" TO, 3.0, "shpat_<x32>", "shpat_<x9>"),
	TOKEN("braintree-token", "PayPal Braintree token", SCAN_HIGH, "access_token$production$", FROM "(access_token\\$production\\$[0-9a-z]{16}\\$[0-9a-f]{32})" TO, 3.0, "access_token$production$<x16>$<x32>", "access_token$production$"),
	TOKEN("razorpay-key", "Razorpay key id", SCAN_MEDIUM, "rzp_live_", FROM "(rzp_live_[A-Za-z0-9]{14})" TO, 3.0, "rzp_live_<b14>", "rzp_live_<b5>"),
	TOKEN("plaid-token", "Plaid access token", SCAN_HIGH, "access-production- access-development-", FROM "(access-(?:production|development)-[0-9a-f]{8}-[0-9a-f-]{27})" TO, 3.0, "access-production-<x8>-<x4>-<x4>-<x4>-<x12>", "access-production-"),
	TOKEN("easypost-key", "EasyPost key", SCAN_HIGH, "ezak", FROM "(EZAK[A-Za-z0-9]{54})" TO, 3.5, "EZAK<b54>", "EZAK<b9>"),
	TOKEN("flutterwave-key", "Flutterwave key", SCAN_HIGH, "flwseck-", FROM "(FLWSECK-[0-9a-z]{32}-X)" TO, 3.0, "FLWSECK-<x32>-X", "FLWSECK-<x9>"),
	TOKEN("databricks-token", "Databricks token", SCAN_HIGH, "dapi", FROM "(dapi[0-9a-f]{32}(?:-\\d)?)" TO, 3.0, "dapi<x32>", "dapi<x9>"),
	TOKEN("linear-key", "Linear API key", SCAN_HIGH, "lin_api_ lin_oauth_", FROM "(lin_(?:api|oauth)_[A-Za-z0-9]{40,64})" TO, 3.5, "lin_api_<b40>", "lin_api_<b9>"),
	TOKEN("notion-token", "Notion token", SCAN_HIGH, "ntn_", FROM "(ntn_[A-Za-z0-9]{43,46})" TO, 3.5, "ntn_<b46>", "ntn_<b9>"),
	TOKEN("figma-token", "Figma token", SCAN_HIGH, "figd_", FROM "(figd_[\\w-]{38,44})" TO_DASH, 3.5, "figd_<w40>", "figd_<w9>"),
	TOKEN("airtable-token", "Airtable token", SCAN_HIGH, "pat", FROM "(pat[A-Za-z0-9]{14}\\.[0-9a-f]{64})" TO, 3.5, "pat<b14>.<x64>", "pat<b14>.x"),
	TOKEN("typeform-token", "Typeform token", SCAN_HIGH, "tfp_", FROM "(tfp_[\\w-]{40,64})" TO_DASH, 3.5, "tfp_<w59>", "tfp_<w9>"),
	TOKEN("contentful-token", "Contentful token", SCAN_HIGH, "cfpat-", FROM "(CFPAT-[\\w-]{43})" TO_DASH, 3.5, "CFPAT-<w43>", "CFPAT-<w9>"),
	TOKEN("mapbox-secret", "Mapbox secret token", SCAN_HIGH, "sk.eyj", FROM "(sk\\.eyJ[\\w-]{60,}+\\.[\\w-]{20,24})" TO_DASH, 3.5, "sk.eyJ<w80>.<w22>", "sk.eyJ<w9>"),
	TOKEN("dropbox-token", "Dropbox token", SCAN_HIGH, "sl.", FROM "(sl\\.(?:u\\.)?[\\w-]{130,1200})" TO_DASH, 4.0, "sl.<w140>", "sl.<w9>"),
	TOKEN("facebook-token", "Facebook access token", SCAN_HIGH, "eaac eaab", FROM "(EAA[CB][A-Za-z0-9]{90,400})" TO, 3.5, "EAAC<b180>", "EAAC<b9>"),
	TOKEN("onepassword-token", "1Password service account token", SCAN_CRITICAL, "ops_eyj", FROM "(ops_eyJ[A-Za-z0-9+/]{200,1200}={0,2})", 3.5, "ops_eyJ<B400>", "ops_eyJ<B9>"),
	TOKEN("adafruit-key", "Adafruit IO key", SCAN_MEDIUM, "aio_", FROM "(aio_[A-Za-z0-9]{28})" TO, 3.5, "aio_<b28>", "aio_<b9>"),
	TOKEN("salesforce-token", "Salesforce access token", SCAN_HIGH, "00d", FROM "(00D[A-Za-z0-9]{12,15}![\\w.]{80,160})", 3.5, "00D<b12>!<b96>", "00D<b12>"),
	TOKEN("onepassword-secret-key", "1Password secret key", SCAN_HIGH, "a3-", FROM "(A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3})" TO_DASH, 3.0, "A3-<X6>-<X6>-<X5>-<X5>-<X5>-<X5>", "A3-<X6>"),
	TOKEN("logic-apps-url", "Address that starts an Azure Logic App", SCAN_HIGH, ".logic.azure.com", "\\.logic\\.azure\\.com(?::443)?/workflows/[0-9a-f]{32}/triggers/[^\\s\"']{1,200}[?&;]sig=([\\w-]{40,60})", 3.5,
		"https://prod-07.westeurope.logic.azure.com:443/workflows/<x32>/triggers/manual/paths/invoke?api-version=2016-10-01&sp=%2F&sv=1.0&sig=<w43>", "https://prod-07.westeurope.logic.azure.com/workflows/<x32>"),
	TOKEN("okta-token", "Okta API token", SCAN_HIGH, "okta ssws", "(?i:okta" GIVEN "|SSWS )(?i:SSWS )?(00[\\w-]{40})" TO_DASH, 3.5, "Authorization: SSWS 00<b40>", "okta=<b9>"),
};

const RuleTable rules_service = { RULE_TOKEN, items, G_N_ELEMENTS(items) };
