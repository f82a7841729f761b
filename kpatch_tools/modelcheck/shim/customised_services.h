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
