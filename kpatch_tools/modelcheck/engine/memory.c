/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A state is the memory of the model: each thread's live stack with its status,
 * the globals and the used heap. It is cut into leaves of 64 bytes; a leaf is
 * stored once and has a number (pool.c), 16 numbers are again 64 bytes, and so
 * on up to the record of the state. Two states are the same exactly if their
 * records are, and a transition stores only the path to what it changed.
 *
 *	state:	thread A   thread B   ...  deep  heap  map   globals...
 *		status,    status,         tree  tree  tree  trees
 *		15 leaves  15 leaves
 *
 * Leaf k of a stack ends 64 * k bytes below its top. Below the stack pointer is
 * no state: it counts as zero. `deep` holds what lies deeper than 15 leaves.
 * The shadow is a copy of the memory that the current numbers stand for.
 */

#define STACK_LEAVES (STACK / LEAF)
#define NEAR (FAN - 1)			/* leaves of a stack's own record */
#define LEVEL(height) (4 * (height))	/* bits of a leaf's index below it */

/* Where the leaves of a region begin in the numbering of all leaves. */
enum {
	DEEP_FIRST = 4096,
	HEAP_FIRST = 8192,
	MAP_FIRST = 12288,
	GLOBALS_FIRST = 16384,
	LEAVES = GLOBALS_FIRST + GLOBALS_MAX / LEAF,
};

struct region {
	u8 *live, *shadow;
	u32 first;		/* leaf */
	u32 height;		/* of the trees it is cut into */
};

static u8 stacks[ENG_THREADS][GUARD + STACK] __attribute__((aligned(GUARD)));
static u8 stack_shadows[ENG_THREADS][STACK] IN_LEAVES;
static u8 heap_shadow[HEAP_BYTES] IN_LEAVES;
static u8 map_shadow[MAP_BYTES] IN_LEAVES;
static u8 globals_shadow[GLOBALS_MAX] IN_LEAVES;

static struct region globals_region = {
	model_start, globals_shadow, GLOBALS_FIRST, 1,
};
static const struct region heap_region = { heap, heap_shadow, HEAP_FIRST, 3 };
static const struct region map_region = { heap_map, map_shadow, MAP_FIRST, 2 };

static struct {
	u8 *sp;
	u32 status;		/* enum status */
	u32 extent;		/* leaves of the live stack */
	const char *name;
	void (*run)(void *);
	void *argument;
	int worker;
} threads[ENG_THREADS];

static u32 thread_count;

static u32 numbers[4][LEAVES] IN_LEAVES;		/* by height; [3] is short, no matter */
static struct {
	u32 count, list[LEAVES / FAN];
	u8 marked[LEAVES / FAN];
} dirty[4];
static struct { u8 height; u32 index; } children[FAN];
static u32 child_count;

static struct pool pieces;
static struct pool states;
static int tagged;		/* a state is its memory and a tag */
static u32 state_tag;

static inline int in_globals(u64 address)
{
	return address - (u64)model_start < (u64)(model_end - model_start);
}

static inline int in_stacks(u64 address)
{
	return address - (u64)stacks < sizeof(stacks);
}

static inline int in_fixed(u64 address)
{
	return address - (u64)fixed_start < (u64)(fixed_end - fixed_start);
}

static inline u8 *stack_top(u32 t)
{
	return stacks[t] + GUARD + STACK;
}

static inline u8 *shadow_top(u32 t)
{
	return stack_shadows[t] + STACK;
}

static inline u32 stack_leaf(u32 t, u32 k)
{
	return k < NEAR ? t * FAN + 1 + k : DEEP_FIRST + t * STACK_LEAVES + k;
}

static inline void copy_leaf(void *to, const void *from)
{
	pair *t = to;
	const pair *f = from;

	for (u32 i = 0; i < LEAF / sizeof(pair); i++)
		t[i] = f[i];
}

static inline void clear(u8 *from, u8 *to)
{
	for (; to - from >= (long)sizeof(pair); from += sizeof(pair))
		*(loose_pair *)from = (loose_pair){ 0, 0 };
	for (; from < to; from += 8)
		*(u64 *)from = 0;
}

/* --- from memory to numbers ----------------------------------------------- */

static inline void mark(u32 height, u32 index)
{
	if (dirty[height].marked[index])
		return;
	dirty[height].marked[index] = 1;
	dirty[height].list[dirty[height].count++] = index;
}

/* Leaves that are not what the numbers say; their shadows are. */
static struct {
	u32 count;
	struct { u32 leaf, hash; const u8 *shadow; } list[LEAVES];
} changed;

static inline void note_changed(u32 leaf, const u8 *live, u8 *shadow)
{
	u32 hash = hash_words((u64 *)live, LEAF / 8), n = changed.count++;

	pool_expect(&pieces, hash);
	copy_leaf(shadow, live);
	changed.list[n].leaf = leaf;
	changed.list[n].hash = hash;
	changed.list[n].shadow = shadow;
}

/* Once all are noted: so the table's slots are at hand. */
static inline void number_changed(void)
{
	for (u32 i = 0; i < changed.count; i++) {
		u32 leaf = changed.list[i].leaf;
		int fresh;

		numbers[0][leaf] = pool_hashed(&pieces,
			(const u64 *)changed.list[i].shadow, LEAF / 8,
			changed.list[i].hash, &fresh);
		mark(1, leaf / FAN);
	}
	changed.count = 0;
}

/* The first leaf in [at, end) that differs from its shadow, or end. */
static inline u32 next_changed(const u8 *live, const u8 *shadow, u32 at, u32 end)
{
	while (at < end && likely(same_leaf(live + at, shadow + at)))
		at += LEAF;
	return at;
}

/* Of the record that a leaf's numbers end in, which is a state's own. */
static inline u32 height_above(u32 leaf)
{
	if (leaf < DEEP_FIRST)
		return 1;
	if (leaf < MAP_FIRST)
		return 3;	/* `deep` and the heap */
	return leaf < GLOBALS_FIRST ? map_region.height : globals_region.height;
}

/* Numbers the records above the leaves that changed. */
static inline void close_up(void)
{
	for (u32 height = 1; height <= 3; height++) {
		for (u32 i = 0; i < dirty[height].count; i++) {
			u32 at = dirty[height].list[i];
			int fresh;

			dirty[height].marked[at] = 0;
			numbers[height][at] = pool_number(&pieces,
				(u64 *)&numbers[height - 1][at * FAN],
				LEAF / 8, &fresh);
			if (height < height_above(at << LEVEL(height)))
				mark(height + 1, at / FAN);
		}
		dirty[height].count = 0;
	}
}

static inline void scan_region(const struct region *r, u32 from, u32 to)
{
	for (u32 at = from; (at = next_changed(r->live, r->shadow, at, to)) < to;
	     at += LEAF)
		note_changed(r->first + at / LEAF, r->live + at, r->shadow + at);
}

static inline u32 extent_of(u32 t)
{
	return (u32)(stack_top(t) - threads[t].sp + LEAF - 1) / LEAF;
}

/* What was stack and is no more, and the rest of the last leaf, become zero. */
static void trim_stack(u32 t)
{
	u8 *sp = threads[t].sp, *bottom = stack_top(t) - extent_of(t) * LEAF;
	u8 *noise = sp - 512 > stacks[t] + GUARD ? sp - 512 : stacks[t] + GUARD;

	/* the noise only: so that spill slots not yet written look alike */
	clear(bottom < noise ? bottom : noise, sp);
	for (u32 k = extent_of(t); k < threads[t].extent; k++) {
		clear(shadow_top(t) - (k + 1) * LEAF, shadow_top(t) - k * LEAF);
		if (numbers[0][stack_leaf(t, k)])
			mark(1, stack_leaf(t, k) / FAN);
		numbers[0][stack_leaf(t, k)] = 0;
	}
	threads[t].extent = extent_of(t);
}

static void scan_stack(u32 t)
{
	u32 depth = (u32)(stack_top(t) - threads[t].sp);
	u32 status = depth << 3 | threads[t].status;
	u32 size = threads[t].extent * LEAF;
	u8 *live = stack_top(t) - size, *shadow = shadow_top(t) - size;

	for (u32 at = 0; (at = next_changed(live, shadow, at, size)) < size;
	     at += LEAF)
		note_changed(stack_leaf(t, (size - at) / LEAF - 1), live + at,
			     shadow + at);
	if (numbers[0][t * FAN] != status) {
		numbers[0][t * FAN] = status;
		mark(1, t);
	}
}

/*
 * The number of the state that memory is in; `ran` is the thread that made it.
 */
static u32 capture(u32 ran, int *fresh)
{
	u64 record[FAN / 2] = { 0 };
	u32 *child = (u32 *)record;

	trim_stack(ran);
	for (u32 t = 0; t < thread_count; t++)
		scan_stack(t);
	scan_region(&globals_region, 0, (u32)(model_end - model_start));
	for (u32 arena = 0; arena < ARENAS; arena++) {
		u32 at = arena * ENG_HEAP, end = at + model.used[arena];

		scan_region(&heap_region, at, end);
		scan_region(&map_region, at / GRANULE, granules(end));
	}
	number_changed();
	close_up();
	for (u32 i = 0; i < child_count; i++)
		child[i] = numbers[children[i].height][children[i].index];
	if (tagged)
		child[child_count] = state_tag;
	return pool_number(&states, record, states.words, fresh);
}
