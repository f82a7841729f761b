/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * customised_locks.h - more of customised.h: further locks. None is recursive
 * for its owner; readers of a reader-writer lock may come in while a writer
 * waits.
 */

/* --- raw spin locks, and the variants of spin locks ----------------------- */

void raw_spin_lock(raw_spinlock_t *lock)
{
	spin_lock((spinlock_t *)lock);
}

int raw_spin_trylock(raw_spinlock_t *lock)
{
	return spin_trylock((spinlock_t *)lock);
}

void raw_spin_unlock(raw_spinlock_t *lock)
{
	spin_unlock((spinlock_t *)lock);
}

#define raw_spin_lock_init(lock) ((void)((lock)->owner = 0))
#define raw_spin_lock_irq(lock) raw_spin_lock(lock)
#define raw_spin_lock_bh(lock) raw_spin_lock(lock)
#define raw_spin_lock_nested(lock, subclass) raw_spin_lock(lock)
#define raw_spin_unlock_irq(lock) raw_spin_unlock(lock)
#define raw_spin_unlock_bh(lock) raw_spin_unlock(lock)
#define raw_spin_lock_irqsave(lock, flags) ((flags) = 0, raw_spin_lock(lock))
#define raw_spin_lock_irqsave_nested(lock, flags, subclass) \
	((flags) = 0, raw_spin_lock(lock))
#define raw_spin_unlock_irqrestore(lock, flags) \
	((void)(flags), raw_spin_unlock(lock))
#define raw_spin_trylock_irqsave(lock, flags) \
	((flags) = 0, raw_spin_trylock(lock))

#define spin_lock_nested(lock, subclass) spin_lock(lock)
#define spin_lock_nest_lock(lock, nest_lock) spin_lock(lock)
#define spin_lock_irqsave_nested(lock, flags, subclass) \
	((flags) = 0, spin_lock(lock))
#define spin_trylock_irq(lock) spin_trylock(lock)
#define spin_trylock_bh(lock) spin_trylock(lock)
#define spin_unlock_wait(lock) (spin_lock(lock), spin_unlock(lock))
#define assert_spin_locked(lock) \
	shim_check_owned(&(lock)->owner, "assert_spin_locked")
#define assert_raw_spin_locked(lock) \
	shim_check_owned(&(lock)->owner, "assert_raw_spin_locked")

int spin_is_locked(spinlock_t *lock)
{
	eng_step("spin_is_locked", lock, sizeof(*lock), ENG_READ);
	return lock->owner != 0;
}

/* The thread's own lock, or nobody's: others cannot change that. */
void shim_check_owned(const int *owner, const char *what)
{
	if (*owner != shim_self())
		eng_fail("model-invariant",
			 "%s of a lock that this thread does not hold", what);
}

/* --- mutexes -------------------------------------------------------------- */

int shim_mutex_lock(struct mutex *lock, const char *what)
{
	if (eng_may_fail(what))
		return -EINTR;
	mutex_lock(lock);
	return 0;
}

#define mutex_lock_interruptible(lock) \
	shim_mutex_lock((lock), "mutex_lock_interruptible")
#define mutex_lock_killable(lock) \
	shim_mutex_lock((lock), "mutex_lock_killable")
#define mutex_lock_nested(lock, subclass) mutex_lock(lock)
#define mutex_lock_io(lock) mutex_lock(lock)
#define mutex_lock_nest_lock(lock, nest_lock) mutex_lock(lock)
#define mutex_lock_interruptible_nested(lock, subclass) \
	mutex_lock_interruptible(lock)
#define mutex_lock_killable_nested(lock, subclass) mutex_lock_killable(lock)

SHIM_TRUTH mutex_is_locked(struct mutex *lock)
{
	eng_step("mutex_is_locked", lock, sizeof(*lock), ENG_READ);
	return lock->owner != 0;
}

/* One that is held when it goes is a violation. */
void mutex_destroy(struct mutex *lock)
{
	eng_step("mutex_destroy", lock, sizeof(*lock), ENG_READ);
	if (lock->owner)
		eng_fail("model-memory", "a mutex is destroyed while held");
}

/* --- reader-writer locks ---------------------------------------------------- */

struct shim_shared {
	int owner;
	unsigned int readers;
};

bool shim_may_read(const volatile void *lock)
{
	return !((const volatile struct shim_shared *)lock)->owner;
}

bool shim_may_write(const volatile void *lock)
{
	const volatile struct shim_shared *shared = lock;

	return !shared->owner && !shared->readers;
}

void shim_check_not_held(struct shim_shared *lock, const char *what)
{
	if (lock->owner == shim_self() ||
	    lock->readers & 1U << eng_thread_id())
		eng_fail("model-deadlock",
			 "%s of a lock that the thread holds already", what);
}

void shim_read_lock(struct shim_shared *lock, const char *what)
{
	shim_check_not_held(lock, what);
	eng_block(shim_may_read, lock, sizeof(*lock), what);
	lock->readers |= 1U << eng_thread_id();
}

int shim_read_trylock(struct shim_shared *lock, const char *what)
{
	eng_step(what, lock, sizeof(*lock), ENG_UPDATE | ENG_ACQUIRE);
	if (!shim_may_read(lock))
		return 0;
	lock->readers |= 1U << eng_thread_id();
	return 1;
}

void shim_read_unlock(struct shim_shared *lock, const char *what)
{
	eng_step(what, lock, sizeof(*lock), ENG_UPDATE | ENG_RELEASE);
	if (!(lock->readers & 1U << eng_thread_id()))
		eng_fail("model-memory",
			 "%s by a thread that does not read", what);
	lock->readers &= ~(1U << eng_thread_id());
}

void shim_write_lock(struct shim_shared *lock, const char *what)
{
	shim_check_not_held(lock, what);
	eng_block(shim_may_write, lock, sizeof(*lock), what);
	lock->owner = shim_self();
}

int shim_write_trylock(struct shim_shared *lock, const char *what)
{
	eng_step(what, lock, sizeof(*lock), ENG_UPDATE | ENG_ACQUIRE);
	if (!shim_may_write(lock))
		return 0;
	lock->owner = shim_self();
	return 1;
}

void shim_write_unlock(struct shim_shared *lock, const char *what)
{
	eng_step(what, lock, sizeof(*lock), ENG_UPDATE | ENG_RELEASE);
	if (lock->owner != shim_self())
		eng_fail("model-memory",
			 "%s by a thread that does not hold it", what);
	lock->owner = 0;
}

/* A reader-writer lock spins. */
void read_lock(rwlock_t *lock)
{
	shim_read_lock((struct shim_shared *)lock, "read_lock");
	shim_spinning[eng_thread_id()]++;
}

void read_unlock(rwlock_t *lock)
{
	shim_read_unlock((struct shim_shared *)lock, "read_unlock");
	shim_spinning[eng_thread_id()]--;
}

void write_lock(rwlock_t *lock)
{
	shim_write_lock((struct shim_shared *)lock, "write_lock");
	shim_spinning[eng_thread_id()]++;
}

void write_unlock(rwlock_t *lock)
{
	shim_write_unlock((struct shim_shared *)lock, "write_unlock");
	shim_spinning[eng_thread_id()]--;
}

int read_trylock(rwlock_t *lock)
{
	int taken = shim_read_trylock((struct shim_shared *)lock,
				      "read_trylock");

	shim_spinning[eng_thread_id()] += taken;
	return taken;
}

int write_trylock(rwlock_t *lock)
{
	int taken = shim_write_trylock((struct shim_shared *)lock,
				       "write_trylock");

	shim_spinning[eng_thread_id()] += taken;
	return taken;
}

#define rwlock_init(lock) ((void)((lock)->owner = 0, (lock)->readers = 0))
#define read_lock_irq(lock) read_lock(lock)
#define read_lock_bh(lock) read_lock(lock)
#define read_unlock_irq(lock) read_unlock(lock)
#define read_unlock_bh(lock) read_unlock(lock)
#define read_lock_irqsave(lock, flags) ((flags) = 0, read_lock(lock))
#define read_unlock_irqrestore(lock, flags) \
	((void)(flags), read_unlock(lock))
#define write_lock_irq(lock) write_lock(lock)
#define write_lock_bh(lock) write_lock(lock)
#define write_unlock_irq(lock) write_unlock(lock)
#define write_unlock_bh(lock) write_unlock(lock)
#define write_lock_irqsave(lock, flags) ((flags) = 0, write_lock(lock))
#define write_unlock_irqrestore(lock, flags) \
	((void)(flags), write_unlock(lock))
#define write_lock_nested(lock, subclass) write_lock(lock)

/* --- reader-writer semaphores: they sleep ----------------------------------- */

void down_read(struct rw_semaphore *sem)
{
	shim_may_sleep("down_read");
	shim_read_lock((struct shim_shared *)sem, "down_read");
}

int down_read_trylock(struct rw_semaphore *sem)
{
	return shim_read_trylock((struct shim_shared *)sem,
				 "down_read_trylock");
}

void up_read(struct rw_semaphore *sem)
{
	shim_read_unlock((struct shim_shared *)sem, "up_read");
}

void down_write(struct rw_semaphore *sem)
{
	shim_may_sleep("down_write");
	shim_write_lock((struct shim_shared *)sem, "down_write");
}

int down_write_trylock(struct rw_semaphore *sem)
{
	return shim_write_trylock((struct shim_shared *)sem,
				  "down_write_trylock");
}

void up_write(struct rw_semaphore *sem)
{
	shim_write_unlock((struct shim_shared *)sem, "up_write");
}

void downgrade_write(struct rw_semaphore *sem)
{
	shim_write_unlock((struct shim_shared *)sem, "downgrade_write");
	sem->readers |= 1U << eng_thread_id();
}

int rwsem_is_locked(struct rw_semaphore *sem)
{
	eng_step("rwsem_is_locked", sem, sizeof(*sem), ENG_READ);
	return sem->owner || sem->readers;
}

int shim_down(struct rw_semaphore *sem, void (*down)(struct rw_semaphore *),
	      const char *what)
{
	if (eng_may_fail(what))
		return -EINTR;
	down(sem);
	return 0;
}

#define init_rwsem(sem) ((void)((sem)->owner = 0, (sem)->readers = 0))
#define down_read_nested(sem, subclass) down_read(sem)
#define down_write_nested(sem, subclass) down_write(sem)
#define down_write_nest_lock(sem, nest_lock) down_write(sem)
#define down_read_non_owner(sem) down_read(sem)
#define down_read_interruptible(sem) \
	shim_down((sem), down_read, "down_read_interruptible")
#define down_read_killable(sem) \
	shim_down((sem), down_read, "down_read_killable")
#define down_write_killable(sem) \
	shim_down((sem), down_write, "down_write_killable")
#define rwsem_is_contended(sem) ((void)(sem), 0)

/* --- semaphores -------------------------------------------------------------- */

bool shim_is_up(const volatile void *sem)
{
	return ((const volatile struct semaphore *)sem)->count > 0;
}

void down(struct semaphore *sem)
{
	shim_may_sleep("down");
	eng_block(shim_is_up, sem, sizeof(*sem), "down");
	sem->count--;
}

int shim_down_or_fail(struct semaphore *sem, const char *what)
{
	if (eng_may_fail(what))
		return -EINTR;
	down(sem);
	return 0;
}

#define down_interruptible(sem) \
	shim_down_or_fail((sem), "down_interruptible")
#define down_killable(sem) shim_down_or_fail((sem), "down_killable")

/* 0 if it was taken. */
int down_trylock(struct semaphore *sem)
{
	eng_step("down_trylock", sem, sizeof(*sem), ENG_UPDATE | ENG_ACQUIRE);
	if (!sem->count)
		return 1;
	sem->count--;
	return 0;
}

void up(struct semaphore *sem)
{
	eng_step("up", sem, sizeof(*sem), ENG_UPDATE | ENG_RELEASE);
	sem->count++;
}

void sema_init(struct semaphore *sem, int val)
{
	sem->count = val;
}
