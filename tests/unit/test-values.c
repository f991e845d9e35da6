/* SPDX-License-Identifier: MIT
 *
 * What each kind of docker flag takes, and what docker itself would refuse.
 */
#include <string.h>
#include "request/argv/value/value.h"

static const struct { const FlagType *type; const char *good[8], *bad[12]; } rows[] = {
	{ &type_switch, { "true", "false", "1", "0", "T" }, { "", "maybe", "2", "tru", "yes" } },
	{ &type_int, { "0", "-1", "+7", "0x10", "9223372036854775807" }, { "", "x", "1x", "1.5", " 1", "--1", "9223372036854775808" } },
	{ &type_uint, { "0", "7", "0x10", "18446744073709551615" }, { "", "-1", "x", "1 ", "18446744073709551616" } },
	{ &type_uint16, { "0", "65535" }, { "", "-1", "65536", "x" } },
	{ &type_uint32, { "0", "4294967295" }, { "", "-1", "4294967296", "x" } },
	{ &type_float, { "0", "-1.5", "1e3" }, { "", "x", "1.5x" } },
	{ &type_duration, { "0", "30s", "1m30s", "-5s", "1.5h", "100ms" }, { "", "30", "s", "1m30", "5 s", "1d" } },
	{ &type_positive_duration, { "0", "30s" }, { "", "-5s", "30" } },
	{ &type_bytes, { "0", "5", "512m", "2g", "1.5k", "3GiB" }, { "", "m", "much", "5x", "5 m b", "--5" } },
	{ &type_swap, { "-1", "512m" }, { "", "-2x", "much" } },
	{ &type_cpus, { "0", "1.5", "4" }, { "", "x", "1.5.5" } },
	{ &type_filter, { "", "a=b", "=" }, { "a" } },
	{ &type_label, { "a", "a=b c", " a=b", "a=" }, { "", " ", "=b", "a b", "a b=c" } },
	{ &type_env, { "A", "A=b", "A=" }, { "", "=b" } },
	{ &type_attach, { "stdin", "STDOUT", "Stderr" }, { "", "std", "stdinx" } },
	{ &type_link, { "web", "web:db" }, { "", "web:db:x" } },
	{ &type_search_domain, { ".", "example.net", "a", "a-b.c." }, { "", "-a", "a..b", "1.2", "a_b" } },
	{ &type_sysctl, { "net.a=1", "fs.mqueue.x=1", "kernel.sem=1 2", "kernel.shm_rmid_forced=1" }, { "", "net.a", "=1", "kernel.semx=1", "kernel.se=1", "fs.x=1", "knet.a=1" } },
	{ &type_device_rule, { "c 1:3 rwm", "a *:* r", "b 8:* w" }, { "", "c 1:3", "d 1:3 r", "c 1:3 rwmr", "c 1:3 x", "c 1:3 r\n", " c 1:3 r" } },
	{ &type_weight, { "/dev/sda:0", "/dev/sda:10", "/dev/sda:1000" }, { "", "/dev/sda", "/dev/sda:9", "/dev/sda:1001", "sda:10", "/dev/sda:x", "/dev/sda:" } },
	{ &type_bps, { "/dev/sda:1mb", "/dev/sda:0" }, { "", "/dev/sda", "sda:1mb", "/dev/sda:x", "/dev/sda:-1" } },
	{ &type_iops, { "/dev/sda:1", "/dev/sda:0" }, { "", "/dev/sda", "sda:1", "/dev/sda:1k", "/dev/sda:-1" } },
	{ &type_ulimit, { "nofile=1", "nofile=1:2", "nofile=2:2", "core=-1" }, { "", "nofile", "nofile=", "nofile=2:1", "nofile=x", "nofile=1:2:3", "files=1", "=1" } },
	{ &type_address, { "1.2.3.4", "::1" }, { "", "1.2.3", "1.2.3.4.5", "x", "1.2.3.256", "1.2.3.4/8" } },
	{ &type_extra_host, { "a:1.2.3.4", "a:host-gateway", "a=1.2.3.4", "a:::1" }, { "", "a", ":1.2.3.4", "a:x", "a:1.2.3.256" } },
	{ &type_csv, { "", "a", "a,b", "\"a,b\",c" }, { "\"a", "a\"b" } },
	{ &type_settings, { "a=b", "=" }, { "", "a" } },
	{ &type_networks, { "10.0.0.0/8", "10.0.0.0/8,192.168.0.0/16", "fc00::/7", "::/128" }, { "10.0.0.0", "10.0.0.0/x", "10.0.0.0/129", "x/8", "10.0.0.0/8,", "/8" } },
	{ &type_resource, { "a=1", "a=-1" }, { "", "a", "a=", "=1", "a=x" } },
	{ &type_credential, { "", "config://a", "file://a", "registry://a" }, { "a", "config:/a", "http://a" } },
	{ &type_platform, { "", "linux/amd64", "linux/arm/v7" }, { "linux/amd 64", "a/b/c/d" } },
	{ &type_service_port, { "80", "8080:80", "80/udp", "target=80,published=8080", "target=80,protocol=udp,mode=host" },
		{ "", "x", "8080:x", "80/icmp", "1.2.3.4:80:80", "published=80", "target=x", "target=80,mode=x", "target=80,what=x", "target=80,published=x" } },
	{ &type_image_name, { "nginx", "a.b/c:1" }, { "", "UPPER", "a:b:c", "a b" } },
	{ &type_network, { "n", "name=n", "name=n,alias=a" }, { "name=n,what=x", "alias=a" } },
	{ &type_mount, { "type=bind,source=/a,target=/b", "type=tmpfs,target=/b", "target=/b", "type=bind,source=/a,target=/b,readonly" },
		{ "", "type=bind", "target", "type=bind,source=/a,target=/b,what=x", "type=bind,source=/a,target=/b,readonly=maybe" } },
	{ &type_gpus, { "all", "2", "-1", "device=0", "count=1,driver=x" }, { "x", "count=x", "what=1" } },
};

static bool takes(const FlagType *type, const char *value)
{
	g_autoptr(Arena) arena = arena_new();
	Line line = { .arena = arena };

	bool taken = type->check(&line, value);
	g_clear_error(&line.error);
	return taken;
}

static void test_values(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (const char *const *value = rows[i].good; *value; value++)
			if (!takes(rows[i].type, *value))
				g_error("%s: '%s' is refused", rows[i].type->expected, *value);
		for (const char *const *value = rows[i].bad; *value; value++)
			if (takes(rows[i].type, *value))
				g_error("%s: '%s' is taken", rows[i].type->expected, *value);
	}
}

static void test_numbers(void)
{
	static const struct { const FlagType *type; const char *text; int64_t number; } numbers[] = {
		{ &type_switch, "true", 1 }, { &type_switch, "false", 0 }, { &type_bytes, "2k", 2048 }, { &type_bytes, "1.5k", 1536 }, { &type_bytes, "7", 7 }, { &type_swap, "-1", -1 },
		{ &type_swap, "1m", 1048576 }, { &type_cpus, "1.5", 1500000000 }, { &type_duration, "1m30s", 90000000000 }, { &type_positive_duration, "5ms", 5000000 },
		{ &type_int, "-7", -7 }, { &type_int, "0x10", 16 }, { &type_uint, "7", 7 }, { &type_uint16, "65535", 65535 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		g_assert_cmpint(value_number(numbers[i].type, numbers[i].text), ==, numbers[i].number);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/values/taken", test_values);
	g_test_add_func("/values/numbers", test_numbers);
	return g_test_run();
}
