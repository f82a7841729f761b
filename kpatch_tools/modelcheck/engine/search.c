/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Breadth first over all interleavings. A state's number is its place in the
 * order of discovery, so the queue is the numbers themselves, the first path to
 * a state is a shortest one (in moves: a step and what was joined to it), and a
 * cut says how many steps of every schedule were explored.
 */

#define VIOLATIONS_MAX 32
#define NO_BOUND 0xffu
#define NOWHERE 2		/* of leads[]: wrong itself, not to be expanded */

/* A step and those of the same thread that were joined to it. */
struct move {
	struct step step;
	u16 length;
};

struct violation {
	char rule[32];
	char message[400];
	u32 parent;		/* state from which ... */
	struct move move;	/* ... this move fails; or, if at_state, */
	int at_state;		/* the parent itself is what is wrong */
	int lasting;		/* ... in what can follow: no replay shows it */
	const struct step *path;	/* or: the whole run, from state 0 */
	u32 path_length;
};

static struct {
	u32 states;
	u32 depth;		/* steps */
	u32 seconds;		/* of processor time */
	u64 bytes;		/* of storage */
	u32 preemptions;	/* of a thread that could go on; or NO_BOUND */
} limits;

static struct {
	u64 transitions;
	u32 depth;		/* every schedule was explored that far */
	u32 ends;		/* distinct states in which all is done */
	const char *limit;	/* null: nothing was cut */
	u32 dropped;		/* distinct violations beyond the table */
	int preempted;		/* limits.preemptions left something out */
} explored;

static struct violation violations[VIOLATIONS_MAX];
static u32 violation_count;
static u32 *parents;		/* by state; 0's is itself */
static struct move *moves;	/* by state: the move from its parent */
static u32 restarts;
static int bare;		/* no races, no livelocks: for measuring */
static volatile u32 ticks;	/* the timer's */

static void warm_up(void);

/* The violation that `failure` tells of, to be filled in; null if not new. */
static struct violation *new_violation(void)
{
	struct violation *v;

	for (u32 i = 0; i < violation_count; i++) {
		if (same_text(violations[i].rule, failure.rule) &&
		    same_text(violations[i].message, failure.message))
			return NULL;
	}
	if (violation_count == VIOLATIONS_MAX) {
		explored.dropped++;
		return NULL;
	}
	v = &violations[violation_count++];
	memset(v, 0, sizeof(*v));
	memcpy(v->rule, failure.rule, sizeof(v->rule));
	memcpy(v->message, failure.message, sizeof(v->message));
	return v;
}

static void note_violation(u32 parent, struct move move, int at_state)
{
	struct violation *v = new_violation();

	if (graph_wanted && states.count)
		add_violation_arc(shared_hash[parent]);
	if (!v)
		return;
	v->parent = parent;
	v->move = move;
	v->at_state = at_state;
}

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

/* --- one state ------------------------------------------------------------ */

static void finish(u32 state)
{
	const struct move none = { { 0, 0 }, 0 };
	int deadlock = is_deadlock();

	leads[state] = 1;
	if (check_end() < 0)
		note_violation(state, none, 1);
	undo();
	if (deadlock)
		return;
	explored.ends++;
	keep_observation();
	if (graph_wanted)
		add_arc(shared_hash[state], IS_END, 0);
}

/* Whether t may run next; sets the tag of the state that follows. */
static int may_run(u32 state, u32 t, const u8 *choices)
{
	int over;

	if (limits.preemptions == NO_BOUND)
		return 1;
	state_tag = next_tag(state, t, choices, &over);
	explored.preempted |= over;
	return !over;
}

static void expand(u32 state)
{
	const struct move none = { { 0, 0 }, 0 };
	u8 choices[ENG_THREADS];
	struct step step = { 0, 0 };
	long count;
	int moved = 0;

	if (leads[state] == NOWHERE)
		return;
	restore(state);
	count = enabled(choices);
	if (count < 0) {
		note_violation(state, none, 1);
		leads[state] = 1;
		return;
	}
	if (!count) {
		finish(state);
		return;
	}
	for (u32 t = 0; t < thread_count; t++) {
		if (!choices[t] || !may_run(state, t, choices))
			continue;
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

/* --- all ------------------------------------------------------------------ */

static u64 bytes_used(void)
{
	u64 of_state = sizeof(*parents) + sizeof(*moves) +
		       sizeof(*edges_until) + sizeof(*leads);

	if (graph_wanted)
		of_state += sizeof(*shared_hash);
	return pool_bytes(&pieces) + pool_bytes(&states) +
	       states.count * of_state + edge_count * sizeof(*edges) +
	       (graph_wanted ? pool_bytes(&arcs) : 0);
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
	if (bytes_used() > limits.bytes)
		return "memory";
	return NULL;
}

/*
 * A limit was hit. Marks that were refuted on the way need another search,
 * unless there is no time for one: then nothing can be said of its depth.
 */
static int cut_short(int refuted)
{
	if (!refuted)
		return 0;
	if (!stuck && !same_text(explored.limit, "seconds"))
		return 1;
	explored.depth = 0;
	return 0;
}

/*
 * Explores all; 1 if what was learned makes it start again. That is done once
 * the search has doubled: what else it learns on the way costs no start of its
 * own.
 */
static int search_once(void)
{
	u32 level_end = 1, last = ~0u;

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
			return cut_short(last != ~0u);
		if (state >= last)
			return 1;
		expand(state);
		edges_until[state] = edge_count;
		if ((new_shared_stack || new_conflict) && last == ~0u)
			last = 2 * state + 1;
	}
	if (last != ~0u)
		return 1;
	if (explored.preempted)
		explored.limit = "preemptions";
	return 0;
}

/* Names those that never end, in a state that leads to no end. */
static void describe_livelock(u32 state)
{
	char list[320];
	struct text text = TEXT_IN(list);

	*list = 0;
	restore(state);
	for (u32 t = 0; t < thread_count; t++) {
		if (threads[t].status != DONE && !threads[t].worker)
			put(&text, "%s%s", *list ? ", " : "", threads[t].name);
	}
	fail_here("model-deadlock", "livelock: from here no schedule ends (%s)",
		  list);
	failure.frame_count = 0;
}

static void look_for_livelock(void)
{
	const struct move none = { { 0, 0 }, 0 };
	u32 state = first_livelock(states.count);

	if (state == states.count)
		return;
	describe_livelock(state);
	note_violation(state, none, 1);
	violations[violation_count - 1].lasting = 1;
}

static void forget_search(void)
{
	new_shared_stack = 0;
	violation_count = 0;
	race_count = 0;
	races_dropped = 0;
	edge_count = 0;
	leads[0] = 0;
	memset(&explored, 0, sizeof(explored));
	transitions = 0;
	forget_reliance();
	forget_observations();
	forget_graph();
}

/* CAME_FAILED if the model fails before its first step. */
static long begin_search(void)
{
	const struct move none = { { 0, 0 }, 0 };

	forget_search();
	if (begin() < 0) {
		note_violation(0, none, 1);
		return CAME_FAILED;
	}
	if (graph_wanted)
		shared_hash[0] = hash_shared();
	return CAME_BACK;
}

static void search(void)
{
	if (begin_search() < 0)
		return;
	if (reducing) {
		warm_up();
		if (begin_search() < 0)
			return;
	}
	look_for_races(0);
	while (search_once()) {
		restarts++;
		if (begin_search() < 0)
			return;
		look_for_races(0);
	}
	explored.transitions = transitions;
	if (!explored.limit && !bare)
		look_for_livelock();
}
