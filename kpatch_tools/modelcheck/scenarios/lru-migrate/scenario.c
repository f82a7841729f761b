/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A page of the LRU is isolated and migrated as move_pages() does it, while
 * someone else has to do with it: one of the cases of cases.h at a time.
 */

static const struct shim_case *chosen;

static void migrator(void *argument)
{
	const struct shim_case *one = shim_begin(&chosen);
	struct shim_migration own = { 0 };
	struct list_head pages;
	int failed;

	INIT_LIST_HEAD(&pages);
	if (one->own_lock) {
		lock_page(shim_pages);
		current->flags |= PF_MEMALLOC;
	}
	shim_isolate(shim_pages, &pages);
	failed = migrate_pages(&pages, shim_target, shim_spare_target,
			       (unsigned long)&own, one->mode, one->reason);
	if (failed)
		putback_movable_pages(&pages);
	if (one->own_lock)
		unlock_page(shim_pages);
	eng_assert(!failed || own.refused || !one->must_go,
		   "a page that nothing keeps is not migrated");
	eng_assert(own.tries <= 1 || !one->once,
		   "a page that is not waited for is tried again");
	eng_assert(own.status <= 0, "a page is left without a status");
}

static void other(void *argument)
{
	shim_wait_for(&chosen)->other();
}

void scenario_init(void)
{
	shim_init_lru();
	eng_thread("migrator", migrator, NULL);
	eng_thread("other", other, NULL);
}

void scenario_final(void)
{
	shim_check_spinning();
	shim_check_pages();
	shim_check_case(chosen);
}
