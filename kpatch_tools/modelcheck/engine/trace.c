/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run step by step, as JSON: what the thread does in the step, to what, the
 * return addresses of its call stack, innermost first, and the words of shared
 * memory that the step changed.
 */

#define CHANGES_MAX 8

static u8 chosen[STEPS_MAX];
static const struct step *traced;
static u8 globals_before[GLOBALS_MAX], heap_before[HEAP_BYTES];

static void out_frames(const u64 *frames, u32 count)
{
	char hex[24];

	out_key("frames");
	out_char('[');
	for (u32 i = 0; i < count; i++) {
		struct text t = TEXT_IN(hex);

		put_number(&t, frames[i], 16);
		if (i)
			out_raw(", ");
		out_string(hex);
	}
	out_char(']');
}

static const char *verb_of(u32 access)
{
	if (access & ENG_WRITE)
		return access & MARKED ? "marked write" : "write";
	return access & MARKED ? "marked read" : "read";
}

static void out_what(const struct pending *p, struct step step)
{
	char line[200];
	struct text t = TEXT_IN(line);

	*line = 0;
	if (threads[step.thread].status == AT_CHOICE)
		put(&t, "%s: choice %u", p->what, (u32)step.choice);
	else if (p->what)
		put_string(&t, p->what);
	else
		put(&t, "%s of %u bytes", verb_of(p->access), p->size);
	out_key("what");
	out_string(line);
}

static void out_object(const struct pending *p)
{
	char line[200];
	struct text t = TEXT_IN(line);
	u64 address = (u64)p->object;

	*line = 0;
	if (in_heap(address))
		put_heap_place(&t, address);
	else if (in_stacks(address))
		put(&t, "stack of %s", threads[stack_owner(address)].name);
	else if (address)
		put(&t, "%p", (void *)address);
	out_key("object");
	out_string(line);
}

/* --- one step ------------------------------------------------------------- */

static void keep_memory(void)
{
	memcpy(globals_before, model_start, (u64)(model_end - model_start));
	memcpy(heap_before, heap, HEAP_BYTES);
}

static u32 out_change(u32 count, const u8 *now, const u8 *before)
{
	u64 old = *(const u64 *)before, new = *(const u64 *)now;
	u64 low = 0xffffffff;
	char line[200];
	struct text t = TEXT_IN(line);
	/* half a word is told as such, but for what looks like a pointer */
	u32 skip = (old & low) == (new & low) ? 4 : 0;
	int whole = old >> 32 != new >> 32 && !skip;

	if (skip)
		old >>= 32, new >>= 32;
	else if (!whole)
		old &= low, new &= low;
	put(&t, "%lx %lx %lx ", (u64)now + skip, old, new);
	if (in_heap((u64)now))
		put_heap_place(&t, (u64)now + skip);
	if (count)
		out_raw(", ");
	out_string(line);
	return count + 1;
}

static u32 out_changes(u32 count, const u8 *now, const u8 *before, u64 bytes)
{
	for (u64 at = 0; at < bytes && count < CHANGES_MAX; at += 8) {
		if (*(const u64 *)(now + at) != *(const u64 *)(before + at) &&
		    (now + at < (u8 *)&model || now + at >= (u8 *)(&model + 1)))
			count = out_change(count, now + at, before + at);
	}
	return count;
}

static void trace_step(u32 i)
{
	struct step step = traced[i];
	const struct pending *p = pending_of(step.thread);
	const u64 *context = (const u64 *)threads[step.thread].sp;
	u64 frames[24];

	chosen[i] = threads[step.thread].status == AT_CHOICE;
	out_open("step");
	out_key("thread");
	out_string(threads[step.thread].name);
	out_what(p, step);
	out_object(p);
	out_frames(frames, collect_frames(context[CONTEXT_FRAME],
					  (u64)stack_top(step.thread), frames,
					  COUNT(frames)));
	keep_memory();
}

static void trace_step_done(void)
{
	u32 count;

	out_key("changes");
	out_char('[');
	count = out_changes(0, model_start, globals_before,
			    (u64)(model_end - model_start));
	out_changes(count, heap, heap_before, HEAP_BYTES);
	out_char(']');
	out_close();
}

/* --- violations ----------------------------------------------------------- */

static void trace_failure(u32 count)
{
	int thread = failure.thread;

	print_schedule(traced, count, chosen);
	out_open("violation");
	out_key("rule");
	out_string(failure.rule);
	out_key("message");
	out_string(failure.message);
	out_key("schedule");
	out_string(schedule_text);
	out_key("thread");
	out_string(thread == ENG_OUTSIDE ? "" : threads[thread].name);
	out_frames(failure.frames, failure.frame_count);
	out_close();
}

/* Plays `run` aloud. Memory is what it was before. */
static struct outcome trace_run(u32 count)
{
	struct outcome outcome;

	traced = run;
	outcome = play(run, count, trace_step, trace_step_done);
	if (outcome.failed)
		trace_failure(outcome.steps);
	undo();
	return outcome;
}

/* What is wrong with what can follow a run: the run itself fails nowhere. */
static void trace_lasting(const struct violation *v, u32 count)
{
	traced = run;
	play(run, count, trace_step, trace_step_done);
	undo();
	memcpy(failure.rule, v->rule, sizeof(v->rule));
	memcpy(failure.message, v->message, sizeof(v->message));
	failure.thread = ENG_OUTSIDE;
	failure.frame_count = 0;
	trace_failure(count);
}

static void trace_violation(const struct violation *v)
{
	u32 count;

	if (!states.count) {
		/* it failed before there was a first state */
		traced = run;
		trace_failure(0);
		return;
	}
	count = path_to(v);
	if (v->lasting) {
		trace_lasting(v, count);
		return;
	}
	if (count && !stuck)
		count = join_steps(v, count);
	trace_run(count);
}

/* --- races ---------------------------------------------------------------- */

static void out_side(u32 t)
{
	const struct pending *p = pending_of(t);
	const struct step step = { (u8)t, 0 };
	const u64 *context = (const u64 *)threads[t].sp;
	u64 frames[24];

	out_open("side");
	out_key("thread");
	out_string(threads[t].name);
	out_what(p, step);
	out_object(p);
	out_frames(frames, collect_frames(context[CONTEXT_FRAME],
					  (u64)stack_top(t), frames,
					  COUNT(frames)));
	out_close();
}

/* The two sides, then a schedule to where both are about to be taken. */
static void trace_race(const struct race *race)
{
	u32 count = path_to_state(race->state);

	traced = run;
	restore(0);
	for (u32 i = 0; i < count; i++) {
		chosen[i] = threads[run[i].thread].status == AT_CHOICE;
		take(run[i]);
	}
	out_side(race->one);
	out_side(race->other);
	print_schedule(run, count, chosen);
	out_open("race");
	out_key("schedule");
	out_string(schedule_text);
	out_close();
	undo();
}
