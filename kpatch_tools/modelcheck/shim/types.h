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

typedef struct raw_spinlock {
	int owner;
} raw_spinlock_t;

/* readers: one bit for each thread that reads; owner: the writer. */
typedef struct shim_rwlock {
	int owner;
	unsigned int readers;
} rwlock_t;

struct rw_semaphore {
	int owner;
	unsigned int readers;
};

struct semaphore {
	unsigned int count;
};

struct mutex {
	int owner;
};

struct completion {
	unsigned int done;
};

/* sleepers: 1 for each thread that waits for a wake_up(). */
typedef struct wait_queue_head {
	unsigned char sleepers[ENG_THREADS + 1];
} wait_queue_head_t;

#define __wait_queue_head wait_queue_head

struct work_struct {
	void (*func)(struct work_struct *work);
	int pending;
};

struct delayed_work {
	struct work_struct work;
};

struct workqueue_struct {
	char unused;
};

/* Armed or not; none ever fires. */
struct timer_list {
	int pending;
};

/* size of its objects; objects: how many are out. */
struct kmem_cache {
	unsigned long size;
	long objects;
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

/* Truth values of primitives that became bool on the way to Linux 5.0. */
#if LINUX_VERSION_CODE >= 0x050000
#define SHIM_TRUTH bool
#else
#define SHIM_TRUTH int
#endif

#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define BITS_PER_LONG 64

/* Keeps parts of a structure apart in the cache. */
#define ZONE_PADDING(name)

#define __SPIN_LOCK_UNLOCKED(name) { 0 }
#define DEFINE_SPINLOCK(name) spinlock_t name = { 0 }
#define __RAW_SPIN_LOCK_UNLOCKED(name) { 0 }
#define DEFINE_RAW_SPINLOCK(name) raw_spinlock_t name = { 0 }
#define __RW_LOCK_UNLOCKED(name) { 0, 0 }
#define DEFINE_RWLOCK(name) rwlock_t name = { 0, 0 }
#define __RWSEM_INITIALIZER(name) { 0, 0 }
#define DECLARE_RWSEM(name) struct rw_semaphore name = { 0, 0 }
#define __SEMAPHORE_INITIALIZER(name, n) { (n) }
#define DEFINE_SEMAPHORE(name) struct semaphore name = { 1 }
#define COMPLETION_INITIALIZER(name) { 0 }
#define COMPLETION_INITIALIZER_ONSTACK(name) { 0 }
#define DECLARE_COMPLETION(name) struct completion name = { 0 }
#define DECLARE_COMPLETION_ONSTACK(name) struct completion name = { 0 }
#define __MUTEX_INITIALIZER(name) { 0 }
#define DEFINE_MUTEX(name) struct mutex name = { 0 }
#define __WAIT_QUEUE_HEAD_INITIALIZER(name) { { 0 } }
#define DECLARE_WAIT_QUEUE_HEAD(name) wait_queue_head_t name = { { 0 } }
#define DECLARE_WAIT_QUEUE_HEAD_ONSTACK(name) wait_queue_head_t name = { { 0 } }
#define __WORK_INITIALIZER(name, function) { (function), 0 }
#define DECLARE_WORK(name, function) \
	struct work_struct name = { (function), 0 }
#define DECLARE_DELAYED_WORK(name, function) \
	struct delayed_work name = { { (function), 0 } }
#define DEFINE_TIMER(name, ...) struct timer_list name = { 0 }
