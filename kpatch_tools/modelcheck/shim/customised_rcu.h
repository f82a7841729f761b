/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * customised_rcu.h - more of customised.h: RCU.
 *
 * A grace period ends when every reader that was there at its beginning has
 * left. What is put off until then is done at that very moment, by the thread
 * whose leaving ends it; that it may come later is not explored.
 */

#define SHIM_DEFERRED 8

struct shim_deferred {
	struct rcu_head *head;
	void (*func)(struct rcu_head *head);
	void *block;
	unsigned int readers;
};

unsigned char shim_reading[ENG_THREADS + 1];
unsigned int shim_awaited[ENG_THREADS + 1];
struct shim_deferred shim_deferred[SHIM_DEFERRED];

unsigned int shim_readers(void)
{
	unsigned int readers = 0;
	int thread;

	for (thread = 0; thread < ENG_THREADS; thread++)
		if (shim_reading[thread])
			readers |= 1U << thread;
	return readers;
}

void shim_run_deferred(struct shim_deferred *entry)
{
	struct shim_deferred now = *entry;

	entry->head = NULL;
	entry->func = NULL;
	entry->block = NULL;
	if (now.func)
		now.func(now.head);
	else
		eng_free(now.block);
}

void shim_defer(struct rcu_head *head, void (*func)(struct rcu_head *head),
		void *block)
{
	struct shim_deferred *entry = shim_deferred;

	eng_step("call_rcu", NULL, 0, ENG_UPDATE);
	for (; entry < shim_deferred + SHIM_DEFERRED; entry++) {
		if (entry->func || entry->block)
			continue;
		entry->head = head;
		entry->func = func;
		entry->block = block;
		entry->readers = shim_readers();
		if (!entry->readers)
			shim_run_deferred(entry);
		return;
	}
	eng_fail("model-unknown",
		 "more is put off to grace periods than the model holds");
}

void rcu_read_lock(void)
{
	eng_step("rcu_read_lock", NULL, 0, ENG_UPDATE);
	shim_reading[eng_thread_id()]++;
}

void rcu_read_unlock(void)
{
	unsigned int self = 1U << eng_thread_id();
	int i;

	eng_step("rcu_read_unlock", NULL, 0, ENG_UPDATE);
	if (!shim_reading[eng_thread_id()])
		eng_fail("model-memory",
			 "rcu_read_unlock without rcu_read_lock");
	if (--shim_reading[eng_thread_id()])
		return;
	for (i = 0; i <= ENG_THREADS; i++)
		shim_awaited[i] &= ~self;
	for (i = 0; i < SHIM_DEFERRED; i++) {
		if (!(shim_deferred[i].readers & self))
			continue;
		shim_deferred[i].readers &= ~self;
		if (!shim_deferred[i].readers)
			shim_run_deferred(&shim_deferred[i]);
	}
}

bool shim_is_zero(const volatile void *word)
{
	return !*(const volatile unsigned int *)word;
}

void synchronize_rcu(void)
{
	unsigned int *awaited = &shim_awaited[eng_thread_id()];

	shim_may_sleep("synchronize_rcu");
	eng_step("synchronize_rcu", NULL, 0, ENG_UPDATE);
	if (shim_reading[eng_thread_id()])
		eng_fail("model-deadlock",
			 "synchronize_rcu by a reader waits for itself");
	*awaited = shim_readers();
	eng_block(shim_is_zero, awaited, sizeof(*awaited), "synchronize_rcu");
}

#define rcu_read_lock_bh() rcu_read_lock()
#define rcu_read_unlock_bh() rcu_read_unlock()
#define rcu_read_lock_sched() rcu_read_lock()
#define rcu_read_unlock_sched() rcu_read_unlock()
#define rcu_read_lock_held() shim_reading[eng_thread_id()]
#define synchronize_rcu_expedited() synchronize_rcu()
#define synchronize_net() synchronize_rcu()
#define rcu_barrier() synchronize_rcu()
#define call_rcu(head, func) shim_defer((head), (func), NULL)
#define kfree_rcu(block, ...) shim_defer(NULL, NULL, (block))
#define kfree_rcu_mightsleep(block) shim_defer(NULL, NULL, (block))
#define kvfree_rcu(block, ...) shim_defer(NULL, NULL, (block))

#define rcu_dereference(pointer) \
	shim_load_from(&(pointer), "rcu_dereference")
#define rcu_dereference_raw(pointer) \
	shim_load_from(&(pointer), "rcu_dereference_raw")
#define rcu_dereference_raw_check(pointer) \
	shim_load_from(&(pointer), "rcu_dereference_raw_check")
#define rcu_dereference_bh(pointer) \
	shim_load_from(&(pointer), "rcu_dereference_bh")
#define rcu_dereference_sched(pointer) \
	shim_load_from(&(pointer), "rcu_dereference_sched")
#define rcu_dereference_check(pointer, condition) \
	shim_load_from(&(pointer), "rcu_dereference_check")
#define rcu_dereference_protected(pointer, condition) (pointer)
#define rcu_access_pointer(pointer) READ_ONCE(pointer)
#define rcu_assign_pointer(pointer, value) \
	shim_store_to(&(pointer), (value), "rcu_assign_pointer")
#define RCU_INIT_POINTER(pointer, value) WRITE_ONCE((pointer), (value))
#define rcu_pointer_handoff(pointer) (pointer)
#define rcu_replace_pointer(pointer, value, condition) ({ \
	__typeof__(pointer) __before = (pointer); \
	rcu_assign_pointer((pointer), (value)); \
	__before; })
#define unrcu_pointer(pointer) (pointer)
