/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Breadth first over all interleavings. A state's number is its place in the
 * order of discovery, so the queue is the numbers themselves, the first path to
 * a state is a shortest one, and a cut says how many steps of every schedule
 * were explored.
 */

#define VIOLATIONS_MAX 32

struct violation {
	char rule[32];
	char message[400];
	u32 parent;		/* state from which ... */
	struct step step;	/* ... this step fails; or, if at_state, */
	int at_state;		/* the parent itself is what is wrong */
};

static struct {
	u32 states;
	u32 depth;		/* steps */
	u32 seconds;		/* of processor time */
	u64 bytes;		/* of storage */
} limits;

static struct {
	u64 transitions;
	u32 depth;		/* every schedule was explored that far */
	u32 ends;		/* distinct states in which all is done */
	const char *limit;	/* null: nothing was cut */
	u32 dropped;		/* distinct violations beyond the table */
} explored;

static struct violation violations[VIOLATIONS_MAX];
static u32 violation_count;
static u32 *parents;		/* by state; 0's is itself */
static struct step *steps;	/* by state: the step from its parent */
static volatile u32 ticks;	/* the timer's */

static void note_violation(u32 parent, struct step step, int at_state)
{
	struct violation *v;

	for (u32 i = 0; i < violation_count; i++) {
		if (same_text(violations[i].rule, failure.rule) &&
		    same_text(violations[i].message, failure.message))
			return;
	}
	if (violation_count == VIOLATIONS_MAX) {
		explored.dropped++;
		return;
	}
	v = &violations[violation_count++];
	memcpy(v->rule, failure.rule, sizeof(v->rule));
	memcpy(v->message, failure.message, sizeof(v->message));
	v->parent = parent;
	v->step = step;
	v->at_state = at_state;
}

/* The scenario's check of a new state must leave no trace in it. */
static long check_state(void)
{
	if (!scenario_invariant)
		return CAME_BACK;
	if (check_invariant() < 0) {
		undo();
		return CAME_FAILED;
	}
	if (unchanged())
		return CAME_BACK;
	undo();
	fail_here("model-unknown", "scenario_invariant changes the state");
	return CAME_FAILED;
}

static void follow(u32 from, struct step step)
{
	u32 state;
	int fresh;

	if (take(step) < 0) {
		undo();
		note_violation(from, step, 0);
		return;
	}
	state = capture(step.thread, &fresh);
	if (!fresh)
		return;
	parents[state] = from;
	steps[state] = step;
	if (check_state() < 0) {
		note_violation(from, step, 0);
		/* a step to nowhere: expand() leaves it alone */
		steps[state].thread = ENG_THREADS;
	}
}

static void finish(u32 state)
{
	struct step none = { 0, 0 };
	int deadlock = is_deadlock();

	if (check_end() < 0)
		note_violation(state, none, 1);
	undo();
	if (deadlock)
		return;
	explored.ends++;
	keep_observation();
}

static void expand(u32 state)
{
	u8 choices[ENG_THREADS];
	struct step step = { 0, 0 };
	long count;
	int moved = 0;

	if (steps[state].thread == ENG_THREADS)
		return;
	restore(state);
	count = enabled(choices);
	if (count < 0) {
		note_violation(state, step, 1);
		return;
	}
	if (!count) {
		finish(state);
		return;
	}
	for (u32 t = 0; t < thread_count; t++) {
		for (u32 value = 0; value < choices[t]; value++) {
			if (moved)
				restore(state);
			moved = 1;
			step.thread = (u8)t;
			step.choice = (u8)value;
			follow(state, step);
		}
	}
}

static const char *limit_reached(void)
{
	/* each further run into the loop would cost a second */
	if (stuck)
		return "endless loop";
	if (states.count > limits.states)
		return "states";
	if (ticks > limits.seconds * TICKS_PER_SECOND)
		return "seconds";
	if (pool_bytes(&pieces) + pool_bytes(&states) +
	    states.count * (sizeof(*parents) + sizeof(*steps)) > limits.bytes)
		return "memory";
	return NULL;
}

/* Explores all; 1 if a newly shared stack place makes it start again. */
static int search_once(void)
{
	u32 level_end = 1;

	for (u32 state = 0; state < states.count; state++) {
		if (state == level_end) {
			explored.depth++;
			level_end = states.count;
			if (explored.depth == limits.depth)
				explored.limit = "depth";
		}
		if (!explored.limit)
			explored.limit = limit_reached();
		if (explored.limit)
			return 0;
		expand(state);
		if (new_shared_stack)
			return 1;
	}
	return 0;
}

static void search(void)
{
	struct step none = { 0, 0 };

	do {
		new_shared_stack = 0;
		violation_count = 0;
		memset(&explored, 0, sizeof(explored));
		transitions = 0;
		forget_observations();
		if (begin() < 0) {
			note_violation(0, none, 1);
			return;
		}
	} while (search_once());
	explored.transitions = transitions;
}
