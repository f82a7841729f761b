/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page of a driver is isolated and handed to migrate_pages(), as
 * move_pages() does it, while the driver releases it; what migrate_pages() says
 * of it is held against what has become of it.
 */

/* migrate_pages() tries this often. */
#define ATTEMPTS 10

static int attempts, failed;
static bool isolated, refused;

static struct page *target(struct page *page, unsigned long private,
			   int **result)
{
	attempts++;
	refused |= eng_may_fail("get_new_page");
	return refused ? NULL : shim_target_page(SHIM_TARGETS);
}

static int migratepage(struct address_space *mapping, struct page *newpage,
		       struct page *page, enum migrate_mode mode)
{
	int rc = shim_migratepage(mapping, newpage, page, mode);

	refused |= rc != MIGRATEPAGE_SUCCESS;
	return rc;
}

static const struct address_space_operations aops = {
	.migratepage = migratepage,
	.isolate_page = shim_isolate_page,
	.putback_page = shim_putback_page,
};

static void migrator(void *argument)
{
	struct list_head pages;

	INIT_LIST_HEAD(&pages);
	isolated = isolate_movable_page(shim_pages, 0);
	if (!isolated)
		return;
	list_add(&shim_pages->lru, &pages);
	failed = migrate_pages(&pages, target, NULL, 0, MIGRATE_SYNC,
			       MR_SYSCALL);
	if (failed)
		putback_movable_pages(&pages);
	eng_assert(!failed || refused || attempts == ATTEMPTS,
		   "a page is given up that nobody has refused to move");
}

static void owner(void *argument)
{
	shim_release_first(&shim_driver);
}

void scenario_init(void)
{
	shim_add_driver(&shim_driver, &aops);
	shim_add_page(&shim_driver);
	eng_thread("migrator", migrator, NULL);
	eng_thread("owner", owner, NULL);
}

void scenario_final(void)
{
	eng_observe("failed", !!failed);
	shim_check_spinning();
	shim_check_pages();
	shim_check_owned(shim_check_driver(&shim_driver));
	eng_assert(!isolated || failed || !shim_count(shim_pages),
		   "a page counts as migrated that is where it was");
}
