/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As CMA does to get a range of memory: isolate what is in it, drop what is
 * clean, migrate the rest, put back what could not be migrated. There is a
 * page of a file, whose file system uses PG_owner_priv_1, and one of a driver.
 */

static void allocator(void *argument)
{
	struct compact_control cc = {
		.zone = &shim_zone,
		.mode = eng_choose(2, "mode") ? MIGRATE_SYNC : MIGRATE_ASYNC,
		.ignore_skip_hint = true,
	};
	struct shim_migration own = { 0 };
	struct page *page, *next;
	int rc;

	INIT_LIST_HEAD(&cc.migratepages);
	isolate_migratepages_range(&cc, 0, 2);
	if (eng_choose(2, "reclaim first")) {
		reclaim_clean_pages_from_list(&shim_zone, &cc.migratepages);
		shim_check_reclaimed(&cc.migratepages);
	}
	list_for_each_entry_safe(page, next, &cc.migratepages, lru) {
		rc = unmap_and_move(shim_target, shim_spare_target,
				    (unsigned long)&own, page, 0, cc.mode,
				    MR_CMA);
		eng_assert(rc == -ENOMEM || own.status == rc,
			   "a page has another status than its migration");
	}
	putback_movable_pages(&cc.migratepages);
}

static void reader(void *argument)
{
	shim_start_reading();
	shim_read_cached(0);
}

void scenario_init(void)
{
	shim_init_lru();
	shim_add_cached(0, 1UL << PG_owner_priv_1);
	shim_add_driver(&shim_driver, &shim_aops);
	shim_add_page(&shim_driver);
	eng_thread("allocator", allocator, NULL);
	eng_thread("reader", reader, NULL);
}

void scenario_final(void)
{
	shim_observe_cached();
	shim_check_spinning();
	shim_check_pages();
	shim_check_lru(shim_check_owned(shim_check_driver(&shim_driver)));
}
