/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads as coroutines, and how they and the checks stop. */

void scenario_invariant(void) __attribute__((weak));
void scenario_final(void) __attribute__((weak));

__attribute__((used)) static void *engine_context;
static int guarded;		/* code of the model runs */
static u64 heart_beats;		/* runs and checks begun, for the watchdog */
static int stuck;		/* the watchdog ended a run */

/* Why the last run was abandoned. */
static struct {
	char rule[32];
	char message[400];
	int thread;
	u64 frames[24];
	u32 frame_count;
} failure;

static u64 initial_stack;	/* upper end of the engine's own stack */

/*
 * Return addresses of the frames from `frame` up; they lie between sp and end.
 */
static u32 collect_frames(u64 frame, u64 end, u64 *frames, u32 room)
{
	u32 count = 0;

	while (count < room && frame && frame % 8 == 0 && frame + 16 <= end) {
		const u64 *words = (const u64 *)frame;

		if (!words[1])
			break;
		frames[count++] = words[1];
		if (words[0] <= frame)
			break;
		frame = words[0];
	}
	return count;
}

static u64 stack_end(void)
{
	return current == ENG_OUTSIDE ? initial_stack
				      : (u64)stack_top((u32)current);
}

static void note_failure_at(u64 frame)
{
	failure.frame_count = collect_frames(frame, stack_end(), failure.frames,
					     COUNT(failure.frames));
}

static void abandon(void) __attribute__((noreturn));

static void abandon(void)
{
	machine_abandon(engine_context, CAME_FAILED);
}

static void set_failure(const char *rule, const char *format,
			__builtin_va_list *arguments)
{
	struct text r = TEXT_IN(failure.rule);
	struct text m = TEXT_IN(failure.message);

	failure.thread = current;
	*m.at = 0;
	put_string(&r, rule);
	put_arguments(&m, format, arguments);
}

__attribute__((format(printf, 2, 3)))
static void fail_here(const char *rule, const char *format, ...)
{
	__builtin_va_list arguments;

	__builtin_va_start(arguments, format);
	set_failure(rule, format, &arguments);
	__builtin_va_end(arguments);
}

void eng_fail(const char *rule, const char *format, ...)
{
	__builtin_va_list arguments;

	__builtin_va_start(arguments, format);
	set_failure(rule, format, &arguments);
	__builtin_va_end(arguments);
	note_failure_at((u64)__builtin_frame_address(0));
	abandon();
}

/* --- running -------------------------------------------------------------- */

/* Lets thread t go on to its next stop. */
static inline long run_thread(u32 t, long value)
{
	long came;

	current = (int)t;
	heart_beats++;
	guarded = 1;
	came = machine_switch(&engine_context, threads[t].sp, value, NULL);
	guarded = 0;
	current = ENG_OUTSIDE;
	return came;
}

/* Calls code of the scenario outside any thread. */
static inline long run_outside(long (*call)(void *), void *argument)
{
	long came;

	heart_beats++;
	guarded = 1;
	came = machine_guarded(&engine_context, call, argument);
	guarded = 0;
	return came;
}

/* The current thread stops here; returns what run_thread() hands it. */
static inline long stop(const struct pending *pending, u32 status)
{
	threads[current].status = status;
	return machine_switch((void **)&threads[current].sp, engine_context,
			      CAME_BACK, pending);
}

static inline const struct pending *pending_of(u32 t)
{
	return *(const struct pending **)(threads[t].sp + 8 * CONTEXT_NOTE);
}

static void thread_entry(void)
{
	threads[current].run(threads[current].argument);
	threads[current].status = DONE;
	threads[current].sp = stack_top((u32)current);
	machine_abandon(engine_context, CAME_BACK);
}

/* --- declaring ------------------------------------------------------------ */

static void declare(const char *name, void (*run)(void *), void *argument,
		    int worker)
{
	if (current != ENG_OUTSIDE || thread_count == ENG_THREADS)
		eng_fail("model-unknown", "thread %s is one too many", name);
	threads[thread_count].name = name;
	threads[thread_count].run = run;
	threads[thread_count].argument = argument;
	threads[thread_count++].worker = worker;
}

void eng_thread(const char *name, void (*run)(void *), void *argument)
{
	declare(name, run, argument, 0);
}

void eng_worker(const char *name, void (*run)(void *), void *argument)
{
	declare(name, run, argument, 1);
}

int eng_thread_id(void)
{
	return current;
}
