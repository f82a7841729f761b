/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two compactors isolate the page of a driver, try once to migrate it, and put
 * it back if that fails. The driver releases it meanwhile, and as soon as it is
 * free someone else has it.
 */

static struct zone zone;

static struct page *target(struct page *page, unsigned long private,
			   int **result)
{
	return alloc_pages(0, 0);
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
	isolate_migratepages_block(&cc, 0, 2, 0);
	list_for_each_entry_safe(page, next, &cc.migratepages, lru)
		unmap_and_move(target, NULL, 0, page, 0, cc.mode,
			       MR_COMPACTION);
	putback_movable_pages(&cc.migratepages);
}

static void owners(void *argument)
{
	shim_release_first(&shim_driver);
	if (eng_choose(2, "next owner"))
		shim_drive_page();
	else
		shim_borrow_page();
}

void scenario_init(void)
{
	shim_add_driver(&shim_driver, &shim_aops);
	shim_add_driver(&shim_second, &shim_second_aops);
	shim_add_page(&shim_driver);
	eng_thread("compactor-1", compactor, NULL);
	eng_thread("compactor-2", compactor, NULL);
	eng_thread("owners", owners, NULL);
}

void scenario_final(void)
{
	eng_observe("reused", shim_reused);
	shim_check_spinning();
	shim_check_pages();
	shim_check_owned(shim_check_driver(&shim_driver) |
			 shim_check_driver(&shim_second));
}
