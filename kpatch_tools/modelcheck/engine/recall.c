/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Steps that need not run again. What a thread does next rests on its own stack
 * and on what all share, and on other stacks only where they are in its reach
 * (reach.c). So a step taken once leads from
 * the same stack, the same shared memory and the same stacks in reach to the
 * same again, whatever else lies in the state. Whether a thread can run, and
 * whether scenario_invariant holds, is as much a function of these.
 *
 * That a step was seen to use a stack out of reach would show an address made
 * in another way: it is not kept, nor is one that changed another's stack.
 *
 * The table is of one size and keeps of the steps with one place the last. What
 * it says is compared whole, as states are.
 */

#define KNOWN_BITS 17
#define REACH_MAX 3		/* stacks beside its own */

struct known {
	u32 stack, shared;	/* records of pieces; no stack for a check */
	u32 what;		/* see what_of(); 0 is nothing */
	u32 reach[REACH_MAX];	/* stacks, in the order of their threads */
	/* what it leads to; no stack where the thread waits */
	u32 next_stack, next_shared;
} __attribute__((aligned(32)));

static int recalling;
static struct known *table;
static int learned;		/* something is in it */
/* --- the table ------------------------------------------------------------ */

enum { CHECK = ENG_THREADS };	/* in place of a thread */
enum { CHOICE_SHIFT = 4, REACH_SHIFT = 12, WAYS_SHIFT = 20 };

/* Thread, choice, threads in reach; apart from these the ways to go on. */
static inline u32 what_of(u32 who, u8 reach)
{
	return (who + 1) | (u32)reach << REACH_SHIFT;
}

static inline u32 ways_of(const struct known *known)
{
	return known->what >> WAYS_SHIFT;
}

static inline u8 reach_of(const struct known *known)
{
	return (u8)(known->what >> REACH_SHIFT);
}

/* What the first way of a thread, or CHECK, rests on; 0 if that is too much. */
static inline int key_of(const u32 *record, u32 who, struct known *key)
{
	u32 stack = who == CHECK ? 0 : record[who], count = 0;
	u8 own = who == CHECK ? 0 : bit_of(who), reach;

	key->stack = stack;
	key->shared = record[thread_count];
	reach = stacks_in_shared(key->shared) | own;
	reach = reach_from(record, reach) & (u8)~own;
	key->what = what_of(who, reach);
	key->next_stack = key->next_shared = 0;
	for (u32 i = 0; i < REACH_MAX; i++)
		key->reach[i] = 0;
	if (likely(!reach))
		return 1;
	for (u32 t = 0; t < thread_count; t++) {
		if (!(reach & bit_of(t)))
			continue;
		if (count == REACH_MAX)
			return 0;
		key->reach[count++] = record[t];
	}
	return 1;
}

static inline struct known *place_of(const struct known *key)
{
	u64 hash = fold(((u64)key->shared << 32 | key->stack) ^
			0xa0761d6478bd642ful,
			((u64)key->reach[0] << 32 | key->what) ^
			0xe7037ed1a0b428dbul);

	if (unlikely(key->reach[1]))
		hash = fold(hash ^ 0x8ebc6af09c88c6e3ul,
			    ((u64)key->reach[2] << 32 | key->reach[1]) ^
			    0x589965cc75374cc3ul);
	return &table[(hash ^ hash >> 32) & ((1u << KNOWN_BITS) - 1)];
}

/* Whether what is known there is of the key. */
static inline int is_of(const struct known *k, const struct known *key)
{
	u32 what = k->what & ((1u << WAYS_SHIFT) - 1);

	return !((k->stack ^ key->stack) | (k->shared ^ key->shared) |
		 (what ^ key->what) | (k->reach[0] ^ key->reach[0]) |
		 (k->reach[1] ^ key->reach[1]) | (k->reach[2] ^ key->reach[2]));
}

static void learn(const struct known *key, u32 ways)
{
	struct known *place = place_of(key);

	*place = *key;
	place->what |= ways << WAYS_SHIFT;
	learned = 1;
}

/* --- what is asked of it -------------------------------------------------- */

/*
 * A state about to be expanded. Its keys are made two states ahead and what
 * they lead to is looked up one state ahead: so neither table is waited for.
 */
#define AHEAD 4			/* a power of two, more than two states */

struct outlook {
	struct known keys[ENG_THREADS];
	const struct known *places[ENG_THREADS];	/* null: not kept */
};

static struct outlook outlooks[AHEAD];
static u32 looked_until;	/* the first state without one */

static inline u32 status_in(u32 stack)
{
	return children_of(stack)[0] & 7;
}

static inline void look_at(u32 state)
{
	const u32 *record = record_of(state);
	struct outlook *o = &outlooks[state % AHEAD];

	for (u32 t = 0; t < thread_count; t++) {
		o->places[t] = NULL;
		if (status_in(record[t]) == DONE ||
		    !key_of(record, t, &o->keys[t]))
			continue;
		o->places[t] = place_of(&o->keys[t]);
		__builtin_prefetch(o->places[t]);
	}
}

/* The record of the state that a known step leads to. */
static inline void foretell(const u32 *record, u32 t, const struct known *known,
			    u64 *next)
{
	u32 *child = (u32 *)next;

	for (u32 i = 0; i < STATE_WORDS; i++)
		next[i] = 0;
	for (u32 other = 0; other < thread_count; other++)
		child[other] = record[other];
	child[t] = known->next_stack;
	child[thread_count] = known->next_shared;
	if (tagged)
		child[thread_count + 1] = state_tag;
}

static inline void expect_steps(u32 state)
{
	const struct outlook *o = &outlooks[state % AHEAD];
	u64 next[STATE_WORDS];

	for (u32 t = 0; t < thread_count; t++) {
		if (!o->places[t] || !is_of(o->places[t], &o->keys[t]))
			continue;
		foretell(record_of(state), t, o->places[t], next);
		pool_expect(&states, hash_words(next, states.words));
	}
}

static inline const struct outlook *outlook_of(u32 state)
{
	while (looked_until < states.count && looked_until <= state + 2)
		look_at(looked_until++);
	if (state + 1 < looked_until)
		expect_steps(state + 1);
	return &outlooks[state % AHEAD];
}

/* enabled() of the state if all of it is known; -1 if memory must be asked. */
static inline long recall(u32 state, const struct outlook *o, u8 *choices)
{
	const u32 *record = record_of(state);
	u32 only = thread_count;
	long count = 0;

	for (u32 t = 0; t < thread_count; t++) {
		if (status_in(record[t]) == AT_CHOICE)
			only = t;
	}
	for (u32 t = 0; t < thread_count; t++) {
		choices[t] = 0;
		if (status_in(record[t]) == DONE ||
		    (only != thread_count && only != t))
			continue;
		if (!o->places[t] || !is_of(o->places[t], &o->keys[t]))
			return -1;
		choices[t] = (u8)ways_of(o->places[t]);
		count += choices[t] != 0;
	}
	return count;
}

/* The key of that step, and its place in the table; null if it is not kept. */
static inline const struct known *key_in(const struct outlook *o,
					 struct step step, struct known *own,
					 const struct known **place)
{
	if (!o || !o->places[step.thread])
		return NULL;
	*place = o->places[step.thread];
	if (!step.choice)
		return &o->keys[step.thread];
	*own = o->keys[step.thread];
	own->what |= (u32)step.choice << CHOICE_SHIFT;
	*place = place_of(own);
	return own;
}

/* That t has so many ways to go on, this one to the state just captured. */
static inline void learn_step(const struct known *key, u32 t, u32 ways,
			      const u32 *record)
{
	const u32 *after = (const u32 *)captured.words;
	struct known found = *key;

	if (strayed & ~reach_of(key) & ~bit_of(t))
		return;
	for (u32 other = 0; other < thread_count; other++) {
		if (other != t && record[other] != after[other])
			return;
	}
	found.next_stack = after[t];
	found.next_shared = after[thread_count];
	learn(&found, ways);
}

/* Memory was asked: which threads wait. */
static inline void learn_waiting(const struct outlook *o, const u8 *choices)
{
	if (choosing_thread() != thread_count)
		return;
	for (u32 t = 0; t < thread_count; t++) {
		if (o->places[t] && !choices[t])
			learn(&o->keys[t], 0);
	}
}

/* The number of the state that a known step leads to. */
static inline u32 recalled(const u32 *record, u32 t, const struct known *known,
			   int *fresh)
{
	u64 next[STATE_WORDS];

	foretell(record, t, known, next);
	return pool_number(&states, next, states.words, fresh);
}

static inline int invariant_is_known(const u32 *record)
{
	struct known key;

	return recalling && key_of(record, CHECK, &key) &&
	       is_of(place_of(&key), &key);
}

static void learn_invariant(const u32 *record)
{
	struct known key;

	if (recalling && key_of(record, CHECK, &key))
		learn(&key, 0);
}

static void forget_known(void)
{
	forget_reach();
	if (learned)
		clear((u8 *)table, (u8 *)(table + (1u << KNOWN_BITS)));
	learned = 0;
	looked_until = 0;
}
