/* SPDX-License-Identifier: GPL-2.0-only */
/* What a search has found, and how far it came. */

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
