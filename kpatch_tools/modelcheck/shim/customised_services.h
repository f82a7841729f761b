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

/* --- waiting: a sleeper runs on when woken after it went to sleep --------- */

bool shim_is_woken(const volatile void *queue)
{
	return !(((const volatile wait_queue_head_t *)queue)->sleepers &
		 1U << eng_thread_id());
}

void shim_prepare_to_wait(wait_queue_head_t *queue)
{
	eng_step("prepare_to_wait", queue, sizeof(*queue), ENG_UPDATE);
	queue->sleepers |= 1U << eng_thread_id();
}

void shim_finish_wait(wait_queue_head_t *queue)
{
	eng_step("finish_wait", queue, sizeof(*queue), ENG_UPDATE);
	queue->sleepers &= ~(1U << eng_thread_id());
}

void shim_sleep(wait_queue_head_t *queue)
{
	eng_block(shim_is_woken, queue, sizeof(*queue), "wait_event");
}

void wake_up(wait_queue_head_t *queue)
{
	eng_step("wake_up", queue, sizeof(*queue), ENG_UPDATE | ENG_RELEASE);
	queue->sleepers = 0;
}

#define wake_up_all(queue) wake_up(queue)
#define wake_up_interruptible(queue) wake_up(queue)
#define init_waitqueue_head(queue) ((void)((queue)->sleepers = 0))

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

void iput(struct inode *inode)
{
	struct shim_inode *ours = container_of(inode, struct shim_inode, inode);

	shim_may_sleep("iput");
	eng_step("iput", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	if (!inode)
		return;
	eng_check(ours, sizeof(*ours));
	eng_check(ours->on, sizeof(*ours->on));
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
