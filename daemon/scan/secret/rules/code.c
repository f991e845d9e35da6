/* SPDX-License-Identifier: MIT
 *
 * Forges, registries, package managers, continuous integration, observation.
 */
#include "scan/secret/rules/token.h"

static const SecretRule items[] = {
	{ .id = "github-token", .title = "GitHub token", .severity = SCAN_CRITICAL, .keywords = "ghp_ gho_ ghu_ ghs_ ghr_", .entropy = 3.0, .check = check_crc_token,
	  .regex = FROM "(gh[pousr]_[A-Za-z0-9]{36})" TO, .yes = { "GITHUB_TOKEN=ghp_<b30><crc>", "https://x:ghs_<b30><crc>@github.com/a" }, .no = { "ghp_<b12>", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" } },
	TOKEN("github-fine-grained-token", "GitHub fine-grained token", SCAN_CRITICAL, "github_pat_", FROM "(github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})" TO, 3.5, "github_pat_<b22>_<b59>", "github_pat_<b22>"),
	{ .id = "npm-token", .title = "npm token", .severity = SCAN_CRITICAL, .keywords = "npm_", .entropy = 3.0, .check = check_crc_token, .regex = FROM "(npm_[A-Za-z0-9]{36})" TO,
	  .yes = { "//registry/:_authToken=npm_<b30><crc>" }, .no = { "npm_config_registry", "npm_<b9>" } },
	TOKEN("gitlab-token", "GitLab token", SCAN_CRITICAL, "glpat- gldt- glrt- glcbt- glptt- glft- glsoat- glimt- glagent- gloas- glffct-",
		FROM "(gl(?:pat|dt|rt|cbt|ptt|ft|soat|imt|agent|oas|ffct)-(?:t\\d_)?[\\w-]{20,300}+(?:\\.[0-9a-z.]{2,20})?)", 3.0, "glpat-<w20>", "glpat-<w9>"),
	TOKEN("gitlab-runner-token", "GitLab runner registration token", SCAN_HIGH, "gr1348941", FROM "(GR1348941[\\w-]{20})" TO_DASH, 3.5, "GR1348941<w20>", "GR1348941<w9>"),
	TOKEN("bitbucket-token", "Bitbucket app password", SCAN_HIGH, "atbb", FROM "(ATBB[A-Za-z0-9]{24}[A-F0-9]{8})" TO, 3.5, "ATBB<b24>0A1B2C3D", "ATBB<b9>"),
	TOKEN("atlassian-token", "Atlassian API token", SCAN_HIGH, "atatt3 atctt3", FROM "(AT[AC]TT3[\\w=-]{100,300})", 4.0, "ATATT3<w180>", "ATATT3<w9>"),
	TOKEN("pypi-token", "Python package index token", SCAN_CRITICAL, "pypi-ageichlwas5vcmc", FROM "(pypi-AgEIcHlwaS5vcmc[\\w-]{50,1000})", 3.5, "pypi-AgEIcHlwaS5vcmc<w90>", "pypi-AgEIcHlwaS5vcmc"),
	TOKEN("docker-hub-token", "Docker Hub token", SCAN_CRITICAL, "dckr_pat_ dckr_oat_", FROM "(dckr_(?:pat_[\\w-]{27}|oat_[\\w-]{32}))" TO_DASH, 3.5, "dckr_pat_<w27>", "dckr_pat_<w9>"),
	TOKEN("rubygems-token", "RubyGems API key", SCAN_CRITICAL, "rubygems_", FROM "(rubygems_[0-9a-f]{48})" TO, 3.0, "rubygems_<x48>", "rubygems_<x9>"),
	TOKEN("nuget-key", "NuGet API key", SCAN_HIGH, "oy2", FROM "(oy2[a-z0-9]{43})" TO, 3.5, "oy2<x43>", "oy2<x9>"),
	TOKEN("cargo-token", "Rust package registry token", SCAN_HIGH, "cio", FROM "(cio[A-Za-z0-9]{32})" TO, 3.8, "token = \"cio<b32>\"", "cio<b9>"),
	TOKEN("clojars-token", "Clojars token", SCAN_HIGH, "clojars_", FROM "(CLOJARS_[0-9a-z]{60})" TO, 3.0, "CLOJARS_<x60>", "CLOJARS_<x9>"),
	TOKEN("hex-key", "Hex package manager key", SCAN_HIGH, "hex_api_key", "(?i:hex_api_key)" GIVEN "([0-9a-f]{32,64})" TO, 3.0, "HEX_API_KEY=<x32>", "HEX_API_KEY=<x9>"),
	TOKEN("jfrog-key", "JFrog API key", SCAN_HIGH, "akcp", FROM "(AKCp[0-9A-Za-z]{69})" TO, 4.0, "AKCp<b69>", "AKCp<b9>"),
	TOKEN("jfrog-token", "JFrog reference token", SCAN_HIGH, "cmvmdgtu", FROM "(cmVmdGtu[A-Za-z0-9]{56})" TO, 3.5, "cmVmdGtu<b56>", "cmVmdGtu<b9>"),
	TOKEN("sonar-token", "SonarQube token", SCAN_HIGH, "squ_ sqp_ sqa_", FROM "(sq[upa]_[0-9a-f]{40})" TO, 3.0, "squ_<x40>", "squ_<x9>"),
	TOKEN("circleci-token", "CircleCI token", SCAN_HIGH, "ccipat_ ccipra_", FROM "(CCIP(?:AT|RA)_[A-Za-z0-9]{22}_[0-9a-f]{40})" TO, 3.5, "CCIPAT_<b22>_<x40>", "CCIPAT_<b22>"),
	TOKEN("buildkite-token", "Buildkite token", SCAN_HIGH, "bkua_ bkct_", FROM "(bk(?:ua|ct)_[0-9a-z]{40})" TO, 3.0, "bkua_<x40>", "bkua_<x9>"),
	TOKEN("travis-token", "Travis CI token", SCAN_MEDIUM, "travis", "(?i:travis)(?i:[_-]?(?:ci[_-]?)?token)" GIVEN "([A-Za-z0-9_-]{22})" TO_DASH, 3.5, "TRAVIS_TOKEN=<b22>", "travis_token=<b5>"),
	TOKEN("jenkins-token", "Jenkins API token", SCAN_MEDIUM, "jenkins", "(?i:jenkins)" GIVEN "(11[0-9a-f]{32})" TO, 3.0, "JENKINS_TOKEN=11<x32>", "jenkins=<x9>"),
	TOKEN("codecov-token", "Codecov token", SCAN_MEDIUM, "codecov_token", "(?i:codecov_token)" GIVEN "([0-9a-f]{8}-[0-9a-f-]{27})" TO, 3.0, "CODECOV_TOKEN=<x8>-<x4>-<x4>-<x4>-<x12>", "CODECOV_TOKEN=x"),
	TOKEN("sentry-token", "Sentry token", SCAN_HIGH, "sntrys_ sntryu_", FROM "(sntrys_[A-Za-z0-9+/=_-]{60,500}|sntryu_[0-9a-f]{64})", 3.0, "sntryu_<x64>", "sntryu_<x9>"),
	TOKEN("grafana-token", "Grafana service account token", SCAN_HIGH, "glsa_", FROM "(glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8})" TO, 3.5, "glsa_<b32>_<x8>", "glsa_<b9>"),
	TOKEN("grafana-cloud-token", "Grafana Cloud token", SCAN_HIGH, "glc_", FROM "(glc_ey[A-Za-z0-9+/=]{40,400})", 3.5, "glc_eyJv<B80>", "glc_ey<B9>"),
	TOKEN("new-relic-key", "New Relic user key", SCAN_HIGH, "nrak- nraa- nrra-", FROM "(NR(?:AK|AA|RA)-[A-Z0-9]{27,42})" TO, 3.0, "NRAK-<X27>", "NRAK-<X9>"),
	TOKEN("new-relic-license", "New Relic license key", SCAN_MEDIUM, "new_relic newrelic", "(?i:new_?relic)" GIVEN "([0-9a-f]{36}(?:NRAL|[0-9a-f]{4}))" TO, 3.0, "NEW_RELIC_LICENSE_KEY=<x36>NRAL", "new_relic=<x9>"),
	TOKEN("datadog-key", "Datadog key", SCAN_HIGH, "datadog dd_api_key dd_app_key dd-api-key", "(?i:datadog|dd[_-]ap[ip][_-]key)" GIVEN "([0-9a-f]{40}|[0-9a-f]{32})" TO, 3.0, "DD_API_KEY=<x32>", "datadog: <x9>"),
	TOKEN("postman-key", "Postman API key", SCAN_HIGH, "pmak-", FROM "(PMAK-[0-9a-f]{24}-[0-9a-f]{34})" TO, 3.0, "PMAK-<x24>-<x34>", "PMAK-<x9>"),
	TOKEN("readme-key", "ReadMe API key", SCAN_MEDIUM, "rdme_", FROM "(rdme_[0-9a-z]{70})" TO, 3.0, "rdme_<x70>", "rdme_<x9>"),
	TOKEN("prefect-key", "Prefect API key", SCAN_HIGH, "pnu_", FROM "(pnu_[A-Za-z0-9]{36})" TO, 3.5, "pnu_<b36>", "pnu_<b9>"),
	TOKEN("launchdarkly-key", "LaunchDarkly key", SCAN_MEDIUM, "sdk- api-", FROM "((?:sdk|api)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})" TO, 3.0, "sdk-<x8>-<x4>-<x4>-<x4>-<x12>", "sdk-<x8>"),
	TOKEN("ansible-vault", "Ansible vault, protected by a password", SCAN_LOW, "$ansible_vault;", "\\$ANSIBLE_VAULT;1\\.[12];AES256[^\\n]{0,80}\\s{1,20}([0-9a-f]{60,}+)", 0, "$ANSIBLE_VAULT;1.1;AES256\n<x80>", "$ANSIBLE_VAULT;1.1;AES256\n..."),
	{ .id = "json-web-token", .title = "JSON Web Token", .severity = SCAN_MEDIUM, .keywords = "eyj", .entropy = 3.5, .check = check_web_token,
	  .regex = "(?<![\\w+/-])(eyJ[\\w-]{10,}+\\.eyJ[\\w-]{10,}+\\.[\\w-]{20,}+)", .yes = { "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI<w20>.<w43>" },
	  .no = { "eyJ0eXAiOiJKV1QifQAAAAAA.eyJzdWIiOiI<w20>.<w43>", "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiI<w20>.<w43>" } },
};

const RuleTable rules_code = { RULE_TOKEN, items, G_N_ELEMENTS(items) };
