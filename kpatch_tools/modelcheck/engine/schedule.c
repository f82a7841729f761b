/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run as text, and again. Thread letters with the number of steps in a row, a
 * choice as letter, dot and value: "A3B2A.1B" is three steps of A, two of B,
 * A's choice of 1, a step of B. "-" is the empty run. Behind @ stand the shared
 * places of stacks (access.c) as thread letter and depth: the run has
 * scheduling points there.
 */

static struct step run[STEPS_MAX], tried[STEPS_MAX];
static char schedule_text[STEPS_MAX * 4];

struct outcome {
	u32 steps;		/* taken, the failing one included */
	int failed;		/* struct failure says how */
	int diverged;		/* step `steps` could not be taken */
};

/* --- text ----------------------------------------------------------------- */

static void put_shared_places(struct text *t)
{
	put_char(t, '@');
	for (u32 thread = 0; thread < ENG_THREADS; thread++) {
		for (u32 d = 0; d < STACK / 8; d++) {
			if (shared_stack[thread][d])
				put(t, "%c%u", 'A' + (int)thread, d);
		}
	}
}

/* The steps as text; `chosen` tells which of them are choices. */
static void print_schedule(const struct step *s, u32 count, const u8 *chosen)
{
	struct text t = TEXT_IN(schedule_text);

	if (!count)
		put_char(&t, '-');
	for (u32 i = 0, next; i < count; i = next) {
		put_char(&t, (char)('A' + s[i].thread));
		next = i + 1;
		if (chosen[i]) {
			put(&t, ".%u", (u32)s[i].choice);
			continue;
		}
		while (next < count && s[next].thread == s[i].thread &&
		       !chosen[next])
			next++;
		if (next - i > 1)
			put_number(&t, next - i, 10);
	}
	if (any_shared_stack)
		put_shared_places(&t);
}

static u32 parse_number(const char **at, u32 otherwise)
{
	u32 n = 0;

	if (**at < '0' || **at > '9')
		return otherwise;
	for (; **at >= '0' && **at <= '9' && n < 1000000; (*at)++)
		n = n * 10 + (u32)(**at - '0');
	return n;
}

static int parse_shared_places(const char *at)
{
	while (*at) {
		u32 thread = (u32)(*at++ - 'A');
		u32 depth = parse_number(&at, STACK);

		if (thread >= ENG_THREADS || depth >= STACK / 8)
			return 0;
		shared_stack[thread][depth] = 1;
		any_shared_stack = 1;
	}
	return 1;
}

/* The number of steps read into `run`, or -1 if the text is no schedule. */
static long parse_schedule(const char *at)
{
	u32 count = 0;

	if (*at == '-')
		at++;
	while (*at && *at != '@') {
		u32 thread = (u32)(*at++ - 'A'), choice = 0, n = 1;

		if (thread >= ENG_THREADS)
			return -1;
		if (*at == '.') {
			at++;
			choice = parse_number(&at, 256);
		} else {
			n = parse_number(&at, 1);
		}
		if (choice > 255 || n > STEPS_MAX - count)
			return -1;
		while (n--) {
			run[count].thread = (u8)thread;
			run[count++].choice = (u8)choice;
		}
	}
	if (*at == '@' && !parse_shared_places(at + 1))
		return -1;
	return count;
}

/* --- again ---------------------------------------------------------------- */

static int can_take(struct step step)
{
	u32 chooser = choosing_thread();
	long n;

	if (step.thread >= thread_count)
		return 0;
	if (chooser != thread_count && chooser != step.thread)
		return 0;
	n = ways(step.thread);
	return n < 0 ? CAME_FAILED : step.choice < n;
}

static int check_after(void)
{
	u8 choices[ENG_THREADS];
	long count;

	if (check_invariant() < 0)
		return CAME_FAILED;
	count = enabled(choices);
	if (count < 0)
		return CAME_FAILED;
	return count ? CAME_BACK : (int)check_end();
}

/*
 * Runs the steps from state 0, with before(i) and after() around each if given,
 * until one fails, one cannot be taken, or all are taken. Memory is then as the
 * run left it.
 */
static struct outcome play(const struct step *s, u32 count,
			   void (*before)(u32), void (*after)(void))
{
	struct outcome outcome = { 0, 0, 0 };

	restore(0);
	for (u32 i = 0; i < count; i++) {
		int can = can_take(s[i]);

		outcome.failed = can < 0;
		outcome.diverged = !can;
		if (can <= 0)
			return outcome;
		if (before)
			before(i);
		outcome.steps = i + 1;
		outcome.failed = take(s[i]) < 0;
		if (after)
			after();
		if (outcome.failed || check_invariant() < 0) {
			outcome.failed = 1;
			return outcome;
		}
	}
	outcome.failed = check_after() < 0;
	return outcome;
}

/* --- shorter -------------------------------------------------------------- */

#define EFFORT_MAX 2000000	/* steps taken to shorten one violation */

static long effort_left;

static u32 run_end(const struct step *s, u32 count, u32 from)
{
	u32 end = from + 1;

	while (end < count && s[end].thread == s[from].thread)
		end++;
	return end;
}

/* Puts s[middle..end) in front of s[from..middle). */
static void swap_blocks(const struct step *s, u32 count, u32 from, u32 middle,
			u32 end)
{
	u32 to = 0;

	for (u32 i = 0; i < from; i++)
		tried[to++] = s[i];
	for (u32 i = middle; i < end; i++)
		tried[to++] = s[i];
	for (u32 i = from; i < middle; i++)
		tried[to++] = s[i];
	for (u32 i = end; i < count; i++)
		tried[to++] = s[i];
}

/* Keeps `tried` as `run` if it shows the same violation. */
static int adopt(const struct violation *v, u32 *count)
{
	struct outcome outcome;

	if (effort_left < *count)
		return 0;
	effort_left -= *count;
	outcome = play(tried, *count, NULL, NULL);
	undo();
	if (!outcome.failed || !same_text(failure.rule, v->rule) ||
	    !same_text(failure.message, v->message))
		return 0;
	*count = outcome.steps;
	memcpy(run, tried, outcome.steps * sizeof(*run));
	return 1;
}

/* Joins the run of steps at `from` with the thread's next one, either way. */
static int join_from(const struct violation *v, u32 *count, u32 from)
{
	u32 middle = run_end(run, *count, from), next = middle;

	while (next < *count && run[next].thread != run[from].thread)
		next++;
	if (next == *count)
		return 0;
	swap_blocks(run, *count, middle, next, run_end(run, *count, next));
	if (adopt(v, count))
		return 1;
	swap_blocks(run, *count, from, middle, next);
	return adopt(v, count);
}

/* Fewer switches between threads, the same violation. */
static u32 join_steps(const struct violation *v, u32 count)
{
	int better = 1;

	effort_left = EFFORT_MAX;
	while (better) {
		better = 0;
		for (u32 at = 0; at < count; at = run_end(run, count, at))
			better |= join_from(v, &count, at);
	}
	return count;
}

/* The steps from state 0 to a state, into `run`; `count` of them. */
static u32 path_to_state(u32 state)
{
	u32 count = 0, at;

	for (u32 s = state; s; s = parents[s])
		count += moves[s].length;
	at = count;
	for (u32 s = state; s; s = parents[s]) {
		for (u32 i = moves[s].length; i--; ) {
			run[--at] = moves[s].step;
			run[at].choice = i ? 0 : moves[s].step.choice;
		}
	}
	return count;
}

/* The path that the search found, into `run`. */
static u32 path_to(const struct violation *v)
{
	u32 count;

	if (v->path) {
		memcpy(run, v->path, v->path_length * sizeof(*run));
		return v->path_length;
	}
	count = path_to_state(v->parent);
	for (u32 i = 0; !v->at_state && i < v->move.length; i++) {
		run[count] = v->move.step;
		run[count++].choice = i ? 0 : v->move.step.choice;
	}
	return count;
}
