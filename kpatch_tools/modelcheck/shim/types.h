/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * types.h - types and constants of ours, where the kernel's own hold what a
 * model has no use for (lock debugging, architecture headers).
 *
 * A library: the extractor takes single definitions out of it. A structure
 * that lacks a member which the extracted code uses gets it from the tree.
 */

/* owner: 0 when free, else eng_thread_id() + 1. */
typedef struct spinlock {
	int owner;
} spinlock_t;

struct mutex {
	int owner;
};

/* sleepers: one bit for each thread that waits for a wake_up(). */
typedef struct __wait_queue_head {
	unsigned int sleepers;
} wait_queue_head_t;

struct work_struct {
	void (*func)(struct work_struct *work);
	int pending;
};

/* inodes: those in use that lie on it. */
struct super_block {
	int inodes;
};

/* One buffer; nothing is chained. */
struct scatterlist {
	const void *buffer;
	unsigned int length;
};

#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define BITS_PER_LONG 64

/* Keeps parts of a structure apart in the cache. */
#define ZONE_PADDING(name)

#define __SPIN_LOCK_UNLOCKED(name) { 0 }
#define DEFINE_SPINLOCK(name) spinlock_t name = { 0 }
#define __MUTEX_INITIALIZER(name) { 0 }
#define DEFINE_MUTEX(name) struct mutex name = { 0 }
#define __WAIT_QUEUE_HEAD_INITIALIZER(name) { 0 }
#define DECLARE_WAIT_QUEUE_HEAD(name) wait_queue_head_t name = { 0 }
#define __WORK_INITIALIZER(name, function) { (function), 0 }
#define DECLARE_WORK(name, function) \
	struct work_struct name = { (function), 0 }
