/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two compactors isolate what they find in a range of pages, try once to
 * migrate each page, and put back the rest, as compact_zone() does, while the
 * driver puts a page into the balloon and takes one out.
 */

static struct zone zone;

static struct page *target(struct page *page, unsigned long private)
{
	return shim_target_page(SEEN_PAGES);
}

static void compactor(void *argument)
{
	struct compact_control cc = {
		.zone = &zone,
		.mode = MIGRATE_ASYNC,
		.ignore_skip_hint = true,
		.no_set_skip_hint = true,
	};
	struct page *page, *next;
	struct folio *to;

	INIT_LIST_HEAD(&cc.migratepages);
	isolate_migratepages_block(&cc, 0, SEEN_PAGES, 0);
	list_for_each_entry_safe(page, next, &cc.migratepages, lru)
		if (migrate_folio_unmap(target, NULL, 0, page_folio(page), &to,
					0, cc.mode, MR_COMPACTION,
					&cc.migratepages) ==
		    MIGRATEPAGE_UNMAP)
			migrate_folio_move(NULL, 0, page_folio(page), to,
					   cc.mode, MR_COMPACTION,
					   &cc.migratepages);
	putback_movable_pages(&cc.migratepages);
}

static void driver(void *argument)
{
	fill_balloon(&shim_balloon, 1);
	leak_balloon(&shim_balloon, 1);
}

void scenario_init(void)
{
	shim_add_balloon();
	eng_thread("compactor-1", compactor, NULL);
	eng_thread("compactor-2", compactor, NULL);
	eng_thread("driver", driver, NULL);
}

void scenario_final(void)
{
	shim_check_spinning();
	shim_check_pages();
	shim_check_balloon(&shim_balloon);
}
