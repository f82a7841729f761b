/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * customised_locks.h - more of customised.h: further locks. None is recursive
 * for its owner.
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
