/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * customised_rwlocks.h - more of customised.h: reader-writer locks and semaphores.
 * Readers may come in while a writer waits.
 */

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
