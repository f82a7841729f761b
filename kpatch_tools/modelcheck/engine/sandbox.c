/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is set up before any code of the model runs: memory, guard pages, the
 * signals that make a crash or an endless loop an outcome, and strict seccomp,
 * after which the process can only read, write to open descriptors and exit.
 */

static u8 signal_stack[65536];
static u64 watched_beats;
static u32 still_ticks;		/* since the last heart beat */

#define STUCK_TICKS (TICKS_PER_SECOND / 2)

enum { ILL = 4, BUS = 7, FPE = 8, SEGV = 11, VTALRM = 26 };

/* --- signals -------------------------------------------------------------- */

static const char *context_name(void)
{
	return current == ENG_OUTSIDE ? "a check of the scenario"
				      : threads[current].name;
}

static void describe_fault(int signal, const void *info)
{
	char place[160];
	struct text t = TEXT_IN(place);
	u64 address = ((const u64 *)info)[2];
	int of_kernel = ((const int *)info)[2] == 0x80;

	if (signal == FPE) {
		fail_here("model-invariant", "division by zero");
	} else if (signal == ILL) {
		fail_here("model-invariant",
			  "a path marked unreachable is taken");
	} else if (in_stacks(address)) {
		fail_here("model-memory", "stack overflow in %s",
			  context_name());
	} else if (in_fixed(address)) {
		fail_here("model-memory", "write to a constant");
	} else {
		*place = 0;
		put_address(&t, of_kernel ? 1ul << 63 : address);
		fail_here("model-memory", "crash: access at %s", place);
	}
}

/*
 * What stands for a return address, one past its call. A call of what is no
 * code faults there, with the true return address on top of the stack.
 */
static u64 fault_place(int signal, const void *info, const u64 *registers)
{
	u64 top = registers[REG_RSP], place = registers[REG_RIP];

	if (signal == SEGV && ((const u64 *)info)[2] == place &&
	    in_stacks(top) && top % 8 == 0 && in_fixed(*(const u64 *)top))
		return *(const u64 *)top;
	return place + 1;
}

static void on_fault(int signal, void *info, void *ucontext)
{
	u64 *registers = machine_registers(ucontext);

	if (!guarded) {
		out_open("internal");
		out_key("signal");
		out_number((u64)signal);
		out_close();
		leave(70);
	}
	describe_fault(signal, info);
	failure.frames[0] = fault_place(signal, info, registers);
	failure.frame_count = 1 +
		collect_frames(registers[REG_RBP], stack_end(),
			       failure.frames + 1, COUNT(failure.frames) - 1);
	machine_divert(ucontext, engine_context, CAME_FAILED);
}

static void on_tick(int signal, void *info, void *ucontext)
{
	(void)signal;
	(void)info;
	ticks++;
	if (!guarded || watched_beats != heart_beats) {
		watched_beats = heart_beats;
		still_ticks = 0;
		return;
	}
	if (++still_ticks < STUCK_TICKS)
		return;
	still_ticks = 0;
	stuck = 1;
	fail_here("model-deadlock", "endless loop without a scheduling point "
		  "in %s", context_name());
	failure.frame_count = 0;
	machine_divert(ucontext, engine_context, CAME_FAILED);
}

/* --- memory --------------------------------------------------------------- */

/* MAP_QUIET: private, anonymous, noreserve */
enum { PROT_READ_WRITE = 3, MAP_QUIET = 0x4022 };

static void *reserve(u64 bytes)
{
	enum { MADV_HUGEPAGE = 14 };
	long address = system_call(SYS_mmap, 0, (long)bytes, PROT_READ_WRITE,
				   MAP_QUIET);

	if (address < 0 && address > -4096)
		return NULL;
	/* look-ups are scattered: page walks would take much of their time */
	system_call(SYS_madvise, address, (long)bytes, MADV_HUGEPAGE, 0);
	return (void *)address;
}

/* Room for `most` records; pool_grow() keeps the slots over half empty. */
static int reserve_pool(struct pool *pool, u64 most, u32 record)
{
	u64 slots = 1ul << FIRST_BITS;

	while (slots < 2 * most)
		slots *= 2;
	pool->records = reserve(most * record);
	pool->areas[0] = reserve(slots * 8);
	pool->areas[1] = reserve(slots * 8);
	return pool->records && pool->areas[0] && pool->areas[1];
}

/* Address space only: what is used is counted against limits.bytes. */
static int reserve_all(void)
{
	u64 room = limits.bytes + (64ul << 20);
	u64 most = room / 40;	/* a state takes that much at the least */

	parents = reserve(most * sizeof(*parents));
	moves = reserve(most * sizeof(*moves));
	edges = reserve(room);
	edges_until = reserve(most * sizeof(*edges_until));
	leads = reserve(most);
	if (graph_wanted) {
		shared_hash = reserve(most * sizeof(*shared_hash));
		if (!shared_hash || !reserve_pool(&arcs, room / 24, 24))
			return 0;
	}
	in_leaf = reserve(room / LEAF * sizeof(*in_leaf));
	in_stack = reserve(room / LEAF * sizeof(*in_stack));
	in_shared = reserve(room / LEAF * sizeof(*in_shared));
	table = reserve(sizeof(*table) << KNOWN_BITS);
	return parents && moves && edges && edges_until && leads &&
	       in_leaf && in_stack && in_shared && table &&
	       reserve_pool(&pieces, room / LEAF, LEAF) &&
	       reserve_pool(&states, most, STATE_WORDS * 8) &&
	       reserve_pool(&observations, OBSERVATIONS_MAX,
			    sizeof(observation));
}

static void protect_guards(void)
{
	for (u32 t = 0; t < ENG_THREADS; t++)
		system_call(SYS_mprotect, (long)stacks[t], GUARD, 0, 0);
}

/* --- isolation ------------------------------------------------------------ */

static void catch_signals(void)
{
	struct { void *base; long flags; u64 size; } stack = {
		signal_stack, 0, sizeof(signal_stack),
	};
	long period = 1000000 / TICKS_PER_SECOND;
	long timer[4] = { 0, period, 0, period };

	system_call(SYS_sigaltstack, (long)&stack, 0, 0, 0);
	machine_on_signal(ILL, on_fault);
	machine_on_signal(BUS, on_fault);
	machine_on_signal(FPE, on_fault);
	machine_on_signal(SEGV, on_fault);
	machine_on_signal(VTALRM, on_tick);
	system_call(SYS_setitimer, 1, (long)timer, 0, 0);
}

struct bpf_instruction {
	u16 code;
	u8 if_true, if_false;
	u32 operand;
};

#define LOAD(offset) { 0x20, 0, 0, offset }
#define UNLESS(value, skip) { 0x15, 0, skip, value }
#define ALLOW_IF(value) { 0x15, 0, 1, value }, { 0x06, 0, 0, 0x7fff0000 }
#define KILL { 0x06, 0, 0, 0x80000000 }

/* What strict mode allows, for containers whose own filter rules that out. */
static int enter_filter_mode(void)
{
	static const struct bpf_instruction rules[] = {
		LOAD(4), UNLESS(0xc000003e, 9),		/* x86-64 */
		LOAD(0), ALLOW_IF(0), ALLOW_IF(SYS_write),
		ALLOW_IF(SYS_rt_sigreturn), ALLOW_IF(SYS_exit), KILL,
	};
	struct { u16 count; const void *rules; } program = {
		COUNT(rules), rules,
	};
	enum { PR_SET_NO_NEW_PRIVS = 38, PR_SET_SECCOMP = 22, FILTER = 2 };

	if (system_call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0))
		return 0;
	return !system_call(SYS_prctl, PR_SET_SECCOMP, FILTER, (long)&program,
			    0);
}

/*
 * From here on the kernel kills the process for any other call; how, or
 * "none".
 */
static const char *give_up_system_calls(void)
{
	enum { PR_SET_PDEATHSIG = 1, PR_SET_SECCOMP = 22, STRICT = 1 };

	system_call(SYS_prctl, PR_SET_PDEATHSIG, 9, 0, 0);
	if (!system_call(SYS_prctl, PR_SET_SECCOMP, STRICT, 0, 0))
		return "strict";
	return enter_filter_mode() ? "filter" : "none";
}
