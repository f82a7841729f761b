/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two compactors isolate what they find in a range of pages, try once to
 * migrate each page, and put back the rest, as compact_zone() does, while the
 * driver puts a page into the balloon and takes one out.
 */

static struct zone zone;
static struct virtio_balloon *balloon;

static struct page *target(struct page *page, unsigned long private,
			   int **result)
{
	return shim_target_page(SEEN_PAGES);
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
	isolate_migratepages_block(&cc, 0, SEEN_PAGES, 0);
	list_for_each_entry_safe(page, next, &cc.migratepages, lru)
		unmap_and_move(target, NULL, 0, page, 0, cc.mode,
			       MR_COMPACTION);
	putback_movable_pages(&cc.migratepages);
}

static void driver(void *argument)
{
	fill_balloon(balloon, 1);
	leak_balloon(balloon, 1);
}

void scenario_init(void)
{
	shim_check_init();
	shim_add_devices();
	virtballoon_probe(shim_devices);
	balloon = shim_devices->priv;
	fill_balloon(balloon, FIRST_PAGES);
	shim_remember_resting(shim_pages);
	eng_thread("compactor-1", compactor, NULL);
	eng_thread("compactor-2", compactor, NULL);
	eng_thread("driver", driver, NULL);
}

void scenario_final(void)
{
	shim_check_spinning();
	shim_check_pages();
	shim_check_balloon(balloon);
}
