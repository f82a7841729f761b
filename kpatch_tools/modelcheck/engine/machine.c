/* SPDX-License-Identifier: GPL-2.0-only */
/* What depends on x86-64 Linux: system calls, entry, switching stacks. */

#ifndef __x86_64__
#error "the engine has a context switch for x86-64 only"
#endif

enum {
	SYS_write = 1,
	SYS_mmap = 9,
	SYS_mprotect = 10,
	SYS_rt_sigaction = 13,
	SYS_rt_sigreturn = 15,
	SYS_madvise = 28,
	SYS_setitimer = 38,
	SYS_exit = 60,
	SYS_sigaltstack = 131,
	SYS_prctl = 157,
};

static inline long system_call(long number, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = number == SYS_mmap ? -1 : 0;
	register long r9 __asm__("r9") = 0;
	long result;

	__asm__ volatile("syscall" : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10),
			   "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

/*
 * machine_switch(save, to, value, note): leaves a context on this stack, its
 * address in *save and `note` as its lowest word; goes on in the context `to`,
 * where machine_switch returns `value`.
 *
 * machine_point(what, object, ready, size and access): a struct pending on this
 * stack of these four words; where arrive() wants it, a context below it, and
 * the engine goes on; then go_on(). No frame of compiled code lies there, whose
 * registers and gaps would be part of the state.
 *
 * machine_guarded(save, call, argument): call(argument) on this stack, with a
 * context in *save to which machine_abandon() can return in its stead.
 */
long machine_switch(void **save, void *to, long value, const void *note);
void machine_point(const char *what, const volatile void *object,
		   _Bool (*ready)(const volatile void *object), u64 extent);
long machine_guarded(void **save, long (*call)(void *), void *argument);
void machine_abandon(void *to, long value) __attribute__((noreturn));

__asm__(".text\n"
	".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call engine_main\n"
	"	ud2\n"
	"machine_switch:\n"
	"	push %rbp\n	push %rbx\n	push %r12\n"
	"	push %r13\n	push %r14\n	push %r15\n"
	"	push %rcx\n"
	"	mov %rsp, (%rdi)\n"
	"	mov %rdx, %rax\n"
	"	mov %rsi, %rsp\n"
	"machine_land:\n"
	"	pop %rcx\n"
	"	pop %r15\n	pop %r14\n	pop %r13\n"
	"	pop %r12\n	pop %rbx\n	pop %rbp\n"
	"	ret\n"
	"machine_point:\n"
	"	push $0\n"
	"	push %rcx\n	push %rdx\n	push %rsi\n	push %rdi\n"
	"	mov %rsp, %rdi\n"
	"	call arrive\n"
	"	test %rax, %rax\n"
	"	jz 1f\n"
	"	call machine_pause\n"
	"1:	mov %rsp, %rdi\n"
	"	call go_on\n"
	"	add $40, %rsp\n"
	"	ret\n"
	"machine_pause:\n"
	"	lea 8(%rsp), %rcx\n"
	"	push %rbp\n	push %rbx\n	push %r12\n"
	"	push %r13\n	push %r14\n	push %r15\n"
	"	push %rcx\n"
	"	mov %rsp, (%rax)\n"
	"	xor %eax, %eax\n"
	"	mov engine_context(%rip), %rsp\n"
	"	jmp machine_land\n"
	"machine_guarded:\n"
	"	push %rbp\n	push %rbx\n	push %r12\n"
	"	push %r13\n	push %r14\n	push %r15\n"
	"	push %rcx\n"
	"	mov %rsp, (%rdi)\n"
	"	mov %rdx, %rdi\n"
	"	call *%rsi\n"
	"	jmp machine_land\n"
	"machine_abandon:\n"
	"	mov %rsi, %rax\n"
	"	mov %rdi, %rsp\n"
	"	jmp machine_land\n"
	"machine_sigreturn:\n"
	"	mov $15, %eax\n"
	"	syscall\n");

/* The words of a saved context, lowest first. */
enum { CONTEXT_NOTE, CONTEXT_FRAME = 6, CONTEXT_RETURN, CONTEXT_WORDS };

/* A context at the top of an empty stack, from which `entry` starts. */
static void *machine_new_context(void *top, void (*entry)(void))
{
	/* 3 words: `entry` finds the stack aligned as if it had been called */
	u64 *context = (u64 *)top - 3 - CONTEXT_WORDS;

	for (int i = 0; i < CONTEXT_WORDS + 3; i++)
		context[i] = 0;
	context[CONTEXT_RETURN] = (u64)entry;
	return context;
}

struct kernel_sigaction {
	void (*handler)(int, void *, void *);
	u64 flags;
	void (*restorer)(void);
	u64 mask;
};

void machine_sigreturn(void);

static void machine_on_signal(int signal, void (*handler)(int, void *, void *))
{
	/* SIGINFO, ONSTACK, RESTORER, NODEFER: we may leave by abandoning */
	struct kernel_sigaction action = {
		handler, 4 | 0x08000000 | 0x04000000 | 0x40000000,
		machine_sigreturn, 0,
	};

	system_call(SYS_rt_sigaction, signal, (long)&action, 0, 8);
}

/* Registers of an interrupted context: struct ucontext of x86-64. */
enum { GREGS = 5, REG_RDI = 8, REG_RSI = 9, REG_RBP = 10,
       REG_RSP = 15, REG_RIP = 16 };

static u64 *machine_registers(void *ucontext)
{
	return (u64 *)ucontext + GREGS;
}

/* Makes the interrupted code call machine_abandon(to, value). */
static void machine_divert(void *ucontext, void *to, long value)
{
	u64 *registers = machine_registers(ucontext);

	registers[REG_RIP] = (u64)machine_abandon;
	registers[REG_RDI] = (u64)to;
	registers[REG_RSI] = (u64)value;
}
