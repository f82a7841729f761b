/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * customised_work.h - more of customised.h: work and timers, which never run.
 */

/* --- work: queued and cancelled, never run ------------------------------- */

#define SHIM_PENDING 8

struct work_struct *shim_pending[SHIM_PENDING];

/* Work that is queued would run: its memory must be there. */
void shim_check_pending(void)
{
	int i;

	for (i = 0; i < SHIM_PENDING; i++)
		if (shim_pending[i])
			eng_check(shim_pending[i], sizeof(*shim_pending[i]));
}

/* Puts `to` in the place of `from`. */
void shim_replace_pending(struct work_struct *from, struct work_struct *to)
{
	int i;

	for (i = 0; i < SHIM_PENDING; i++)
		if (shim_pending[i] == from) {
			shim_pending[i] = to;
			return;
		}
	eng_fail("model-unknown", "more work is queued than the model holds");
}

#define INIT_WORK(work, function) \
	((work)->func = (function), (void)((work)->pending = 0))
#define queue_work(queue, work) shim_queue_work(work)
#define schedule_work(work) shim_queue_work(work)

bool shim_queue_work(struct work_struct *work)
{
	bool was_pending;

	eng_step("queue_work", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	eng_check(work, sizeof(*work));
	was_pending = work->pending;
	if (!was_pending)
		shim_replace_pending(NULL, work);
	work->pending = 1;
	return !was_pending;
}

bool cancel_work_sync(struct work_struct *work)
{
	bool was_pending;

	shim_may_sleep("cancel_work_sync");
	eng_step("cancel_work_sync", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	eng_check(work, sizeof(*work));
	was_pending = work->pending;
	if (was_pending)
		shim_replace_pending(work, NULL);
	work->pending = 0;
	return was_pending;
}

#define INIT_DELAYED_WORK(dwork, function) \
	INIT_WORK(&(dwork)->work, (function))
#define schedule_work_on(cpu, work) shim_queue_work(work)
#define queue_work_on(cpu, queue, work) shim_queue_work(work)
#define schedule_delayed_work(dwork, delay) shim_queue_work(&(dwork)->work)
#define queue_delayed_work(queue, dwork, delay) \
	shim_queue_work(&(dwork)->work)
#define mod_delayed_work(queue, dwork, delay) \
	(!shim_queue_work(&(dwork)->work))
#define cancel_work(work) cancel_work_sync(work)
#define cancel_delayed_work(dwork) cancel_work_sync(&(dwork)->work)
#define cancel_delayed_work_sync(dwork) cancel_work_sync(&(dwork)->work)

/* Work never runs, so that waiting for it is taking it off the queue. */
#define flush_delayed_work(dwork) cancel_work_sync(&(dwork)->work)
#define flush_work(work) cancel_work_sync(work)
#define work_pending(work) ((work)->pending)
#define delayed_work_pending(dwork) ((dwork)->work.pending)
#define flush_workqueue(queue) shim_may_sleep("flush_workqueue")
#define drain_workqueue(queue) shim_may_sleep("drain_workqueue")
#define flush_scheduled_work() shim_may_sleep("flush_scheduled_work")

/* Where work is queued is the same for the model: there is one queue. */
struct workqueue_struct *shim_create_workqueue(void)
{
	if (eng_may_fail("alloc_workqueue"))
		return NULL;
	eng_step("alloc_workqueue", NULL, 0, ENG_UPDATE);
	return eng_zalloc(sizeof(struct workqueue_struct), "alloc_workqueue");
}

#define alloc_workqueue(...) shim_create_workqueue()
#define alloc_ordered_workqueue(...) shim_create_workqueue()
#define create_singlethread_workqueue(name) shim_create_workqueue()
#define create_workqueue(name) shim_create_workqueue()

void destroy_workqueue(struct workqueue_struct *wq)
{
	shim_may_sleep("destroy_workqueue");
	eng_step("destroy_workqueue", NULL, 0, ENG_UPDATE);
	eng_free(wq);
}

/* --- timers: armed and disarmed, never fire; time stands still --------------- */

int mod_timer(struct timer_list *timer, unsigned long expires)
{
	int was_pending;

	eng_step("mod_timer", timer, sizeof(*timer), ENG_UPDATE);
	was_pending = timer->pending;
	timer->pending = 1;
	return was_pending;
}

int del_timer(struct timer_list *timer)
{
	int was_pending;

	eng_step("del_timer", timer, sizeof(*timer), ENG_UPDATE);
	was_pending = timer->pending;
	timer->pending = 0;
	return was_pending;
}

int timer_pending(const struct timer_list *timer)
{
	eng_step("timer_pending", timer, sizeof(*timer), ENG_READ);
	return timer->pending;
}

#define add_timer(timer) ((void)mod_timer((timer), 0))
#define del_timer_sync(timer) del_timer(timer)
#define timer_delete(timer) del_timer(timer)
#define timer_delete_sync(timer) del_timer(timer)
#define timer_shutdown_sync(timer) del_timer(timer)
#define timer_setup(timer, function, flags) ((void)((timer)->pending = 0))
#define setup_timer(timer, function, data) ((void)((timer)->pending = 0))
#define init_timer(timer) ((void)((timer)->pending = 0))

#define SHIM_NOW 1000

#define jiffies ((unsigned long)SHIM_NOW)
#define jiffies_64 ((u64)SHIM_NOW)
#define get_jiffies_64() ((u64)SHIM_NOW)
#define ktime_get() ((ktime_t)SHIM_NOW)
#define ktime_get_real() ((ktime_t)SHIM_NOW)
#define ktime_get_boottime() ((ktime_t)SHIM_NOW)
#define ktime_get_ns() ((u64)SHIM_NOW)
#define ktime_get_real_ns() ((u64)SHIM_NOW)
#define ktime_get_boottime_ns() ((u64)SHIM_NOW)
#define ktime_get_seconds() ((time64_t)SHIM_NOW)
#define ktime_get_real_seconds() ((time64_t)SHIM_NOW)
#define ktime_get_boottime_seconds() ((time64_t)SHIM_NOW)
#define get_seconds() ((unsigned long)SHIM_NOW)
#define msecs_to_jiffies(m) (((unsigned long)(m) * HZ + 999) / 1000)
#define usecs_to_jiffies(u) (((unsigned long)(u) * HZ + 999999) / 1000000)
#define nsecs_to_jiffies(n) ((unsigned long)((n) / (1000000000 / HZ)))
#define jiffies_to_msecs(j) ((unsigned int)((j) * 1000 / HZ))
#define jiffies_to_usecs(j) ((unsigned int)((j) * 1000000 / HZ))
#define local_clock() ((u64)SHIM_NOW)
#define sched_clock() ((unsigned long long)SHIM_NOW)
