/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * customised_waiting.h - more of customised.h: wait queues and completions.
 *
 * A sleeper runs on only when it is woken after it went to sleep: a wake-up
 * that comes too early is lost, and who waits for it then waits forever.
 */

/* --- wait queues --------------------------------------------------------- */

bool shim_is_woken(const volatile void *sleeper)
{
	return !*(const volatile unsigned char *)sleeper;
}

void shim_prepare_to_wait(wait_queue_head_t *queue)
{
	eng_step("prepare_to_wait", queue, sizeof(*queue), ENG_UPDATE);
	queue->sleepers[eng_thread_id()] = 1;
}

void shim_finish_wait(wait_queue_head_t *queue)
{
	eng_step("finish_wait", queue, sizeof(*queue), ENG_UPDATE);
	queue->sleepers[eng_thread_id()] = 0;
}

void shim_sleep(wait_queue_head_t *queue)
{
	eng_block(shim_is_woken, &queue->sleepers[eng_thread_id()], 1,
		  "wait_event");
}

void shim_wake(wait_queue_head_t *queue, const char *what)
{
	int thread;

	eng_step(what, queue, sizeof(*queue), ENG_UPDATE | ENG_RELEASE);
	for (thread = 0; thread <= ENG_THREADS; thread++)
		queue->sleepers[thread] = 0;
}

#define wake_up(queue) shim_wake((queue), "wake_up")
#define wake_up_all(queue) shim_wake((queue), "wake_up_all")
#define wake_up_interruptible(queue) \
	shim_wake((queue), "wake_up_interruptible")

void init_waitqueue_head(wait_queue_head_t *queue)
{
	int thread;

	for (thread = 0; thread <= ENG_THREADS; thread++)
		queue->sleepers[thread] = 0;
}

#define wait_event(queue, condition) do { \
		shim_may_sleep("wait_event"); \
		if (condition) \
			break; \
		for (;;) { \
			shim_prepare_to_wait(&(queue)); \
			if (condition) \
				break; \
			shim_sleep(&(queue)); \
		} \
		shim_finish_wait(&(queue)); \
	} while (0)

/* Whether it gave up before the condition was true. */
#define shim_wait_unless(gives_up, queue, condition, what) ({ \
	bool __gave_up = false; \
	shim_may_sleep(what); \
	while (!(condition)) { \
		__gave_up = (gives_up); \
		if (__gave_up) \
			break; \
		shim_prepare_to_wait(&(queue)); \
		if (condition) \
			break; \
		shim_sleep(&(queue)); \
	} \
	shim_finish_wait(&(queue)); \
	__gave_up; })

/* A signal is a fault: it comes where the run has one left. */
#define shim_wait_or_fail(queue, condition, what) \
	(shim_wait_unless(eng_may_fail(what), queue, condition, what) ? \
	 -ERESTARTSYS : 0)

/* Time may run out at any moment, or never: both are explored. */
#define shim_wait_or_time_out(queue, condition, timeout, what) ({ \
	long __left = (timeout); \
	if (shim_wait_unless(eng_choose(2, what), queue, condition, what)) \
		__left = 0; \
	__left ? __left : !!(condition); })

#define wait_event_interruptible(queue, condition) \
	shim_wait_or_fail(queue, condition, "wait_event_interruptible")
#define wait_event_killable(queue, condition) \
	shim_wait_or_fail(queue, condition, "wait_event_killable")
#define wait_event_freezable(queue, condition) \
	shim_wait_or_fail(queue, condition, "wait_event_freezable")
#define wait_event_timeout(queue, condition, timeout) \
	shim_wait_or_time_out(queue, condition, timeout, "wait_event_timeout")
#define wait_event_interruptible_timeout(queue, condition, timeout) \
	shim_wait_or_time_out(queue, condition, timeout, \
			      "wait_event_interruptible_timeout")
#define wait_event_lock_irq(queue, condition, lock) do { \
		while (!(condition)) { \
			shim_prepare_to_wait(&(queue)); \
			if (condition) \
				break; \
			spin_unlock(&(lock)); \
			shim_sleep(&(queue)); \
			spin_lock(&(lock)); \
		} \
		shim_finish_wait(&(queue)); \
	} while (0)
#define wake_up_interruptible_all(queue) \
	shim_wake((queue), "wake_up_interruptible_all")
#define wake_up_poll(queue, mask) shim_wake((queue), "wake_up_poll")
#define wake_up_interruptible_poll(queue, mask) \
	shim_wake((queue), "wake_up_interruptible_poll")
#define wake_up_interruptible_sync_poll(queue, mask) \
	shim_wake((queue), "wake_up_interruptible_sync_poll")
#define wake_up_interruptible_sync(queue) \
	shim_wake((queue), "wake_up_interruptible_sync")
#define wake_up_locked(queue) shim_wake((queue), "wake_up_locked")
#define wake_up_all_locked(queue) shim_wake((queue), "wake_up_all_locked")

int waitqueue_active(wait_queue_head_t *queue)
{
	int thread;

	eng_step("waitqueue_active", queue, sizeof(*queue), ENG_READ);
	for (thread = 0; thread <= ENG_THREADS; thread++)
		if (queue->sleepers[thread])
			return 1;
	return 0;
}

#define wq_has_sleeper(queue) waitqueue_active(queue)

/* --- completions ------------------------------------------------------------ */

#define SHIM_FOR_ALL (~0U)

bool shim_is_complete(const volatile void *x)
{
	return ((const volatile struct completion *)x)->done != 0;
}

void complete(struct completion *x)
{
	eng_step("complete", x, sizeof(*x), ENG_UPDATE | ENG_RELEASE);
	if (x->done != SHIM_FOR_ALL)
		x->done++;
}

void complete_all(struct completion *x)
{
	eng_step("complete_all", x, sizeof(*x), ENG_UPDATE | ENG_RELEASE);
	x->done = SHIM_FOR_ALL;
}

void shim_complete_one(struct completion *x)
{
	if (x->done != SHIM_FOR_ALL)
		x->done--;
}

void wait_for_completion(struct completion *x)
{
	shim_may_sleep("wait_for_completion");
	eng_block(shim_is_complete, x, sizeof(*x), "wait_for_completion");
	shim_complete_one(x);
}

bool try_wait_for_completion(struct completion *x)
{
	eng_step("try_wait_for_completion", x, sizeof(*x),
		 ENG_UPDATE | ENG_ACQUIRE);
	if (!x->done)
		return false;
	shim_complete_one(x);
	return true;
}

bool completion_done(struct completion *x)
{
	eng_step("completion_done", x, sizeof(*x), ENG_READ);
	return x->done != 0;
}

int wait_for_completion_interruptible(struct completion *x)
{
	if (eng_may_fail("wait_for_completion_interruptible"))
		return -ERESTARTSYS;
	wait_for_completion(x);
	return 0;
}

int wait_for_completion_killable(struct completion *x)
{
	if (eng_may_fail("wait_for_completion_killable"))
		return -ERESTARTSYS;
	wait_for_completion(x);
	return 0;
}

unsigned long wait_for_completion_timeout(struct completion *x,
					  unsigned long timeout)
{
	if (eng_choose(2, "wait_for_completion_timeout"))
		return try_wait_for_completion(x);
	wait_for_completion(x);
	return timeout ? timeout : 1;
}

long wait_for_completion_interruptible_timeout(struct completion *x,
					       unsigned long timeout)
{
	if (eng_may_fail("wait_for_completion_interruptible_timeout"))
		return -ERESTARTSYS;
	return wait_for_completion_timeout(x, timeout);
}

void init_completion(struct completion *x)
{
	x->done = 0;
}

void reinit_completion(struct completion *x)
{
	eng_step("reinit_completion", x, sizeof(*x), ENG_WRITE);
	x->done = 0;
}
