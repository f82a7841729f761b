/* SPDX-License-Identifier: GPL-2.0-only */
/* One transition, and what a state shows of itself. */

struct step {
	u8 thread, choice;
};

static u64 transitions;
static u32 fault_budget;
static u8 globals_at_start[GLOBALS_MAX];	/* before scenario_init */

/* --- what can run --------------------------------------------------------- */

static long call_ready(void *pending)
{
	const struct pending *p = pending;

	return p->ready(p->object);
}

/* What it waits for was freed: it goes on, into its use after free. */
static inline int waits_for_nothing(u32 t)
{
	u64 address = (u64)pending_of(t)->object;

	return in_heap(address) && heap_complaint(address, pending_of(t)->size);
}

/* How many ways thread t has to go on from here; negative: its ready failed. */
static inline long ways(u32 t)
{
	switch (threads[t].status) {
	case AT_STEP:
		return 1;
	case AT_BLOCK:
		if (waits_for_nothing(t))
			return 1;
		return run_outside(call_ready, (void *)pending_of(t));
	case AT_CHOICE:
		return (long)pending_of(t)->size;
	default:
		return 0;
	}
}

/*
 * The thread that alone may run, since it is amid a step; thread_count if
 * none.
 */
static inline u32 choosing_thread(void)
{
	for (u32 t = 0; t < thread_count; t++) {
		if (threads[t].status == AT_CHOICE)
			return t;
	}
	return thread_count;
}

/* ways() of each thread; the number of threads that can run, or CAME_FAILED. */
static long enabled(u8 *of_thread)
{
	u32 chooser = choosing_thread();
	long count = 0;

	for (u32 t = 0; t < thread_count; t++) {
		long n = chooser == thread_count || chooser == t ? ways(t) : 0;

		if (n < 0)
			return CAME_FAILED;
		of_thread[t] = (u8)n;
		count += n != 0;
	}
	return count;
}

/* --- checks of a state ---------------------------------------------------- */

static long call_invariant(void *unused)
{
	(void)unused;
	scenario_invariant();
	return CAME_BACK;
}

static long check_invariant(void)
{
	if (!scenario_invariant)
		return CAME_BACK;
	return run_outside(call_invariant, NULL);
}

static long call_final(void *unused)
{
	(void)unused;
	scenario_final();
	return CAME_BACK;
}

static int is_deadlock(void)
{
	for (u32 t = 0; t < thread_count; t++) {
		if (threads[t].status != DONE && !threads[t].worker)
			return 1;
	}
	return 0;
}

static void describe_deadlock(void)
{
	char list[320];
	struct text text = TEXT_IN(list);

	*list = 0;
	for (u32 t = 0; t < thread_count; t++) {
		if (threads[t].status != DONE)
			put(&text, "%s%s waits in %s", *list ? ", " : "",
			    threads[t].name, pending_of(t)->what);
	}
	fail_here("model-deadlock", "%s", list);
	failure.frame_count = 0;
}

/* A state in which nothing can run: the end, or a deadlock. */
static long check_end(void)
{
	if (is_deadlock()) {
		describe_deadlock();
		return CAME_FAILED;
	}
	forget_observation();
	return scenario_final ? run_outside(call_final, NULL) : CAME_BACK;
}

/* --- the first state ------------------------------------------------------ */

static long call_init(void *unused)
{
	(void)unused;
	scenario_init();
	return CAME_BACK;
}

static void put_back_globals(void)
{
	u64 size = (u64)(model_end - model_start);

	memcpy(model_start, globals_at_start, size);
	model.faults_left = fault_budget;
}

/*
 * Each thread runs up to its first scheduling point: that part is private to
 * it. Then everything is captured as state 0.
 */
static long start_threads(void)
{
	for (u32 t = 0; t < thread_count; t++) {
		threads[t].sp = machine_new_context(stack_top(t), thread_entry);
		threads[t].status = AT_STEP;
		threads[t].extent = 0;
	}
	for (u32 t = 0; t < thread_count; t++) {
		if (run_thread(t, 0) < 0)
			return CAME_FAILED;
	}
	for (u32 t = 0; t < thread_count; t++)
		trim_stack(t);
	return CAME_BACK;
}

/*
 * From nothing to state 0; CAME_FAILED if the model fails before its first
 * step.
 */
static long begin(void)
{
	int fresh;

	thread_count = 0;
	child_count = 0;
	forget_states();
	put_back_globals();
	if (run_outside(call_init, NULL) < 0)
		return CAME_FAILED;
	if (!shape_state()) {
		fail_here("model-unknown", "the model's globals take %lu "
			  "bytes, too many", (u64)(model_end - model_start));
		return CAME_FAILED;
	}
	pool_empty(&states, state_words());
	if (start_threads() < 0)
		return CAME_FAILED;
	state_tag = 0;
	capture(0);
	number_captured(&fresh);
	return check_invariant();
}

/* --- a transition --------------------------------------------------------- */

static inline long take(struct step step)
{
	transitions++;
	return run_thread(step.thread, step.choice);
}
