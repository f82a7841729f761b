/* SPDX-License-Identifier: GPL-2.0-only */
/* Words of the engine, and the sizes that shape a state. */

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

/* Two words at once, as every x86-64 has them; aligned, or to words only. */
typedef u64 pair __attribute__((vector_size(16)));
typedef u64 loose_pair __attribute__((vector_size(16), aligned(8)));

#define NULL ((void *)0)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define inline inline __attribute__((always_inline))

/* What of the engine belongs to the state lies beside the model's globals. */
#define STATE __attribute__((section(".model")))

#define LEAF 64			/* bytes of memory that are compared at once */
#define IN_LEAVES __attribute__((aligned(LEAF)))
#define FAN 16			/* ids (u32) in a record of LEAF bytes */
#define STACK 16384		/* bytes of a thread's stack, as on x86-64 */
#define GUARD 4096
#define ARENAS (ENG_THREADS + 1)	/* one per thread and scenario_init's */
#define GRANULE 16		/* bytes of the heap per byte of its map */
#define GLOBALS_MAX 0x100000
#define STEPS_MAX 32768		/* of one run */
#define HELD_MAX 6		/* locks of a thread that reduction knows */
#define TICKS_PER_SECOND 10	/* of processor time */

/* The linker script sets these. */
extern u8 model_start[], model_end[], fixed_start[], fixed_end[];

enum status {
	AT_STEP,		/* can run */
	AT_BLOCK,		/* can run when pending->ready(object) */
	AT_CHOICE,		/* runs next, once per value */
	DONE,
};

/* How a thread or a guarded call came back to the engine. */
enum coming {
	CAME_BACK,
	CAME_FAILED = -1,	/* abandoned; struct failure says why */
};

/*
 * Why a thread stopped. Lies on the thread's own stack, and its address is the
 * lowest word of the saved context, so that a restored state carries it along.
 */
struct pending {
	const char *what;	/* null: a plain access of extracted code */
	const volatile void *object;
	_Bool (*ready)(const volatile void *object);
	u32 size;		/* of the object; of a choice, its values */
	u32 access;		/* enum eng_access, MARKED for volatile */
};

#define MARKED 0x100	/* volatile: READ_ONCE, WRITE_ONCE */
