/* SPDX-License-Identifier: MIT
 *
 * Items: CIS Docker Benchmark 1.7, sections 4 and 5; Pod Security Standards, baseline and restricted
 * (k8s.io/pod-security-admission, policy/check_*.go, as of Kubernetes 1.34).
 */
#include <glib.h>
#include "policy/review/coverage-probes.h"

#define IMAGE "docker.io/library/busybox:1.36@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define NNP "\"no-new-privileges\""

const ProbeMember probe_members[] = {
	{ "Image", "\"" IMAGE "\"", false },
	{ "User", "\"65532:65532\"", false },
	{ "Healthcheck", "{\"Test\":[\"CMD\",\"true\"]}", false },
	{ "ReadonlyRootfs", "true", true },
	{ "CapDrop", "[\"ALL\"]", true },
	{ "SecurityOpt", "[" NNP "]", true },
	{ "Memory", "67108864", true },
	{ "NanoCpus", "500000000", true },
	{ "PidsLimit", "64", true },
	{ "RestartPolicy", "{\"Name\":\"no\"}", true },
	{ "NetworkMode", "\"probe\"", true },
};
const size_t probe_member_count = G_N_ELEMENTS(probe_members);

#define HAS(name, json) { .member = name, .value = json }
#define LACKS(name) { .member = name }
#define CALL(verb, target, json) { .method = verb, .uri = target, .body = json }
#define BIND(source) HAS("Binds", "[\"" source ":/x\"]")
#define CAP(name) HAS("CapAdd", "[\"" name "\"]")
#define OPTION(text) HAS("SecurityOpt", "[" NNP ",\"" text "\"]")
#define PORT(address, number) HAS("PortBindings", "{\"80/tcp\":[{\"HostIp\":\"" address "\",\"HostPort\":\"" number "\"}]}")
#define SYSCTL(name) HAS("Sysctls", "{\"" name "\":\"1\"}")
#define VOLUME(options) CALL("POST", "/volumes/create", "{\"Name\":\"v\",\"DriverOpts\":{" options "}}")
#define EXEC(json) CALL("POST", "/containers/probe/exec", "{\"Cmd\":[\"true\"]," json "}")
#define INLINE(options)                                                                                                                     \
	HAS("Mounts", "[{\"Type\":\"volume\",\"Target\":\"/x\",\"VolumeOptions\":{\"DriverConfig\":{\"Name\":\"local\",\"Options\":{" options "}}}}]")
/* Signatures are looked at whatever else an image is. */
#define UNSIGNED { .member = "Image", .value = "\"" IMAGE "\"", .rule = "images.require_signed" }

#define ITEM(name, text, ...) { name, text, (const CoverageProbe[]){ __VA_ARGS__ }, sizeof((const CoverageProbe[]){ __VA_ARGS__ }) / sizeof(CoverageProbe) }
#define HIDDEN(name, text) { name, text, NULL, 0 }
#define BASELINE(text, ...) ITEM("PSS-baseline", text, __VA_ARGS__)
#define RESTRICTED(text, ...) ITEM("PSS-restricted", text, __VA_ARGS__)

const CoverageItem coverage_items[] = {
	ITEM("CIS-4.1", "A user for the container has been created", HAS("User", "\"root\""), HAS("User", "\"0\""), HAS("User", "\"0:65532\""), LACKS("User")),
	ITEM("CIS-4.2", "Containers use only trusted base images", HAS("Image", "\"registry.invalid/somebody/tool:1\""),
		CALL("POST", "/images/create?fromImage=registry.invalid/somebody/tool&tag=1", NULL)),
	HIDDEN("CIS-4.3", "Unnecessary packages are not installed"),
	ITEM("CIS-4.4", "Images are scanned", { .member = "Image", .value = "\"" IMAGE "\"", .image = PROBE_IMAGE_UNSCANNED },
		{ .member = "Image", .value = "\"" IMAGE "\"", .image = PROBE_IMAGE_VULNERABLE }),
	ITEM("CIS-4.5", "Content trust is enabled", UNSIGNED),
	ITEM("CIS-4.6", "HEALTHCHECK instructions have been added", LACKS("Healthcheck")),
	HIDDEN("CIS-4.7", "Update instructions are not used alone"),
	HIDDEN("CIS-4.8", "setuid and setgid permissions are removed"),
	HIDDEN("CIS-4.9", "COPY is used instead of ADD"),
	ITEM("CIS-4.10", "Secrets are not stored in images",
		CALL("POST", "/build?buildargs=%7B%22DB_PASSWORD%22%3A%22correct-horse-battery-9%22%7D", NULL),
		{ .method = "POST", .uri = "/images/docker.io/library/probe/push?tag=1", .image = PROBE_IMAGE_SECRETS, .rule = "settings.secret_scanning" }),
	HIDDEN("CIS-4.11", "Only verified packages are installed"),
	ITEM("CIS-4.12", "Signed artifacts are validated", UNSIGNED),
	ITEM("CIS-5.1", "Swarm mode is not enabled, if not needed", CALL("POST", "/swarm/init", "{}"), CALL("POST", "/swarm/join", "{}")),
	ITEM("CIS-5.2", "An AppArmor profile is enabled", OPTION("apparmor=unconfined"), OPTION("apparmor:unconfined")),
	ITEM("CIS-5.3", "SELinux security options are set", OPTION("label=disable"), OPTION("label:disable")),
	ITEM("CIS-5.4", "Linux kernel capabilities are restricted", CAP("ALL"), CAP("SYS_ADMIN"), CAP("SYS_PTRACE"), CAP("SYS_MODULE"), CAP("SYS_RAWIO"),
		CAP("DAC_READ_SEARCH"), CAP("BPF"), CAP("SYS_BOOT"), CAP("SYS_TIME"), CAP("MAC_ADMIN"), CAP("SYSLOG")),
	ITEM("CIS-5.5", "Privileged containers are not used", HAS("Privileged", "true")),
	ITEM("CIS-5.6", "Sensitive host directories are not mounted", BIND("/"), BIND("/boot"), BIND("/dev"), BIND("/etc"), BIND("/lib"), BIND("/proc"),
		BIND("/sys"), BIND("/usr"), HAS("Mounts", "[{\"Type\":\"bind\",\"Source\":\"/etc\",\"Target\":\"/x\"}]"),
		VOLUME("\"type\":\"none\",\"o\":\"bind\",\"device\":\"/etc\""), INLINE("\"type\":\"none\",\"o\":\"bind\",\"device\":\"/usr\"")),
	HIDDEN("CIS-5.7", "sshd does not run in containers"),
	ITEM("CIS-5.8", "Privileged ports are not mapped", PORT("127.0.0.1", "80"), PORT("127.0.0.1", "1023")),
	ITEM("CIS-5.9", "Only needed ports are open", HAS("PublishAllPorts", "true")),
	ITEM("CIS-5.10", "The host's network namespace is not shared", HAS("NetworkMode", "\"host\""), CALL("POST", "/build?networkmode=host", NULL)),
	ITEM("CIS-5.11", "Memory usage is limited", LACKS("Memory")),
	ITEM("CIS-5.12", "CPU priority is set", LACKS("NanoCpus")),
	ITEM("CIS-5.13", "The root file system is mounted read-only", LACKS("ReadonlyRootfs")),
	ITEM("CIS-5.14", "Traffic is bound to a specific host interface", PORT("", "8080"), PORT("0.0.0.0", "8080"), PORT("::", "8080")),
	ITEM("CIS-5.15", "on-failure restarts are limited to 5", HAS("RestartPolicy", "{\"Name\":\"always\"}"),
		HAS("RestartPolicy", "{\"Name\":\"unless-stopped\"}"), HAS("RestartPolicy", "{\"Name\":\"on-failure\",\"MaximumRetryCount\":6}"),
		HAS("RestartPolicy", "{\"Name\":\"on-failure\"}")),
	ITEM("CIS-5.16", "The host's process namespace is not shared", HAS("PidMode", "\"host\"")),
	ITEM("CIS-5.17", "The host's IPC namespace is not shared", HAS("IpcMode", "\"host\"")),
	ITEM("CIS-5.18", "Host devices are not directly exposed",
		HAS("Devices", "[{\"PathOnHost\":\"/dev/sda\",\"PathInContainer\":\"/dev/sda\",\"CgroupPermissions\":\"rwm\"}]"),
		HAS("DeviceCgroupRules", "[\"b 8:0 rwm\"]")),
	ITEM("CIS-5.19", "Default ulimits are overwritten if needed", HAS("Ulimits", "[{\"Name\":\"nofile\",\"Soft\":1073741816,\"Hard\":1073741816}]"),
		HAS("Ulimits", "[{\"Name\":\"nproc\",\"Soft\":-1,\"Hard\":-1}]")),
	ITEM("CIS-5.20", "Mount propagation mode is not shared", HAS("Binds", "[\"/srv:/x:rshared\"]"), HAS("Binds", "[\"/srv:/x:shared\"]"),
		HAS("Mounts", "[{\"Type\":\"bind\",\"Source\":\"/srv\",\"Target\":\"/x\",\"BindOptions\":{\"Propagation\":\"rshared\"}}]")),
	ITEM("CIS-5.21", "The host's UTS namespace is not shared", HAS("UTSMode", "\"host\"")),
	ITEM("CIS-5.22", "The default seccomp profile is not disabled", OPTION("seccomp=unconfined"), OPTION("seccomp:unconfined")),
	ITEM("CIS-5.23", "docker exec is not used with --privileged", EXEC("\"User\":\"65532\",\"Privileged\":true")),
	ITEM("CIS-5.24", "docker exec is not used with --user=root", EXEC("\"User\":\"root\""), EXEC("\"User\":\"0\"")),
	ITEM("CIS-5.25", "cgroup usage is confirmed", HAS("CgroupParent", "\"/probe\"")),
	ITEM("CIS-5.26", "No new privileges are acquired", LACKS("SecurityOpt"), HAS("SecurityOpt", "[\"no-new-privileges=false\"]")),
	ITEM("CIS-5.27", "Container health is checked at run time", LACKS("Healthcheck")),
	ITEM("CIS-5.28", "The latest version of an image is used knowingly", HAS("Image", "\"busybox:latest\""), HAS("Image", "\"busybox\"")),
	ITEM("CIS-5.29", "The PIDs cgroup limit is used", LACKS("PidsLimit"), HAS("PidsLimit", "-1")),
	ITEM("CIS-5.30", "Docker's default bridge is not used", HAS("NetworkMode", "\"default\""), HAS("NetworkMode", "\"bridge\""), LACKS("NetworkMode")),
	ITEM("CIS-5.31", "The host's user namespace is not shared", HAS("UsernsMode", "\"host\"")),
	ITEM("CIS-5.32", "Docker's socket is not mounted", BIND("/var/run/docker.sock"), BIND("/run/docker.sock"), HAS("Binds", "[\"/run/docker.sock:/x:ro\"]"),
		BIND("/run")),

	HIDDEN("PSS-baseline", "HostProcess (Windows)"),
	HIDDEN("PSS-baseline", "Host probes and lifecycle hooks (Docker runs them in the container)"),
	BASELINE("Privileged containers", HAS("Privileged", "true")),
	BASELINE("Host namespaces", HAS("NetworkMode", "\"host\""), HAS("PidMode", "\"host\""), HAS("IpcMode", "\"host\"")),
	BASELINE("Capabilities", CAP("ALL"), CAP("NET_RAW"), CAP("CAP_NET_RAW"), CAP("NET_ADMIN"), CAP("SYS_ADMIN"), CAP("SYS_PTRACE"), CAP("SYS_MODULE"),
		CAP("SYS_RAWIO"), CAP("SYS_BOOT"), CAP("SYS_TIME"), CAP("SYS_NICE"), CAP("SYS_RESOURCE"), CAP("SYS_PACCT"), CAP("SYS_TTY_CONFIG"),
		CAP("SYSLOG"), CAP("IPC_LOCK"), CAP("IPC_OWNER"), CAP("LEASE"), CAP("LINUX_IMMUTABLE"), CAP("NET_BROADCAST"), CAP("MAC_ADMIN"),
		CAP("MAC_OVERRIDE"), CAP("DAC_READ_SEARCH"), CAP("AUDIT_CONTROL"), CAP("AUDIT_READ"), CAP("BLOCK_SUSPEND"), CAP("WAKE_ALARM"), CAP("BPF"),
		CAP("PERFMON"), CAP("CHECKPOINT_RESTORE")),
	BASELINE("HostPath volumes", BIND("/srv"), HAS("Binds", "[\"/srv:/x:ro\"]"), BIND("/"),
		HAS("Mounts", "[{\"Type\":\"bind\",\"Source\":\"/srv\",\"Target\":\"/x\",\"ReadOnly\":true}]"),
		VOLUME("\"type\":\"none\",\"o\":\"bind\",\"device\":\"/srv\""), INLINE("\"type\":\"none\",\"o\":\"bind\",\"device\":\"/srv\"")),
	BASELINE("Host ports", PORT("", "8080"), PORT("127.0.0.1", "80"), PORT("127.0.0.1", "8080"), PORT("127.0.0.1", ""), PORT("", "0"), HAS("PublishAllPorts", "true")),
	BASELINE("AppArmor", OPTION("apparmor=unconfined"), OPTION("apparmor:unconfined")),
	BASELINE("SELinux", OPTION("label=type:unconfined_t"), OPTION("label:type:spc_t"), OPTION("label=user:root"), OPTION("label=role:sysadm_r"),
		OPTION("label=disable")),
	BASELINE("/proc mount type", HAS("MaskedPaths", "[]"), HAS("ReadonlyPaths", "[]")),
	BASELINE("Seccomp", OPTION("seccomp=unconfined"), OPTION("seccomp:unconfined")),
	BASELINE("Sysctls", SYSCTL("kernel.msgmax"), SYSCTL("kernel.sem"), SYSCTL("fs.mqueue.msg_max"), SYSCTL("net.core.somaxconn"),
		SYSCTL("net.ipv4.ip_forward"), SYSCTL("net.ipv4.tcp_syncookies.x")),
	RESTRICTED("Volume types", BIND("/srv"), VOLUME("\"type\":\"nfs\",\"o\":\"addr=192.0.2.1,rw\",\"device\":\":/x\""),
		VOLUME("\"type\":\"cifs\",\"o\":\"addr=192.0.2.1\",\"device\":\"//192.0.2.1/x\""), VOLUME("\"type\":\"none\",\"o\":\"bind\",\"device\":\"/srv\""),
		VOLUME("\"type\":\"ext4\",\"device\":\"/dev/sda1\""), INLINE("\"type\":\"nfs\",\"o\":\"addr=192.0.2.1\",\"device\":\":/x\""),
		CALL("POST", "/volumes/create", "{\"Name\":\"v\",\"Driver\":\"glusterfs\"}"),
		HAS("Mounts", "[{\"Type\":\"cluster\",\"Source\":\"v\",\"Target\":\"/x\"}]")),
	RESTRICTED("Privilege escalation", LACKS("SecurityOpt"), HAS("SecurityOpt", "[\"no-new-privileges=false\"]")),
	RESTRICTED("Running as non-root", HAS("User", "\"root\""), LACKS("User")),
	RESTRICTED("Running as non-root user id", HAS("User", "\"0\""), HAS("User", "\"0:65532\""), HAS("User", "\"00\"")),
	RESTRICTED("Seccomp", OPTION("seccomp=unconfined"), OPTION("seccomp:unconfined")),
	RESTRICTED("Capabilities", LACKS("CapDrop"), HAS("CapDrop", "[\"NET_RAW\"]"), CAP("CHOWN"), CAP("NET_RAW"), CAP("SYS_ADMIN"), CAP("ALL")),
};
const size_t coverage_item_count = G_N_ELEMENTS(coverage_items);
