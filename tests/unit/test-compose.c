/* SPDX-License-Identifier: MIT
 *
 * What Compose's projects become: the calls, member by member.  That Compose sends just these, tests/e2e/test-compose.sh sees.
 */
#include <string.h>
#include "cli/compose.h"

/* 'a' for "a": what stands in the rows. */
static char *quoted(const char *text)
{
	return g_strdelimit(g_strdup(text), "'", '"');
}

static JsonObject *read_object(const char *text)
{
	g_autofree char *json = quoted(text);
	g_autoptr(GError) error = NULL;
	g_autoptr(JsonNode) node = json_from_string(json, &error);

	g_assert_no_error(error);
	return json_object_ref(json_node_get_object(node));
}

static char *write_object(JsonObject *object)
{
	g_autoptr(JsonNode) node = json_node_alloc();

	(void)json_node_init_object(node, object);
	g_autofree char *text = json_to_string(node, FALSE);
	return g_strdelimit(g_strdup(text), "\"", '\'');
}

/* What Compose says of every service is taken out. */
static void drop_common(JsonObject *body)
{
	JsonObject *labels = json_object_get_object_member(body, "Labels"), *host = json_object_get_object_member(body, "HostConfig");

	g_assert_cmpstr(json_object_get_string_member(labels, "com.docker.compose.project"), ==, "p");
	g_assert_cmpstr(json_object_get_string_member(labels, "com.docker.compose.service"), ==, "s");
	json_object_remove_member(labels, "com.docker.compose.project");
	json_object_remove_member(labels, "com.docker.compose.service");
	if (!json_object_get_size(labels))
		json_object_remove_member(body, "Labels");
	if (!strcmp(json_object_get_string_member(host, "NetworkMode"), "p_default"))
		json_object_remove_member(host, "NetworkMode");
	if (!json_object_get_size(host))
		json_object_remove_member(body, "HostConfig");
}

static void call_free(ComposeCall *call)
{
	g_free(call->what);
	g_free(call->uri);
	g_free(call->unknown);
	json_object_unref(call->body);
	g_free(call);
}

/* A service with these members: the body of its call, and why it is not known (a part of the text; NULL: it is). */
typedef struct Row {
	const char *members, *body, *unknown;
} Row;

static void check_rows(const Row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		g_autofree char *text = g_strdup_printf("{'name':'p','x-directory':'/shop','volumes':{'own':{'name':'other'},'kept':{'external':true},'here':{'external':false}},"
							"'networks':{'far':{'external':true},'near':{}},'services':{'s':{%s}}}", rows[i].members);
		g_autoptr(JsonObject) model = read_object(text);
		JsonObject *service = json_object_get_object_member(json_object_get_object_member(model, "services"), "s");
		ComposeCall *call = compose_service(model, "s", service);
		g_test_message("%s", rows[i].members);
		g_assert_cmpstr(call->what, ==, "service s");
		g_assert_cmpstr(call->uri, ==, "/v1.41/containers/create?name=p-s-1");
		g_assert_cmpint(call->unknown != NULL, ==, rows[i].unknown != NULL);
		if (rows[i].unknown && !strstr(call->unknown, rows[i].unknown))
			g_error("%s, and not %s", call->unknown, rows[i].unknown);
		drop_common(call->body);
		g_autofree char *body = write_object(call->body);
		if (rows[i].body)
			g_assert_cmpstr(body, ==, rows[i].body);
		call_free(call);
	}
}

#define HOST(members) "{'HostConfig':{" members "}}"

static void test_texts(void)
{
	static const Row rows[] = {
		{ "", "{}" }, { "'image':'x','x-own':[1],'user':null", "{'Image':'x'}" }, { "'frob':1", "{}", "the key frob" },
		{ "'build':'.'", "{'Image':'p-s'}" }, { "'build':'.','image':'x'", "{'Image':'x'}" },
		{ "'command':'a \\\"b c\\\"','entrypoint':['d','e f'],'user':1000", "{'Cmd':['a','b c'],'Entrypoint':['d','e f'],'User':'1000'}" },
		{ "'command':''", "{'Cmd':[]}" }, { "'command':'a \\\"b'", NULL, "command" }, { "'command':{}", NULL, "command" },
		{ "'domainname':'d','hostname':'h','working_dir':'/w','stop_signal':'INT'", "{'Domainname':'d','Hostname':'h','WorkingDir':'/w','StopSignal':'INT'}" },
		{ "'tty':true,'stdin_open':false", "{'Tty':true,'OpenStdin':false}" }, { "'tty':'true'", NULL, "tty" }, { "'user':['a']", NULL, "user" },
		{ "'environment':{'A':'b','N':1,'T':true,'F':false,'GONE':null}", "{'Env':['A=b','N=1','T=true','F=false']}" },
		{ "'environment':['A=b=c','GONE']", "{'Env':['A=b=c']}" }, { "'environment':[['a']]", NULL, "environment" }, { "'environment':{'A':[]}", NULL, "A" },
		{ "'environment':'A=b'", NULL, "environment" },
		{ "'labels':{'a':null,'b':2}", "{'Labels':{'a':'','b':'2'}}" }, { "'labels':['a=b','c']", "{'Labels':{'a':'b','c':''}}" },
		{ "'healthcheck':{'test':'id'}", "{'Healthcheck':{'Test':['CMD-SHELL','id']}}" }, { "'healthcheck':{'test':['NONE']}", "{'Healthcheck':{'Test':['NONE']}}" },
		{ "'healthcheck':{}", NULL, "healthcheck" }, { "'healthcheck':{'test':{}}", NULL, "healthcheck" },
		{ "'container_name':'c','profiles':['x'],'expose':[1],'attach':false,'scale':2,'platform':'x'", "{}" },
	};

	check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_host(void)
{
	static const Row rows[] = {
		{ "'privileged':true,'read_only':true,'init':false", HOST("'Privileged':true,'ReadonlyRootfs':true,'Init':false") }, { "'privileged':'yes'", NULL, "privileged" },
		{ "'pid':'host','ipc':'shareable','uts':'host','userns_mode':'host','cgroup':'host','network_mode':'host'",
			HOST("'PidMode':'host','IpcMode':'shareable','UTSMode':'host','UsernsMode':'host','CgroupnsMode':'host','NetworkMode':'host'") },
		{ "'pid':'service:t'", NULL, "another service" }, { "'network_mode':'service:t'", NULL, "another service" }, { "'ipc':'container:c'", HOST("'IpcMode':'container:c'") },
		{ "'cap_add':['A','B'],'cap_drop':'ALL','group_add':[5]", HOST("'CapAdd':['A','B'],'CapDrop':['ALL'],'GroupAdd':['5']") },
		{ "'cap_add':[{}]", NULL, "cap_add" }, { "'cap_add':{}", NULL, "cap_add" },
		{ "'dns':'192.0.2.1','dns_opt':['o'],'dns_search':['d'],'device_cgroup_rules':['c 1:3 r']",
			HOST("'Dns':['192.0.2.1'],'DnsOptions':['o'],'DnsSearch':['d'],'DeviceCgroupRules':['c 1:3 r']") },
		{ "'mem_limit':'64m','mem_reservation':'1GB','memswap_limit':2048,'shm_size':'2kb'",
			HOST("'Memory':67108864,'MemoryReservation':1073741824,'MemorySwap':2048,'ShmSize':2048") },
		{ "'mem_limit':'1g','mem_reservation':'7b','memswap_limit':'3k','shm_size':'5mb'", HOST("'Memory':1073741824,'MemoryReservation':7,'MemorySwap':3072,'ShmSize':5242880") },
		{ "'mem_limit':'64q'", NULL, "mem_limit" }, { "'mem_limit':'m'", NULL, "mem_limit" }, { "'mem_limit':'1234567890123'", NULL, "mem_limit" },
		{ "'mem_limit':'123456789012'", HOST("'Memory':123456789012") },
		{ "'cpus':0.5,'cpu_shares':5,'cpuset':'0-1','pids_limit':'7','oom_score_adj':-5,'oom_kill_disable':true",
			HOST("'NanoCpus':500000000,'CpuShares':5,'CpusetCpus':'0-1','PidsLimit':7,'OomScoreAdj':-5,'OomKillDisable':true") },
		{ "'cpus':-1", NULL, "cpus" }, { "'cpus':'x'", NULL, "cpus" }, { "'cpus':100001", NULL, "cpus" }, { "'cpus':''", NULL, "cpus" },
		{ "'pids_limit':'7x'", NULL, "pids_limit" }, { "'pids_limit':''", NULL, "pids_limit" }, { "'pids_limit':true", NULL, "pids_limit" },
		{ "'restart':'always'", HOST("'RestartPolicy':{'Name':'always'}") }, { "'restart':'no'", HOST("'RestartPolicy':{'Name':''}") }, { "'restart':'on-failure:3'", NULL, "restart" },
		{ "'runtime':'r','cgroup_parent':'/c'", HOST("'Runtime':'r','CgroupParent':'/c'") }, { "'sysctls':{'a.b':1}", HOST("'Sysctls':{'a.b':'1'}") },
		{ "'security_opt':['no-new-privileges','seccomp:unconfined','seccomp=builtin']", HOST("'SecurityOpt':['no-new-privileges','seccomp:unconfined','seccomp=builtin']") },
		{ "'security_opt':['seccomp:p.json']", NULL, "profile" },
		{ "'extra_hosts':['a:1.1.1.1','b=::1']", HOST("'ExtraHosts':['a:1.1.1.1','b:::1']") }, { "'extra_hosts':{'a':'b'}", NULL, "extra_hosts" },
		{ "'logging':{'driver':'d','options':{'a':1}}", HOST("'LogConfig':{'Type':'d','Config':{'a':'1'}}") }, { "'logging':{'frob':1}", NULL, "logging" }, { "'logging':'x'", NULL, "logging" },
		{ "'logging':{'driver':[]}", NULL, "logging" },
		{ "'ulimits':{'a':5,'b':{'soft':1,'hard':2}}", HOST("'Ulimits':[{'Name':'a','Soft':5,'Hard':5},{'Name':'b','Soft':1,'Hard':2}]") },
		{ "'ulimits':{'a':'5'}", NULL, "ulimits" }, { "'ulimits':{'a':{'soft':1}}", NULL, "ulimits" }, { "'ulimits':[]", NULL, "ulimits" },
		{ "'devices':['/dev/a','/dev/b:/dev/c','/dev/d:/dev/e:r',{'source':'/dev/f'},{'source':'/dev/g','target':'/dev/h','permissions':'w'}]",
			HOST("'Devices':[{'PathOnHost':'/dev/a','PathInContainer':'/dev/a','CgroupPermissions':'rwm'},{'PathOnHost':'/dev/b','PathInContainer':'/dev/c','CgroupPermissions':'rwm'},"
			     "{'PathOnHost':'/dev/d','PathInContainer':'/dev/e','CgroupPermissions':'r'},{'PathOnHost':'/dev/f','PathInContainer':'/dev/f','CgroupPermissions':'rwm'},"
			     "{'PathOnHost':'/dev/g','PathInContainer':'/dev/h','CgroupPermissions':'w'}]") },
		{ "'devices':['vendor.com/d=1']", NULL, "devices" }, { "'devices':'/dev/a'", NULL, "devices" },
	};

	check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_deploy(void)
{
	static const Row rows[] = {
		{ "'deploy':{'resources':{'limits':{'cpus':'0.25','memory':'1k','pids':9},'reservations':{'memory':'2k'}},'replicas':1,'placement':{},'mode':'x'}",
			HOST("'NanoCpus':250000000,'Memory':1024,'PidsLimit':9,'MemoryReservation':2048") },
		{ "'deploy':{'endpoint_mode':'x'}", NULL, "deploy.endpoint_mode" }, { "'deploy':{'resources':{'limits':{'frob':1}}}", NULL, "deploy" },
		{ "'deploy':{'resources':{'reservations':{'cpus':'1'}}}", NULL, "deploy" }, { "'deploy':[]", NULL, "deploy" },
	};

	check_rows(rows, G_N_ELEMENTS(rows));
}

#define LONG(members) "'volumes':[{'target':'/t'," members "}]"

static void test_mounts(void)
{
	static const Row rows[] = {
		{ "'volumes':['/anonymous']", "{'Volumes':{'/anonymous':{}}}" }, { "'volumes':['v:/t','own:/o:ro','kept:/k','here:/h']", HOST("'Binds':['p_v:/t:rw','other:/o:ro','kept:/k:rw','p_here:/h:rw']") },
		{ "'volumes':['/a:/b:ro,z','./c:/d','../e:/f']", HOST("'Binds':['/a:/b:ro,z','/shop/c:/d:rw','/e:/f:rw']") },
		{ "'volumes':['~root:/b']", NULL, "~root" }, { "'volumes':['relative']", NULL, "relative" }, { "'volumes':['a:b']", NULL, "a:b" }, { "'volumes':['a:/b:c:d']", NULL, "a:/b" },
		{ "'volumes':[':/b']", NULL, ":/b" }, { "'volumes':'v:/t'", NULL, "no list" }, { "'volumes':[5]", NULL, "neither" },
		{ LONG("'type':'volume'"), "{'Volumes':{'/t':{}}}" }, { LONG("'type':'volume','source':'own','read_only':true"), HOST("'Binds':['other:/t:ro']") },
		{ LONG("'type':'volume','source':'v','volume':{'nocopy':true}"), HOST("'Binds':['p_v:/t:rw,nocopy']") },
		{ LONG("'type':'volume','source':'v','volume':{'nocopy':false}"), HOST("'Binds':['p_v:/t:rw']") },
		{ LONG("'type':'bind','source':'/a','bind':{'propagation':'rshared','selinux':'Z','create_host_path':false}"), HOST("'Binds':['/a:/t:rw,rshared,Z']") },
		{ LONG("'type':'bind','source':'b','consistency':'x'"), HOST("'Binds':['/shop/b:/t:rw']") }, { LONG("'type':'bind','source':'/a','bind':{'recursive':'x'}"), NULL, "recursive" },
		{ LONG("'type':'volume','source':'v','volume':{'subpath':'x'}"), NULL, "subpath" }, { LONG("'type':'volume','source':'v','frob':1"), NULL, "frob" },
		{ LONG("'type':'image','source':'x'"), NULL, "/t" }, { "'volumes':[{'type':'volume','source':'v','target':'t'}]", NULL, "volume at t" },
		{ "'volumes':[{'type':'volume','source':'v'}]", NULL, "volume at ?" },
		{ LONG("'type':'tmpfs','tmpfs':{'size':'1k'},'read_only':true"), HOST("'Mounts':[{'Type':'tmpfs','Target':'/t','ReadOnly':true,'TmpfsOptions':{'SizeBytes':1024}}]") },
		{ LONG("'type':'tmpfs'"), HOST("'Mounts':[{'Type':'tmpfs','Target':'/t','TmpfsOptions':{}}]") }, { LONG("'type':'tmpfs','tmpfs':{'mode':5}"), NULL, "mode of a tmpfs" },
		{ "'tmpfs':'/r'", HOST("'Tmpfs':{'/r':''}") }, { "'tmpfs':['/r:size=1','/s']", HOST("'Tmpfs':{'/r':'size=1','/s':''}") }, { "'tmpfs':{}", NULL, "tmpfs" },
	};

	check_rows(rows, G_N_ELEMENTS(rows));
}

#define PORT(port, address, published) "{'ExposedPorts':{'" port "':{}},'HostConfig':{'PortBindings':{'" port "':[{'HostIp':'" address "','HostPort':'" published "'}]}}}"

static void test_nets(void)
{
	static const Row rows[] = {
		{ "'ports':[80]", PORT("80/tcp", "", "") }, { "'ports':['8080:80/udp']", PORT("80/udp", "", "8080") }, { "'ports':['127.0.0.1:8080:80']", PORT("80/tcp", "127.0.0.1", "8080") },
		{ "'ports':['127.0.0.1::80']", PORT("80/tcp", "127.0.0.1", "") }, { "'ports':[{'target':80,'published':'8080','host_ip':'::1','protocol':'udp','mode':'host'}]", PORT("80/udp", "::1", "8080") },
		{ "'ports':[{'target':80}]", PORT("80/tcp", "", "") }, { "'ports':['8000-8010:80']", NULL, "8000-8010" }, { "'ports':['80-81']", NULL, "80-81" }, { "'ports':['1:2:3:4']", NULL, "1:2:3:4" },
		{ "'ports':['123456']", NULL, "123456" }, { "'ports':['']", NULL, "port" }, { "'ports':[{'frob':1,'target':80}]", NULL, "frob" }, { "'ports':{}", NULL, "no list" }, { "'ports':[true]", NULL, "neither" },
		{ "'networks':['far','near']", "{'NetworkingConfig':{'EndpointsConfig':{'far':{'IPAMConfig':{}},'p_near':{'IPAMConfig':{}}}},'HostConfig':{'NetworkMode':'far'}}" },
		{ "'networks':{'near':{'ipv4_address':'192.0.2.1','ipv6_address':'::1','aliases':['a']}}",
			"{'NetworkingConfig':{'EndpointsConfig':{'p_near':{'IPAMConfig':{'IPv4Address':'192.0.2.1','IPv6Address':'::1'}}}},'HostConfig':{'NetworkMode':'p_near'}}" },
		{ "'networks':{'near':{'mac_address':'x'}}", NULL, "mac_address" }, { "'networks':[[]]", NULL, "no text" }, { "'networks':'near'", NULL, "neither" },
	};

	check_rows(rows, G_N_ELEMENTS(rows));
}

/* A project and a line: what is asked, "WHAT URI BODY" or "WHAT: WHY NOT", of services only the name. */
static char *calls_of(const char *project, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	g_autoptr(JsonObject) model = read_object(project);
	GString *all = g_string_new(NULL);
	ComposeLine read;

	g_assert_cmpint(compose_read_line(&(Cli){ .json = true }, words, &read), ==, 0);
	g_autoptr(GPtrArray) calls = compose_calls(model, &read);
	for (guint i = 0; i < calls->len; i++) {
		const ComposeCall *call = g_ptr_array_index(calls, i);
		g_autofree char *body = call->body && !g_str_has_prefix(call->what, "service ") ? write_object(call->body) : g_strdup("");
		g_string_append_printf(all, "%s%s%s%s%s", i ? "|" : "", call->what, *body ? " " : "", body, call->unknown ? "?" : "");
	}
	compose_line_clear(&read);
	return g_string_free(all, FALSE);
}

#define TREE "{'name':'p','services':{'a':{'depends_on':['b']},'b':{'links':['c'],'network_mode':'none'},'c':{'network_mode':'none'},'d':{'network_mode':'none'},'e':{'depends_on':{'c':{}},'network_mode':'none'}}}"
#define NETWORK(members) "{'name':'p','services':{'s':{'networks':['n']}},'networks':{'n':{" members "},'unused':{}}}"
#define VOLUME(members) "{'name':'p','services':{'s':{'network_mode':'none','volumes':['v:/v']}},'volumes':{'v':{" members "},'unused':{}}}"

static void test_calls(void)
{
	static const struct { const char *project, *line, *calls; } rows[] = {
		{ TREE, "docker compose up d", "service d" }, { TREE, "docker compose up a", "network p_default {'Name':'p_default'}|service a|service b?|service c" },
		{ TREE, "docker compose up --no-deps b", "service b?" }, { TREE, "docker compose up e", "service c|service e" }, { TREE, "docker compose up x", "service x?" },
		{ TREE, "docker compose create", "network p_default {'Name':'p_default'}|service a|service b?|service c|service d|service e" },
		{ NETWORK(""), "docker compose up", "network p_n {'Name':'p_n'}|service s" }, { NETWORK("'external':true"), "docker compose up", "service s" },
		{ NETWORK("'external':false,'name':'own'"), "docker compose up", "network own {'Name':'own'}|service s" }, { NETWORK("'external':null"), "docker compose up", "network p_n {'Name':'p_n'}|service s" },
		{ NETWORK("'driver':'d','driver_opts':{'a':1},'internal':true,'attachable':true,'enable_ipv6':true,'labels':{'l':'m'},'ipam':{},'x-own':1"), "docker compose up",
			"network p_n {'Name':'p_n','Driver':'d','Options':{'a':'1'},'Internal':true,'Attachable':true,'EnableIPv6':true}|service s" },
		{ NETWORK("'ipam':{'config':[]}"), "docker compose up", "network p_n {'Name':'p_n'}?|service s" }, { NETWORK("'frob':1"), "docker compose up", "network p_n {'Name':'p_n'}?|service s" },
		{ NETWORK("'frob':null"), "docker compose up", "network p_n {'Name':'p_n'}|service s" }, { NETWORK("'frob':{}"), "docker compose up", "network p_n {'Name':'p_n'}|service s" },
		{ VOLUME(""), "docker compose up", "volume p_v {'Name':'p_v'}|service s" }, { VOLUME("'external':true"), "docker compose up", "service s" },
		{ VOLUME("'driver':'d','driver_opts':{'o':'bind'},'labels':['l']"), "docker compose up", "volume p_v {'Name':'p_v','Driver':'d','DriverOpts':{'o':'bind'}}|service s" },
		{ VOLUME("'internal':true"), "docker compose up", "volume p_v {'Name':'p_v'}?|service s" },
		{ "{'name':'p','services':{'s':{'network_mode':'none','volumes':[{'type':'volume','source':'w','target':'/w'},{'type':'bind','source':'b','target':'/b'},'/h:/h','~/i:/i','./j:/j','/k']}}}", "docker compose up",
			"volume p_w {'Name':'p_w'}|service s?" },
		{ "{'name':'p','services':{'s':{'build':'.','network_mode':'none'}}}", "docker compose up", "build s?|service s" },
		{ "{'name':'p','services':{'s':{'build':'.','network_mode':'none'}}}", "docker compose up --no-build", "service s" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *calls = calls_of(rows[i].project, rows[i].line);
		g_test_message("%s: %s", rows[i].line, rows[i].project);
		g_assert_cmpstr(calls, ==, rows[i].calls);
	}
}

static void test_up(void)
{
	static const struct { const char *line; bool up; } rows[] = {
		{ "docker compose up", true }, { "compose up", true }, { "docker-compose create x", true }, { "docker compose -f a --profile b --ansi=never up -d", true }, { "docker compose --verbose up", true },
		{ "docker compose --frob up", true }, { "docker compose --profile up", false }, { "docker compose ps", false }, { "docker compose", false }, { "docker run up", false }, { "run up", false },
		{ "up", false }, { "docker up", false }, { "docker docker-compose up", false }, { "docker", false }, { "docker-compose run up", false }, { "compose -f up", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(GStrv) words = g_strsplit(rows[i].line, " ", -1);
		g_test_message("%s", rows[i].line);
		g_assert_cmpint(compose_is_up(words), ==, rows[i].up);
	}
}

static char *line_as_text(const ComposeLine *line)
{
	g_ptr_array_add(line->global, NULL);
	g_ptr_array_add(line->services, NULL);
	g_autofree char *global = g_strjoinv(" ", (char **)line->global->pdata), *services = g_strjoinv(" ", (char **)line->services->pdata);

	return g_strdup_printf("%s;%s;%s %s %s %u;%s%s%s%s", global, services, line->file ? line->file : "-", line->project ? line->project : "-", line->directory ? line->directory : "-", line->files,
		line->alone ? "alone " : "", line->no_deps ? "no-deps " : "", line->build ? "build " : "", line->no_build ? "no-build " : "");
}

static void test_lines(void)
{
	static const struct { const char *line; int code; const char *read; } rows[] = {
		{ "docker compose up", 0, ";;- - - 0;" }, { "docker-compose up a b", 0, ";a b;- - - 0;alone " },
		{ "docker compose -f x --file=y -p n --project-directory d --profile q up -d a --build b", 0, "-f x --file=y -p n --project-directory d --profile q;a b;y n d 2;build " },
		{ "compose --verbose --parallel 3 up --no-deps --no-build --scale a=2 -t 5 -V --wait-timeout=3 s", 0, "--verbose --parallel 3;s;- - - 0;no-deps no-build " },
		{ "docker compose --no-ansi --progress p --project-name n up", 0, "--no-ansi --progress p --project-name n;;- n - 0;" },
		{ "docker compose up --frob", 2, NULL }, { "docker compose --frob up", 2, NULL }, { "docker compose -fx up", 2, NULL }, { "docker compose --detac up", 2, NULL }, { "docker compose up --file x", 2, NULL },
		{ "docker compose up -d --scale", 2, NULL }, { "docker compose up -dV", 2, NULL }, { "docker-compose --profile x up", 3, NULL }, { "docker-compose --env-file x up", 3, NULL },
		{ "docker-compose --ansi never up", 0, "--ansi never;;- - - 0;alone " }, { "docker compose --env-file x up", 0, "--env-file x;;- - - 0;" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(GStrv) words = g_strsplit(rows[i].line, " ", -1);
		ComposeLine line;
		g_test_message("%s", rows[i].line);
		g_assert_cmpint(compose_read_line(&(Cli){ 0 }, words, &line), ==, rows[i].code);
		g_autofree char *read = line_as_text(&line);
		if (rows[i].read)
			g_assert_cmpstr(read, ==, rows[i].read);
		compose_line_clear(&line);
	}
}

/* What stands behind an option is its value, or a service. */
static void test_options(void)
{
	static const char *const flags[] = {
		"-d", "--detach", "--force-recreate", "--no-recreate", "--always-recreate-deps", "--remove-orphans", "-V", "--renew-anon-volumes", "--no-start", "--quiet-pull", "--wait", "-y", "--yes",
		"--abort-on-container-exit", "--abort-on-container-failure", "--attach-dependencies", "--no-log-prefix", "--no-color", "--timestamps",
	};
	static const char *const values[] = { "-t", "--timeout", "--wait-timeout", "--scale", "--pull", "--exit-code-from", "--attach", "--no-attach" };

	for (size_t i = 0; i < G_N_ELEMENTS(flags) + G_N_ELEMENTS(values); i++) {
		const bool flag = i < G_N_ELEMENTS(flags);
		const char *words[] = { "compose", "up", flag ? flags[i] : values[i - G_N_ELEMENTS(flags)], "a", "b", NULL };
		ComposeLine line;
		g_test_message("%s", words[2]);
		g_assert_cmpint(compose_read_line(&(Cli){ 0 }, (char **)(uintptr_t)words, &line), ==, 0);
		g_assert_cmpuint(line.services->len, ==, flag ? 2 : 1);
		compose_line_clear(&line);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/compose/texts", test_texts);
	g_test_add_func("/compose/host", test_host);
	g_test_add_func("/compose/deploy", test_deploy);
	g_test_add_func("/compose/mounts", test_mounts);
	g_test_add_func("/compose/nets", test_nets);
	g_test_add_func("/compose/calls", test_calls);
	g_test_add_func("/compose/up", test_up);
	g_test_add_func("/compose/lines", test_lines);
	g_test_add_func("/compose/options", test_options);
	return g_test_run();
}
