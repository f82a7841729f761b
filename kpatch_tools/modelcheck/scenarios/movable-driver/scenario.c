/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two compactors isolate the pages of a driver, try once to migrate each, and
 * put back the rest, while the driver releases its first page.
 */

static struct zone zone;

static struct page *target(struct page *page, unsigned long private,
			   int **result)
{
	return shim_target_page(DRIVER_PAGES);
}

static void compactor(void *argument)
{
	struct compact_control cc = {
		.zone = &zone,
		.mode = MIGRATE_ASYNC,
		.ignore_skip_hint = true,
	};
	struct page *page, *next;

	INIT_LIST_HEAD(&cc.migratepages);
	isolate_migratepages_block(&cc, 0, DRIVER_PAGES, 0);
	list_for_each_entry_safe(page, next, &cc.migratepages, lru)
		unmap_and_move(target, NULL, 0, page, 0, cc.mode,
			       MR_COMPACTION);
	putback_movable_pages(&cc.migratepages);
}

static void owner(void *argument)
{
	shim_release_first(&shim_driver);
}

void scenario_init(void)
{
	int i;

	shim_add_driver(&shim_driver, &shim_aops);
	for (i = 0; i < DRIVER_PAGES; i++)
		shim_add_page(&shim_driver);
	eng_thread("compactor-1", compactor, NULL);
	eng_thread("compactor-2", compactor, NULL);
	eng_thread("owner", owner, NULL);
}

void scenario_final(void)
{
	shim_check_spinning();
	shim_check_pages();
	shim_check_owned(shim_check_driver(&shim_driver));
}
