/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * customised.h - kernel primitives with a behaviour of ours. Each stands for
 * the function of the same name and checks what the kernel demands of its
 * callers; what breaks a demand is a violation. eng_step() and eng_block() are
 * the scheduling points: a primitive that has one of them is one step.
 *
 * A library: the extractor takes single definitions out of it. Names that
 * begin with shim_ are ours alone.
 */

/* --- threads ------------------------------------------------------------- */

/* Spin locks held, by thread; each thread touches only its own. */
unsigned int shim_spinning[ENG_THREADS + 1];

int shim_self(void)
{
	return eng_thread_id() + 1;
}

void shim_may_sleep(const char *what)
{
	if (shim_spinning[eng_thread_id()])
		eng_fail("model-deadlock",
			 "%s may sleep while a spin lock is held", what);
}

#define might_sleep() shim_may_sleep("might_sleep")
#define might_sleep_if(condition) \
	((condition) ? shim_may_sleep("might_sleep_if") : (void)0)
#define msleep(milliseconds) shim_may_sleep("msleep")
#define usleep_range(least, most) shim_may_sleep("usleep_range")
#define ssleep(seconds) shim_may_sleep("ssleep")
#define msleep_interruptible(milliseconds) \
	(shim_may_sleep("msleep_interruptible"), 0UL)
#define schedule_timeout_uninterruptible(timeout) \
	(shim_may_sleep("schedule_timeout_uninterruptible"), 0L)
#define schedule_timeout_interruptible(timeout) \
	(shim_may_sleep("schedule_timeout_interruptible"), 0L)

/* For scenario_final: every spin lock was given back. */
void shim_check_spinning(void)
{
	int thread;

	for (thread = 0; thread <= ENG_THREADS; thread++)
		if (shim_spinning[thread])
			eng_fail("model-memory",
				 "a thread ends with a spin lock held");
}

struct task_struct shim_task;

#define current (&shim_task)

/* --- assertions: what a developer asserts, the model demands ------------- */

#define BUG() eng_fail("model-invariant", "BUG() in %s", __func__)
#define BUG_ON(condition) \
	((condition) ? eng_fail("model-invariant", "BUG_ON(%s) in %s", \
				#condition, __func__) : (void)0)
#define WARN_ON(condition) ({ \
	if (condition) \
		eng_fail("model-invariant", "WARN_ON(%s) in %s", \
			 #condition, __func__); \
	0; })
#define WARN_ON_ONCE(condition) WARN_ON(condition)
#define WARN(condition, ...) WARN_ON(condition)
#define WARN_ONCE(condition, ...) WARN_ON(condition)
#define WARN_TAINT(condition, ...) WARN_ON(condition)
#define WARN_RATELIMIT(condition, ...) WARN_ON(condition)
#define VM_BUG_ON(condition) BUG_ON(condition)
#define WARN_ON_SMP(condition) WARN_ON(condition)
#define VM_BUG_ON_PAGE(condition, page) BUG_ON(condition)
#define VM_BUG_ON_FOLIO(condition, folio) BUG_ON(condition)
#define VM_BUG_ON_VMA(condition, vma) BUG_ON(condition)
#define VM_WARN_ON(condition) WARN_ON(condition)
#define VM_WARN_ON_ONCE(condition) WARN_ON(condition)
#define VM_WARN_ON_ONCE_PAGE(condition, page) WARN_ON(condition)
#define VM_WARN_ON_ONCE_FOLIO(condition, folio) WARN_ON(condition)
#define VM_WARN_ON_FOLIO(condition, folio) WARN_ON(condition)

/* --- spin locks: owned, not recursive; no sleep while one is held -------- */

bool shim_spin_is_free(const volatile void *lock)
{
	return !((const volatile spinlock_t *)lock)->owner;
}

void spin_lock(spinlock_t *lock)
{
	if (lock->owner == shim_self())
		eng_fail("model-deadlock",
			 "a spin lock is taken twice by its owner");
	eng_block(shim_spin_is_free, lock, sizeof(*lock), "spin_lock");
	lock->owner = shim_self();
	eng_hold(lock);
	shim_spinning[eng_thread_id()]++;
}

int spin_trylock(spinlock_t *lock)
{
	eng_step("spin_trylock", lock, sizeof(*lock),
		 ENG_UPDATE | ENG_ACQUIRE);
	if (lock->owner)
		return 0;
	lock->owner = shim_self();
	eng_hold(lock);
	shim_spinning[eng_thread_id()]++;
	return 1;
}

void spin_unlock(spinlock_t *lock)
{
	eng_step("spin_unlock", lock, sizeof(*lock), ENG_UPDATE | ENG_RELEASE);
	if (lock->owner != shim_self())
		eng_fail("model-memory",
			 "a spin lock is released by a thread that does not hold it");
	eng_drop(lock);
	lock->owner = 0;
	shim_spinning[eng_thread_id()]--;
}

#define spin_lock_init(lock) ((void)((lock)->owner = 0))
#define spin_lock_irq(lock) spin_lock(lock)
#define spin_lock_bh(lock) spin_lock(lock)
#define spin_unlock_irq(lock) spin_unlock(lock)
#define spin_unlock_bh(lock) spin_unlock(lock)
#define spin_lock_irqsave(lock, flags) ((flags) = 0, spin_lock(lock))
#define spin_trylock_irqsave(lock, flags) ((flags) = 0, spin_trylock(lock))
#define spin_unlock_irqrestore(lock, flags) \
	((void)(flags), spin_unlock(lock))

/* --- mutexes: owned, not recursive, may sleep ---------------------------- */

bool shim_mutex_is_free(const volatile void *lock)
{
	return !((const volatile struct mutex *)lock)->owner;
}

void mutex_lock(struct mutex *lock)
{
	shim_may_sleep("mutex_lock");
	if (lock->owner == shim_self())
		eng_fail("model-deadlock",
			 "a mutex is taken twice by its owner");
	eng_block(shim_mutex_is_free, lock, sizeof(*lock), "mutex_lock");
	lock->owner = shim_self();
	eng_hold(lock);
}

int mutex_trylock(struct mutex *lock)
{
	eng_step("mutex_trylock", lock, sizeof(*lock),
		 ENG_UPDATE | ENG_ACQUIRE);
	if (lock->owner)
		return 0;
	lock->owner = shim_self();
	eng_hold(lock);
	return 1;
}

void mutex_unlock(struct mutex *lock)
{
	eng_step("mutex_unlock", lock, sizeof(*lock),
		 ENG_UPDATE | ENG_RELEASE);
	if (lock->owner != shim_self())
		eng_fail("model-memory",
			 "a mutex is released by a thread that does not hold it");
	eng_drop(lock);
	lock->owner = 0;
}

#define mutex_init(lock) ((void)((lock)->owner = 0))

/* --- single accesses and atomics ----------------------------------------- */

#define READ_ONCE(object) (*(const volatile __typeof__(object) *)&(object))
#define WRITE_ONCE(object, value) \
	(*(volatile __typeof__(object) *)&(object) = (value))

int atomic_read(const atomic_t *v)
{
	eng_step("atomic_read", v, sizeof(*v), ENG_READ);
	return v->counter;
}

void atomic_set(atomic_t *v, int i)
{
	eng_step("atomic_set", v, sizeof(*v), ENG_WRITE);
	v->counter = i;
}

int shim_atomic_add(atomic_t *v, int i, const char *what)
{
	eng_step(what, v, sizeof(*v), ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	return v->counter += i;
}

#define atomic_add(i, v) ((void)shim_atomic_add((v), (i), "atomic_add"))
#define atomic_sub(i, v) ((void)shim_atomic_add((v), -(i), "atomic_sub"))
#define atomic_inc(v) ((void)shim_atomic_add((v), 1, "atomic_inc"))
#define atomic_dec(v) ((void)shim_atomic_add((v), -1, "atomic_dec"))
#define atomic_add_return(i, v) shim_atomic_add((v), (i), "atomic_add_return")
#define atomic_inc_return(v) shim_atomic_add((v), 1, "atomic_inc_return")
#define atomic_dec_return(v) shim_atomic_add((v), -1, "atomic_dec_return")
#define atomic_inc_and_test(v) \
	(shim_atomic_add((v), 1, "atomic_inc_and_test") == 0)
#define atomic_dec_and_test(v) \
	(shim_atomic_add((v), -1, "atomic_dec_and_test") == 0)
#define atomic_sub_and_test(i, v) \
	(shim_atomic_add((v), -(i), "atomic_sub_and_test") == 0)

SHIM_TRUTH atomic_add_unless(atomic_t *v, int a, int u)
{
	eng_step("atomic_add_unless", v, sizeof(*v),
		 ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	if (v->counter == u)
		return 0;
	v->counter += a;
	return 1;
}

#define atomic_inc_not_zero(v) atomic_add_unless((v), 1, 0)

int atomic_cmpxchg(atomic_t *v, int old, int new)
{
	int found;

	eng_step("atomic_cmpxchg", v, sizeof(*v),
		 ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	found = v->counter;
	if (found == old)
		v->counter = new;
	return found;
}
