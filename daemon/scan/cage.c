/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include "base/error.h"
#include "scan/cage.h"

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ARCHITECTURE AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define ARCHITECTURE AUDIT_ARCH_S390X
#else
#error "the cage does not know how this architecture numbers its system calls"
#endif

/* What reading, computing and ending take. */
static const unsigned allowed[] = {
	SYS_read, SYS_pread64, SYS_readv, SYS_lseek, SYS_fstat, SYS_write, SYS_writev, SYS_close, SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_futex,
	SYS_clock_gettime, SYS_gettimeofday, SYS_getrandom, SYS_getpid, SYS_gettid, SYS_rt_sigreturn, SYS_rt_sigprocmask, SYS_sched_yield, SYS_sigaltstack, SYS_exit, SYS_exit_group,
};
/* ... and memory, as long as it does not become code: the third argument is what it is for. */
static const unsigned memory[] = { SYS_mmap, SYS_mprotect };

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define IF_EQUAL(value, otherwise) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (otherwise))
#define LOW_HALF (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0u : 4u)
#define EACH 2u /* instructions of one row */
#define EACH_MEMORY 5u
#define ROOM (6u + EACH * G_N_ELEMENTS(allowed) + EACH_MEMORY * G_N_ELEMENTS(memory))

static struct sock_fprog program(struct sock_filter *code)
{
	const struct sock_filter begin[] = { LOAD(arch), IF_EQUAL(ARCHITECTURE, 1), LOAD(nr), BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0), ANSWER(SECCOMP_RET_KILL_PROCESS) };
	unsigned short length = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(begin); i++)
		code[length++] = begin[i];
	for (size_t i = 0; i < G_N_ELEMENTS(allowed); i++) {
		const struct sock_filter row[EACH] = { IF_EQUAL(allowed[i], 1), ANSWER(SECCOMP_RET_ALLOW) };
		for (size_t j = 0; j < EACH; j++)
			code[length++] = row[j];
	}
	for (size_t i = 0; i < G_N_ELEMENTS(memory); i++) {
		const struct sock_filter row[EACH_MEMORY] = {
			IF_EQUAL(memory[i], 4), BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2]) + LOW_HALF),
			BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0), ANSWER(SECCOMP_RET_ALLOW), ANSWER(SECCOMP_RET_ERRNO | EPERM),
		};
		for (size_t j = 0; j < EACH_MEMORY; j++)
			code[length++] = row[j];
	}
	code[length++] = (struct sock_filter)ANSWER(SECCOMP_RET_ERRNO | EPERM);
	return (struct sock_fprog){ .len = length, .filter = code };
}

bool cage_enter(GError **error)
{
	struct sock_filter code[ROOM];
	const struct sock_fprog filter = program(code);

	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0)
		return true;
	g_set_error(error, SENTINEL_ERROR, SENTINEL_ERROR_UNAVAILABLE, "the kernel does not let a process give up its rights (seccomp): %s", g_strerror(errno));
	return false;
}
