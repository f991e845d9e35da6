/* SPDX-License-Identifier: MIT
 *
 * What the kernel says of the host's network, and networks and volumes judged by it.
 */
#include "policy-fixture.h"
#include "request/host-net.h"

#define DEV                                                                                                                                \
	"Inter-|   Receive  |  Transmit\n"                                                                                                 \
	" face |bytes |bytes\n"                                                                                                            \
	"    lo: 1 2\n"                                                                                                                    \
	"  eth0:1 2\n"                                                                                                                     \
	"docker0: 1 2\n"
#define ROUTE                                                                                                                              \
	"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"                                            \
	"eth0\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"                                                                     \
	"eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"                                                                     \
	"docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"                                                                  \
	"tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0\n"
#define ROUTE6                                                                                                                             \
	"fd120000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 1 0 1 eth0\n"   \
	"00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 1 0 200200 "    \
	"lo\n"
#define TRIE "Local:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.0.2.15\n        /32 host LOCAL\n     |-- 10.0.2.255\n        /32 link BROADCAST\n"
#define INET6 "fd120000000000000000000000000015 02 40 00 80     eth0\n"
#define MOUNTS                                                                                                                             \
	"25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"                                                                          \
	"90 25 0:50 / /data rw,relatime shared:9 - nfs4 nas.example:/x rw,vers=4.2,addr=10.9.9.9\n"                                        \
	"91 25 0:51 / /more rw - cifs //Files/share rw\n"

static HostNet *read_all(Arena *arena)
{
	HostNet *net = arena_alloc(arena, sizeof *net);

	*net = (HostNet){ .known = true };
	g_assert_true(host_net_read_interfaces(DEV, net, arena) && host_net_read_routes(ROUTE, net, arena) &&
		      host_net_read_routes6(ROUTE6, net, arena) && host_net_read_addresses(TRIE, net, arena) &&
		      host_net_read_addresses6(INET6, net, arena) && host_net_read_mounts(MOUNTS, net, arena));
	return net;
}

static void test_files(void)
{
	g_autoptr(Arena) arena = arena_new();
	const HostNet *net = read_all(arena);

	g_assert_cmpuint(net->interfaces.count, ==, 3);
	g_assert_cmpstr(net->interfaces.items[1], ==, "eth0");
	g_assert_cmpuint(net->routes.count, ==, 3); /* without the default ones and half of all addresses */
	g_assert_cmpuint(net->addresses.count, ==, 2);
	g_assert_cmpuint(net->servers.count, ==, 3);
	g_assert_cmpstr(net->servers.items[2], ==, "Files");
}

static void test_broken(void)
{
	g_autoptr(Arena) arena = arena_new();
	HostNet net = { 0 };

	g_assert_false(host_net_read_interfaces("a\nb\nno colon\n", &net, arena));
	g_assert_false(host_net_read_routes("head\neth0\t0002000A\n", &net, arena));
	g_assert_false(host_net_read_routes6("fd 40\n", &net, arena));
	g_assert_false(host_net_read_addresses("|-- 10.0.2\n", &net, arena));
	g_assert_false(host_net_read_addresses6("fd12 02 40 00 80 eth0\n", &net, arena));
	g_assert_false(host_net_read_mounts("25 1 8:1 / / rw\n", &net, arena));
}

/* Of this machine: lo is there, and the loopback address. */
static void test_now(void)
{
	g_autoptr(Arena) arena = arena_new();
	const HostNet *net = host_net_now(arena);
	bool loopback = false;

	g_assert_true(net->known);
	for (size_t i = 0; i < net->interfaces.count; i++)
		loopback = loopback || !strcmp(net->interfaces.items[i], "lo");
	g_assert_true(loopback);
}

static void test_ranges(void)
{
	static const struct {
		const char *outer, *inner;
		bool holds, overlaps;
	} rows[] = {
		{ "10.0.0.0/8", "10.1.0.0/16", true, true },
		{ "10.1.0.0/16", "10.0.0.0/8", false, true },
		{ "172.16.0.0/12", "172.32.0.0/16", false, false },
		{ "172.16.0.0/12", "172.31.255.0/24", true, true },
		{ "fc00::/7", "fd00::/64", true, true },
		{ "fc00::/7", "2600::/64", false, false },
		{ "10.0.0.0/8", "::ffff:10.1.0.0/112", true, true },
		{ "10.1.2.3/8", "10.200.0.0/16", true, true },
	};
	static const char *const bad[] = { "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/08", "10.0.0.0/8 ", "/8",
		"fd00::/129", "a/8", "010.0.0.0/8" };
	NetRange outer, inner;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_assert_true(net_range_parse(rows[i].outer, &outer) && net_range_parse(rows[i].inner, &inner));
		g_assert_true(net_range_holds(&outer, &inner) == rows[i].holds);
		g_assert_true(net_range_overlaps(&outer, &inner) == rows[i].overlaps);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(net_range_parse(bad[i], &outer));
}

#define NETWORK "/v1.43/networks/create"
#define VOLUME "/v1.43/volumes/create"
#define POOL(config) "{\"Name\":\"n\",\"IPAM\":{\"Config\":[{" config "}]}}"
#define OPTIONS(options) "{\"Name\":\"n\",\"Options\":{" options "}}"
#define DRIVEN(type, device, o) "{\"DriverOpts\":{\"type\":\"" type "\",\"device\":\"" device "\",\"o\":\"" o "\"}}"

static const char rules[] = "rules:\n"
			    "  network: {allowed_options: [com.docker.network.bridge.name, mtu, \"mode=nat\", \"parent=eth0\", parent], "
			    "allowed_subnets: [10.0.0.0/8, 172.16.0.0/12, "
			    "\"fc00::/7\"],\n"
			    "    block_host_interfaces: true, block_host_routes: true}\n"
			    "  volumes: {allowed_types: [none, tmpfs, overlay, nfs, cifs], allowed_servers: [nas.example, \"10.*\", "
			    "\"files\", \"localhost\", \"127.0.0.1\", "
			    "\"fd12::15\", ok, \"::\"]}\n";

static const struct {
	const char *uri, *body, *rule;
} judged[] = {
	{ NETWORK,
		POOL("\"Subnet\":\"10.5.0.0/16\",\"Gateway\":\"10.5.0.1\",\"IPRange\":\"10.5.1.0/"
		     "24\",\"AuxiliaryAddresses\":{\"a\":\"10.5.0.9\"}"),
		NULL },
	{ NETWORK, POOL("\"Subnet\":\"10.5.0.0/16\",\"Gateway\":\"10.6.0.1\""), "network.allowed_subnets" },
	{ NETWORK, POOL("\"Subnet\":\"10.5.0.0/16\",\"AuxiliaryAddresses\":{\"a\":\"1.1.1.1\"}"), "network.allowed_subnets" },
	{ NETWORK, POOL("\"Subnet\":\"10.0.2.0/24\""), "network.block_host_routes" },
	{ NETWORK, POOL("\"Subnet\":\"10.0.2.128/25\""), "network.block_host_routes" },
	{ NETWORK, POOL("\"Subnet\":\"10.0.0.0/8\""), "network.block_host_routes" },
	{ NETWORK, POOL("\"Subnet\":\"172.17.0.0/16\""), NULL },
	{ NETWORK, POOL("\"Subnet\":\"172.0.0.0/8\""), "network.allowed_subnets" },
	{ NETWORK, POOL("\"Subnet\":\"8.8.8.0/24\""), "network.allowed_subnets" },
	{ NETWORK, POOL("\"Subnet\":\"10.5.0.0\""), "network.allowed_subnets" },
	{ NETWORK, POOL("\"Subnet\":\"fd12::/96\""), "network.block_host_routes" },
	{ NETWORK, POOL("\"Subnet\":\"fd13::/64\""), NULL },
	{ NETWORK, OPTIONS("\"com.docker.network.bridge.name\":\"eth0\""), "network.block_host_interfaces" },
	{ NETWORK, OPTIONS("\"com.docker.network.bridge.name\":\"br-app0\",\"mtu\":\"1400\",\"mode\":\"nat\""), NULL },
	{ NETWORK, OPTIONS("\"mode\":\"routed\""), "network.allowed_options" },
	{ NETWORK, OPTIONS("\"parent\":\"docker0.10\""), "network.block_host_interfaces" },
	{ NETWORK, OPTIONS("\"parent\":\"eth0\""), NULL },
	{ NETWORK, "{\"Name\":\"n\",\"Ingress\":true}", "network.allowed_options" },
	{ NETWORK, "{\"Name\":\"n\",\"IPAM\":{\"Driver\":\"evil\"}}", "network.allowed_options" },
	{ NETWORK, "{\"Name\":\"n\",\"IPAM\":{\"Driver\":\"default\",\"Options\":{\"a\":\"b\"}}}", "network.allowed_options" },
	{ "/v1.43/networks/n/connect", "{\"Container\":\"web\",\"EndpointConfig\":{\"DriverOpts\":{\"x\":\"y\"}}}",
		"network.allowed_options" },
	{ VOLUME, DRIVEN("nfs", ":/x", "addr=10.1.2.3,rw,vers=4"), NULL },
	{ VOLUME, DRIVEN("nfs", "ok:/x", "rw"), NULL },
	{ VOLUME, DRIVEN("nfs", "OK:/x", "rw"), NULL },
	{ VOLUME, DRIVEN("nfs", "bad:/x", "rw"), "volumes.allowed_servers" },
	{ VOLUME, DRIVEN("nfs", ":/x", "rw"), "volumes.allowed_types" },
	{ VOLUME, DRIVEN("nfs", ":/x", "addr=10.1.2.3,addr=10.1.2.4"), "volumes.allowed_types" },
	{ VOLUME, DRIVEN("nfs", ":/x", "addr=10.1.2.3,mountaddr=1.2.3.4"), "volumes.allowed_servers" },
	{ VOLUME, DRIVEN("nfs", ":/x", "addr=10.9.9.9"), "volumes.allowed_servers" },
	{ VOLUME, DRIVEN("nfs", "nas.example:/x", "ro"), "volumes.allowed_servers" },
	{ VOLUME, DRIVEN("nfs", ":/x", "addr=10.0.2.15"), "volumes.allowed_servers" },
	{ VOLUME, DRIVEN("nfs", ":/x", "addr=127.0.0.1"), "volumes.allowed_servers" },
	{ VOLUME, DRIVEN("nfs", "localhost:/x", "ro"), "volumes.allowed_servers" },
	{ VOLUME, DRIVEN("nfs", "[fd12::15]:/x", "ro"), "volumes.allowed_servers" },
	{ VOLUME, DRIVEN("nfs", "[::]:/x", "ro"), "volumes.allowed_servers" },
	{ VOLUME, DRIVEN("nfs", ":/x", "addr=10.1.2.3,newthing"), "volumes.allowed_types" },
	{ VOLUME, DRIVEN("nfs4", ":/x", "addr=10.1.2.3"), "volumes.allowed_types" },
	{ VOLUME, DRIVEN("cifs", "//ok/share", "username=a,password=b"), NULL },
	{ VOLUME, DRIVEN("cifs", "//files/share", "username=a"), "volumes.allowed_servers" },
	{ VOLUME, DRIVEN("cifs", "//bad/share", "ip=10.1.2.3"), NULL },
	{ VOLUME, DRIVEN("cifs", "//ok/share", "unc=//bad/x"), "volumes.allowed_types" },
	{ VOLUME, DRIVEN("overlay", "overlay", "lowerdir=/srv/a:/srv/b"), NULL },
	{ VOLUME, DRIVEN("overlay", "overlay", "lowerdir+=/srv/a"), "volumes.allowed_types" },
	{ VOLUME, DRIVEN("overlay", "overlay", "lowerdir=/srv/a,redirect_dir=on"), "volumes.allowed_types" },
	{ VOLUME, DRIVEN("overlay", "overlay", "lowerdir=/srv/a\\\\\\\\b"), "volumes.allowed_types" },
	{ VOLUME, DRIVEN("overlay", "overlay", "lowerdir=/srv/a\\\\,ro,x"), "volumes.allowed_types" },
	{ VOLUME, DRIVEN("tmpfs", "tmpfs", "size=1m,uid=1000,nosuid"), NULL },
	{ VOLUME, DRIVEN("tmpfs", "tmpfs", "remount"), "volumes.allowed_types" },
	{ VOLUME, DRIVEN("none", "/srv", "bind,ro"), NULL },
	{ VOLUME, DRIVEN("binfmt_misc", "x", ""), "volumes.allowed_types" },
	{ VOLUME, DRIVEN("tmpfs.x", "x", ""), "volumes.allowed_types" },
	{ VOLUME, "{\"DriverOpts\":{\"size\":\"1g\"}}", NULL },
	{ VOLUME, "{\"Name\":\"v\"}", NULL },
};

static void test_judged(void)
{
	g_autoptr(Policy) policy = fixture_policy(rules);

	for (size_t i = 0; i < G_N_ELEMENTS(judged); i++) {
		g_autoptr(Arena) arena = arena_new();
		const ApiCall call = { .method = "POST",
			.uri = judged[i].uri,
			.body = judged[i].body,
			.body_length = strlen(judged[i].body),
			.content_type = "application/json",
			.content_length = "2" };
		const Situation situation = { .now_us = FIXTURE_NOW, .host = read_all(arena) };
		g_test_message("%s", judged[i].body);
		g_assert_cmpstr(fixture_rule(policy_evaluate(policy, api_read(&call, arena), &situation, arena)), ==, judged[i].rule);
	}
}

/* Where the routes cannot be read, a subnet cannot be judged. */
static void test_unknown(void)
{
	g_autoptr(Policy) policy = fixture_policy(rules);
	g_autoptr(Arena) arena = arena_new();
	const HostNet nothing = { 0 };
	const char *body = POOL("\"Subnet\":\"10.5.0.0/16\"");
	const ApiCall call = { .method = "POST",
		.uri = NETWORK,
		.body = body,
		.body_length = strlen(body),
		.content_type = "application/json",
		.content_length = "2" };
	const Situation situation = { .now_us = FIXTURE_NOW, .host = &nothing };

	g_assert_cmpstr(fixture_rule(policy_evaluate(policy, api_read(&call, arena), &situation, arena)), ==, "builtin.unresolved");
}

static void test_layers(void)
{
	static const struct {
		const char *o, *paths;
	} rows[] = {
		{ "lowerdir=/r\\\\oot:/srv", "/root:r,/srv:r" },
		{ "lowerdir=/a\\\\:/b:/c", "/a:/b:r,/c:r" },
		{ "lowerdir=/a::/b,upperdir=/u\\\\:x,workdir=/w:y", "/a:r,/b:r,/u:x:w,/w:y:w" },
		{ "lowerdir=srv/x", "/srv/x:r" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Arena) arena = arena_new();
		g_autofree char *body = g_strdup_printf(DRIVEN("overlay", "overlay", "%s"), rows[i].o);
		g_autoptr(GString) paths = g_string_new("");
		const ApiCall call = { .method = "POST",
			.uri = VOLUME,
			.body = body,
			.body_length = strlen(body),
			.content_type = "application/json",
			.content_length = "2" };
		const MountList *mounts = &api_read(&call, arena)->container.mounts;
		for (size_t m = 0; m < mounts->count; m++)
			g_string_append_printf(
				paths, "%s%s:%c", m ? "," : "", mounts->items[m].source, mounts->items[m].read_only ? 'r' : 'w');
		g_assert_cmpstr(paths->str, ==, rows[i].paths);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/host-net/files", test_files);
	g_test_add_func("/host-net/broken", test_broken);
	g_test_add_func("/host-net/now", test_now);
	g_test_add_func("/host-net/ranges", test_ranges);
	g_test_add_func("/host-net/judged", test_judged);
	g_test_add_func("/host-net/unknown", test_unknown);
	g_test_add_func("/host-net/layers", test_layers);
	return g_test_run();
}
