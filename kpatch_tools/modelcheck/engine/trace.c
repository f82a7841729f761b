/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run step by step, as JSON: what the thread does in the step, to what, and
 * the return addresses of its call stack, innermost first.
 */

static u8 chosen[STEPS_MAX];
static const struct step *traced;

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
	out_close();
}

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
	outcome = play(run, count, trace_step);
	if (outcome.failed)
		trace_failure(outcome.steps);
	undo();
	return outcome;
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
	if (count && !stuck)
		count = join_steps(v, count);
	trace_run(count);
}
