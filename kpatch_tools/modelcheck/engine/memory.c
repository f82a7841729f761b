/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A state is the memory of the model: each thread's live stack with its status,
 * the globals and the used heap. It is cut into leaves of 64 bytes; a leaf is
 * stored once and has a number (pool.c), 16 numbers are again 64 bytes, and so
 * on up to the record of the state. Two states are the same exactly if their
 * records are, and a transition stores only the path to what it changed.
 *
 *	state:	thread A   thread B   ...  shared
 *		status,    status,         deep  heap  map   globals...
 *		15 leaves  15 leaves       tree  tree  tree  trees
 *
 * Leaf k of a stack ends 64 * k bytes below its top. Below the stack pointer is
 * no state: it counts as zero. `deep` holds what lies deeper than 15 leaves.
 * The shadow is a copy of the memory that the current numbers stand for.
 */

#define STACK_LEAVES (STACK / LEAF)
#define NEAR (FAN - 1)			/* leaves of a stack's own record */
#define STATE_WORDS (ENG_THREADS / 2 + 1)	/* of the record of a state */
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
	u32 count, list[LEAVES / FAN], hash[LEAVES / FAN];
	u8 marked[LEAVES / FAN];
} dirty[4];
static struct { u8 height; u32 index; } children[FAN];	/* of `shared` */
static u32 child_count;
static u32 shared_number;

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
