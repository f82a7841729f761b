/* SPDX-License-Identifier: GPL-2.0-only */
/* From a state to the next: a step, what is joined to it, and what it shows. */

/* --- preemptions ---------------------------------------------------------- */

/*
 * With a bound, the thread that ran last and the count belong to the state:
 * a word of its record behind those of memory.
 */
static u32 tag_of(u32 state)
{
	return ((const u32 *)(states.records +
			      (u64)state * states.words))[child_count];
}

/* The tag after a step of t from there; *over if that is one too many. */
static u32 next_tag(u32 from, u32 t, const u8 *choices, int *over)
{
	u32 tag = tag_of(from), last = tag & 0xf, count = tag >> 4;

	if (last && last - 1 != t && choices[last - 1])
		count++;
	*over = count > limits.preemptions;
	return count << 4 | (t + 1);
}

/* --- one move ------------------------------------------------------------- */

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

/* Takes the step and all that can be joined to it. */
static inline long take_move(struct move *move)
{
	const struct step further = { move->step.thread, 0 };

	move->length = 1;
	if (take(move->step) < 0)
		return CAME_FAILED;
	while (reducing && move->length < JOINED_MAX && can_join(further.thread)) {
		long came;

		joined_chain = chain_of(further.thread);
		move->length++;
		joining = 1;
		came = take(further);
		joining = 0;
		if (came < 0)
			return CAME_FAILED;
	}
	return CAME_BACK;
}

static void add_graph_edge(u32 from, u32 to, int fresh, u32 thread)
{
	if (fresh)
		shared_hash[to] = hash_shared();
	if (shared_hash[from] != shared_hash[to])
		add_arc(shared_hash[from], thread, shared_hash[to]);
}

static void follow(u32 from, struct step step)
{
	struct move move = { step, 1 };
	u32 state;
	int fresh;

	if (take_move(&move) < 0) {
		undo();
		note_violation(from, move, 0);
		leads[from] = 1;
		return;
	}
	state = capture(step.thread, &fresh);
	if (!bare)
		add_edge(state);
	if (graph_wanted)
		add_graph_edge(from, state, fresh, step.thread);
	if (!fresh)
		return;
	parents[state] = from;
	moves[state] = move;
	leads[state] = 0;
	if (!bare)
		look_for_races(state);
	if (check_state() < 0) {
		note_violation(from, move, 0);
		leads[state] = NOWHERE;
	}
}
