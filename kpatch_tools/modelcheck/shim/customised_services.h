/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * customised_services.h - more of customised.h: what other subsystems lend.
 *
 * Whatever must be given back is a block of the engine's heap, so that a use
 * after it was given back, giving it back twice and never giving it back are
 * seen by the engine. Every call that acquires something may fail.
 */

/* --- memory -------------------------------------------------------------- */

void *kmalloc(size_t size, gfp_t flags)
{
	if (flags & __GFP_IO)
		shim_may_sleep("kmalloc");
	if (eng_may_fail("kmalloc"))
		return NULL;
	eng_step("kmalloc", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	return eng_alloc(size, "kmalloc");
}

void *kzalloc(size_t size, gfp_t flags)
{
	if (flags & __GFP_IO)
		shim_may_sleep("kzalloc");
	if (eng_may_fail("kzalloc"))
		return NULL;
	eng_step("kzalloc", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	return eng_zalloc(size, "kzalloc");
}

void kfree(const void *block)
{
	eng_step("kfree", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	if (!block)
		return;
	eng_free(block);
	shim_check_pending();
}

#define memset(to, byte, size) eng_memset((to), (byte), (size))
#define memcpy(to, from, size) eng_memcpy((to), (from), (size))

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

/* --- mounts and inodes --------------------------------------------------- */

struct shim_mount {
	struct vfsmount mount;
	struct super_block super;
};

struct shim_inode {
	struct inode inode;
	struct address_space mapping;
	struct super_block *on;
};

struct vfsmount *kern_mount(struct file_system_type *type)
{
	struct shim_mount *mount;

	shim_may_sleep("kern_mount");
	if (!type->name || !type->mount || !type->kill_sb)
		eng_fail("model-invariant",
			 "kern_mount of a type that lacks its name or an operation");
	if (eng_may_fail("kern_mount"))
		return ERR_PTR(-ENOMEM);
	eng_step("kern_mount", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	mount = eng_zalloc(sizeof(*mount), "kern_mount");
	mount->mount.mnt_sb = &mount->super;
	return &mount->mount;
}

/* An inode that outlives its super block is used after free when put. */
void kern_unmount(struct vfsmount *mnt)
{
	struct shim_mount *mount = container_of(mnt, struct shim_mount, mount);

	shim_may_sleep("kern_unmount");
	eng_step("kern_unmount", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	if (!mnt || IS_ERR(mnt))
		return;
	eng_check(mount, sizeof(*mount));
	if (mount->super.inodes)
		eng_fail("model-invariant",
			 "kern_unmount of a mount whose inode is still in use");
	eng_free(mount);
}

struct inode *alloc_anon_inode(struct super_block *s)
{
	struct shim_inode *inode;

	shim_may_sleep("alloc_anon_inode");
	eng_step("alloc_anon_inode", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	eng_check(s, sizeof(*s));
	if (eng_may_fail("alloc_anon_inode"))
		return ERR_PTR(-ENOMEM);
	inode = eng_zalloc(sizeof(*inode), "alloc_anon_inode");
	inode->inode.i_mapping = &inode->mapping;
	inode->on = s;
	s->inodes++;
	return &inode->inode;
}

/* Its pages must be gone before it: nobody could find their mapping again. */
void shim_check_no_pages(const struct address_space *mapping)
{
#ifdef SHIM_PAGES
	int pfn;

	for (pfn = 0; pfn < SHIM_PAGES; pfn++)
		if (shim_pages[pfn].mapping == mapping)
			eng_fail("model-invariant",
				 "iput of an inode that still has pages");
#endif
}

void iput(struct inode *inode)
{
	struct shim_inode *ours = container_of(inode, struct shim_inode, inode);

	shim_may_sleep("iput");
	eng_step("iput", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	if (!inode)
		return;
	eng_check(ours, sizeof(*ours));
	eng_check(ours->on, sizeof(*ours->on));
	shim_check_no_pages(&ours->mapping);
	ours->on->inodes--;
	eng_free(ours);
}

/* --- notifiers: a chain of blocks, each at most once ---------------------- */

struct shim_notifier {
	struct notifier_block *block;
	struct shim_notifier *next;
};

struct shim_notifier *shim_oom_notifiers;

int register_oom_notifier(struct notifier_block *nb)
{
	struct shim_notifier *entry;

	if (eng_may_fail("register_oom_notifier"))
		return -ENOMEM;
	eng_step("register_oom_notifier", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	entry = eng_alloc(sizeof(*entry), "register_oom_notifier");
	entry->block = nb;
	entry->next = shim_oom_notifiers;
	shim_oom_notifiers = entry;
	return 0;
}

int unregister_oom_notifier(struct notifier_block *nb)
{
	struct shim_notifier **link = &shim_oom_notifiers;
	struct shim_notifier *entry;

	eng_step("unregister_oom_notifier", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	for (; *link; link = &(*link)->next) {
		entry = *link;
		if (entry->block != nb)
			continue;
		*link = entry->next;
		eng_free(entry);
		return 0;
	}
	return -EINVAL;
}
