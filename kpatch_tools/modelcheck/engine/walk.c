/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Single runs by chance, for what lies beyond a bound. Half of them choose a
 * thread anew at each step; half are PCT (Burckhardt and others, ASPLOS 2010):
 * threads have random priorities, the highest that can run does, and at
 * PCT_CHANGES random steps the running thread falls below all others, so that a
 * violation that needs that many orderings is met with a probability that does
 * not shrink with the number of schedules.
 */

#define PCT_CHANGES 3
/* Runs that show what threads share: until so many in a row showed nothing. */
#define WARMING 300
#define WARMING_MAX 6000

static struct {
	u32 wanted, done;
	u64 seed;
} walks;

static u64 chance;		/* the generator's state (xorshift64*) */
static u32 longest_walk;
static u8 walk_chosen[STEPS_MAX];

static u32 draw(u32 below)
{
	chance ^= chance >> 12;
	chance ^= chance << 25;
	chance ^= chance >> 27;
	return (u32)((chance * 0x2545f4914f6cdd1dul >> 32) * below >> 32);
}

static struct {
	int by_priority;
	u32 priority[ENG_THREADS];
	u32 lowest;
	u32 change_at[PCT_CHANGES];
} walker;

static void start_walker(int by_priority)
{
	walker.by_priority = by_priority;
	walker.lowest = 1000;
	for (u32 t = 0; t < thread_count; t++)
		walker.priority[t] = 1001 + draw(1000000);
	for (u32 i = 0; i < PCT_CHANGES; i++)
		walker.change_at[i] = draw(longest_walk + 1);
}

static u32 by_chance(const u8 *choices, long count)
{
	u32 left = draw((u32)count);

	for (u32 t = 0; ; t++) {
		if (choices[t] && !left--)
			return t;
	}
}

static u32 by_priority(const u8 *choices, u32 at)
{
	u32 best = thread_count;

	for (u32 t = 0; t < thread_count; t++) {
		if (choices[t] && (best == thread_count ||
				   walker.priority[t] > walker.priority[best]))
			best = t;
	}
	for (u32 i = 0; i < PCT_CHANGES; i++) {
		if (walker.change_at[i] == at)
			walker.priority[best] = walker.lowest--;
	}
	return best;
}

/*
 * One run from state 0 into `run`: its steps, and in *failed whether its last
 * one, or with no step left its end, is a violation (struct failure).
 */
static u32 walk(int priorities, int *failed)
{
	u8 choices[ENG_THREADS];
	u32 at = 0;

	start_walker(priorities);
	restore(0);
	for (*failed = 0; at < STEPS_MAX - 1 && !*failed; at++) {
		long count = enabled(choices);

		if (count <= 0) {
			*failed = count < 0 || check_end() < 0;
			break;
		}
		run[at].thread = (u8)(priorities ? by_priority(choices, at)
						 : by_chance(choices, count));
		run[at].choice = (u8)draw(choices[run[at].thread]);
		walk_chosen[at] =
			threads[run[at].thread].status == AT_CHOICE;
		*failed = take(run[at]) < 0 || check_invariant() < 0;
	}
	longest_walk = at > longest_walk ? at : longest_walk;
	undo();
	return at;
}

/* Shows early what threads share: restarts of the search are dear. */
static void warm_up(void)
{
	u32 last = 0;
	u64 before = marks_made;
	int failed;

	chance = 0x9e3779b97f4a7c15ul;
	for (u32 i = 0; i < WARMING_MAX && i < last + WARMING && !stuck; i++) {
		walk(i & 1, &failed);
		last = marks_made == before ? last : i;
		before = marks_made;
	}
	stuck = 0;
}

static struct step walked[VIOLATIONS_MAX][STEPS_MAX];

/* The violation at the end of `run`, if it is a new one. */
static void note_walked(u32 count)
{
	struct violation *v = new_violation();

	if (!v)
		return;
	v->path = walked[v - violations];
	v->path_length = count;
	memcpy(walked[v - violations], run, count * sizeof(*run));
}

static void walk_beyond(void)
{
	chance = walks.seed * 2 + 1;
	for (; walks.done < walks.wanted && !stuck &&
	     ticks < (limits.seconds + 10) * TICKS_PER_SECOND; walks.done++) {
		int failed;
		u32 count = walk(walks.done & 1, &failed);

		if (failed)
			note_walked(count);
	}
}
