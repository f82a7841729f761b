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
static u8 stack_shadows[ENG_THREADS][STACK];
static u8 heap_shadow[HEAP_BYTES];
static u8 map_shadow[MAP_BYTES];
static u8 globals_shadow[GLOBALS_MAX];

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

static u32 numbers[4][LEAVES];		/* by height; [3] is short, no matter */
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
	u64 *t = to;
	const u64 *f = from;

	for (u32 i = 0; i < LEAF / 8; i++)
		t[i] = f[i];
}

static inline void clear(u8 *from, u8 *to)
{
	for (u64 *at = (u64 *)from; at < (u64 *)to; at++)
		*at = 0;
}

/* --- from memory to numbers ----------------------------------------------- */

static inline void mark(u32 height, u32 index)
{
	if (dirty[height].marked[index])
		return;
	dirty[height].marked[index] = 1;
	dirty[height].list[dirty[height].count++] = index;
}

static inline void renumber(u32 leaf, u8 *live, u8 *shadow)
{
	int fresh;

	if (likely(same_words((u64 *)live, (u64 *)shadow, LEAF / 8)))
		return;
	copy_leaf(shadow, live);
	numbers[0][leaf] = pool_number(&pieces, (u64 *)live, LEAF / 8, &fresh);
	mark(1, leaf / FAN);
}

/* Numbers the records above the leaves that changed, up to a height. */
static inline void close_up(u32 top)
{
	for (u32 height = 1; height <= top; height++) {
		for (u32 i = 0; i < dirty[height].count; i++) {
			u32 at = dirty[height].list[i];
			int fresh;

			dirty[height].marked[at] = 0;
			numbers[height][at] = pool_number(&pieces,
				(u64 *)&numbers[height - 1][at * FAN],
				LEAF / 8, &fresh);
			if (height < top)
				mark(height + 1, at / FAN);
		}
		dirty[height].count = 0;
	}
}

static inline void renumber_region(const struct region *r, u32 from, u32 to)
{
	for (u32 at = from; at < to; at += LEAF)
		renumber(r->first + at / LEAF, r->live + at, r->shadow + at);
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

static void renumber_stack(u32 t)
{
	u32 depth = (u32)(stack_top(t) - threads[t].sp);
	u32 status = depth << 3 | threads[t].status;

	for (u32 k = 0; k < threads[t].extent; k++)
		renumber(stack_leaf(t, k), stack_top(t) - (k + 1) * LEAF,
			 shadow_top(t) - (k + 1) * LEAF);
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
		renumber_stack(t);
	for (u32 i = 0; i < dirty[1].count; i++) {
		/* a stack's own records have height 1, `deep` has 3 */
		if (dirty[1].list[i] >= DEEP_FIRST / FAN) {
			close_up(3);
			break;
		}
	}
	close_up(1);
	renumber_region(&globals_region, 0, (u32)(model_end - model_start));
	close_up(globals_region.height);
	for (u32 arena = 0; arena < ARENAS; arena++) {
		u32 at = arena * ENG_HEAP, end = at + model.used[arena];

		if (!model.used[arena])
			continue;
		renumber_region(&heap_region, at, end);
		close_up(heap_region.height);
		renumber_region(&map_region, at / GRANULE, granules(end));
		close_up(map_region.height);
	}
	for (u32 i = 0; i < child_count; i++)
		child[i] = numbers[children[i].height][children[i].index];
	if (tagged)
		child[child_count] = state_tag;
	return pool_number(&states, record, states.words, fresh);
}
