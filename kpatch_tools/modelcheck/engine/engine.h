/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * engine.h - what extracted code, the shim and a scenario may ask of the
 * engine.
 *
 * The engine runs a few threads of ordinary C under every interleaving. Every
 * unit but the engine is compiled with -fsanitize=thread, and each access to
 * shared memory (a global, the heap, another thread's stack) is a scheduling
 * point: the thread stops *before* the access, and one transition is that
 * access and everything private up to the next point.
 *
 * A primitive of the shim is a function marked ENG_PRIMITIVE: its own accesses
 * are not instrumented, so it is one indivisible step. It calls eng_step() or
 * eng_block() first and then does its work:
 *
 *	static ENG_PRIMITIVE void spin_lock(spinlock_t *lock)
 *	{
 *		eng_block(lock_is_free, lock, sizeof(*lock), "spin_lock");
 *		lock->owner = eng_thread_id() + 1;
 *	}
 *
 * where lock_is_free is an ENG_PRIMITIVE too. A primitive that calls eng_step()
 * twice is two steps. Outside a thread (in scenario_init, scenario_invariant
 * and scenario_final) nothing is a scheduling point.
 *
 * No type of this file clashes with a kernel type; it includes nothing.
 */
#ifndef KPT_ENGINE_H
#define KPT_ENGINE_H

#define ENG_THREADS 8		/* threads and workers together */
#define ENG_OUTSIDE ENG_THREADS	/* eng_thread_id() outside a thread */

#define ENG_PRIMITIVE \
	__attribute__((no_sanitize("thread"), noinline, unused))

/* --- what a scenario defines ---------------------------------------------- */

/* Sets up the first state and declares the threads. */
void scenario_init(void);

/*
 * Optional. Called in every new state, with no thread running; must change
 * nothing. Complains through eng_fail() or eng_assert().
 */
void scenario_invariant(void);

/*
 * Optional. Called in every state in which all threads are done (and every
 * worker is done or waits): leaks, list integrity, eng_observe().
 */
void scenario_final(void);

/* --- threads -------------------------------------------------------------- */

/*
 * In scenario_init only. Threads get the letters A, B, C... of a schedule in
 * the order of their declaration. `name` is a string constant.
 */
void eng_thread(const char *name, void (*run)(void *), void *argument);

/* The same, but a run may end while it waits in eng_block (a kworker). */
void eng_worker(const char *name, void (*run)(void *), void *argument);

/* 0 for the first declared thread; ENG_OUTSIDE outside any thread. */
int eng_thread_id(void);

/* --- steps of a primitive ------------------------------------------------- */

/* What a step does to its object; acquire and release order other accesses. */
enum eng_access {
	ENG_READ = 1,
	ENG_WRITE = 2,
	ENG_UPDATE = 3,
	ENG_ACQUIRE = 4,
	ENG_RELEASE = 8,
	/* as plain as a C assignment: it races with what nothing orders */
	ENG_PLAIN = 16,
	/* no object, and yet not "anything": what it touches is seen */
	ENG_TOUCHES = 32,
};

/*
 * A scheduling point. The step up to the next point touches no shared memory
 * but [object, object + size); a null object or size 0 says "anything" (always
 * right, never reduced) unless `access` has ENG_TOUCHES. An object on the heap must be alive when the step
 * runs. `access` is an or of enum eng_access. `what` is a string constant, the
 * primitive's name for the trace.
 */
void eng_step(const char *what, const volatile void *object,
	      unsigned long size, int access);

/*
 * The current step touches this too. The accesses of the shim and of stand-ins
 * are seen without it; functions marked ENG_PRIMITIVE must call it, before the
 * access, for what is not the object of their step.
 */
void eng_touch(const volatile void *object, unsigned long size, int access);

/*
 * A scheduling point that can be taken only when ready(object) is true. ready
 * must have no effect and no scheduling point. In the step that follows, the
 * condition holds. The same promise about `object` as for eng_step(); counts
 * as ENG_UPDATE | ENG_ACQUIRE.
 */
void eng_block(_Bool (*ready)(const volatile void *object),
	       const volatile void *object, unsigned long size,
	       const char *what);

/*
 * The running thread has taken, and is about to give back, a lock that nobody
 * else can take in between or give back, and that is waited for by eng_block()
 * with the lock as the object. Reduction uses it; saying nothing is always
 * right. A lock that two hold at once, or that one gives back who does not hold
 * it, counts for nothing.
 */
void eng_hold(const volatile void *lock);
void eng_drop(const volatile void *lock);

/*
 * The object must be in live memory now, or this is a model-memory violation.
 * For primitives that touch more than the object of their step.
 */
void eng_check(const volatile void *object, unsigned long size);

/* memset and memcpy of extracted code: one step each, checked. */
void *eng_memset(void *to, int byte, unsigned long size);
void *eng_memcpy(void *to, const void *from, unsigned long size);

/* --- nondeterminism ------------------------------------------------------- */

/* 0..n-1 (n up to 250), each explored; no other thread runs in between. */
int eng_choose(int n, const char *what);

/*
 * True if `call` is to fail here. Explored both ways while the run has faults
 * left (0, 1 or 2 of them; set by the scenario's bounds).
 */
_Bool eng_may_fail(const char *call);

/* --- heap ----------------------------------------------------------------- */

/*
 * Memory whose address is a function of the state. eng_alloc's is filled with
 * 0x5a, eng_zalloc's is zero. Never null: a thread that needs more than its
 * arena (ENG_HEAP bytes) fails with the rule "model-unknown". No scheduling
 * point (the caller makes its own). `what` is a string constant naming the
 * allocation in messages.
 */
#define ENG_HEAP 16384

void *eng_alloc(unsigned long size, const char *what);
void *eng_zalloc(unsigned long size, const char *what);

/* Double free, or an address that is no block's start: model-memory. */
void eng_free(const void *block);

/*
 * In scenario_init: freed memory is handed out again at once, last freed
 * first, as the slab allocator does. Otherwise a freed block stays poisoned
 * while the arena has room, and every use after free is seen.
 */
void eng_reuse_memory(void);

/*
 * model-leak for each block that a thread (not scenario_init) allocated and
 * that is not freed. For scenario_final.
 */
void eng_check_leaks(void);

/* --- verdicts ------------------------------------------------------------- */

/*
 * A violation: the run ends here. Two violations are the same if rule and
 * message are. Rules: model-invariant, model-leak, model-deadlock,
 * model-memory, model-race, and model-unknown for what the model does not
 * know (a trap). Format: %s %c %d %u %x with l, %p, %%.
 */
void eng_fail(const char *rule, const char *format, ...)
	__attribute__((noreturn, cold, format(printf, 2, 3)));

#define eng_assert(condition, ...) \
	do { \
		if (!(condition)) \
			eng_fail("model-invariant", __VA_ARGS__); \
	} while (0)

/*
 * In scenario_final, best before any check: part of the final state as the
 * scenario sees it. The set
 * of all (name, value) lists over the final states is an output of the model,
 * by which two models are compared. `name` is a string constant.
 */
void eng_observe(const char *name, long value);

#endif
