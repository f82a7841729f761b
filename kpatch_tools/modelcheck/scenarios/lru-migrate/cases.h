/* SPDX-License-Identifier: GPL-2.0-only */
/* cases.h - what page is migrated, how, and who else has to do with it. */

struct shim_case {
	void (*add)(void);
	void (*other)(void);
	enum migrate_mode mode;
	enum migrate_reason reason;
	bool own_lock;		/* whoever migrates has locked it before */
	bool must_go;		/* nothing keeps the page from moving */
	bool may_stay;		/* what must be possible is that it stays */
	bool once;		/* there is no point in a second try */
};

/* As the shim's, but for who may not wait yet. */
void lock_page(struct page *page)
{
	shim_may_sleep("lock_page");
	shim_check_forced("lock_page");
	eng_block(shim_page_is_unlocked, page, sizeof(page->flags),
		  "lock_page");
	shim_check_referenced(page, "lock_page");
	page->flags |= 1UL << PG_locked;
	eng_hold(page);
}

void shim_add_read(void)
{
	shim_add_cached(0, 0);
}

void shim_add_mapped(void)
{
	shim_map(shim_add_cached(0, 0));
}

void shim_add_written(void)
{
	shim_add_cached(0, 1UL << PG_writeback);
}

void shim_add_not_yet_read(void)
{
	shim_add_cached(0, 1UL << PG_locked);
}

void shim_add_active_truncated(void)
{
	shim_add_truncated(1UL << PG_active);
}

void shim_add_unevictable_truncated(void)
{
	shim_add_truncated(1UL << PG_unevictable);
}

const struct address_space_operations shim_plain_aops = { };

void shim_add_plain(void)
{
	shim_add_cached(0, 0);
	shim_file.a_ops = &shim_plain_aops;
}

const struct address_space_operations shim_buffered_aops = {
	.migratepage = shim_migrate_buffered,
};

void shim_add_buffered(void)
{
	shim_buffered = shim_add_cached(0, 1UL << PG_private);
	shim_count(shim_buffered)++;
	shim_file.a_ops = &shim_buffered_aops;
}

void shim_no_one(void)
{
}

void shim_reader(void)
{
	shim_read_cached(0);
}

void shim_end_write(void)
{
	shim_end_io(shim_pages, 1UL << PG_writeback);
}

void shim_end_read(void)
{
	shim_end_io(shim_pages, 1UL << PG_locked);
}

#define SHIM_CASES 13

const struct shim_case shim_cases[SHIM_CASES] = {
	{ shim_add_read, shim_reader, MIGRATE_SYNC, MR_SYSCALL },
	{ shim_add_mapped, shim_reader, MIGRATE_SYNC, MR_SYSCALL },
	{ shim_add_read, shim_reader, MIGRATE_SYNC, MR_MEMORY_FAILURE },
	{ shim_add_read, shim_no_one, MIGRATE_SYNC, MR_SYSCALL,
	  .own_lock = true, .may_stay = true },
	{ shim_add_written, shim_end_write, MIGRATE_ASYNC, MR_COMPACTION,
	  .may_stay = true, .once = true },
	{ shim_add_not_yet_read, shim_end_read, MIGRATE_ASYNC, MR_COMPACTION,
	  .may_stay = true },
	{ shim_add_written, shim_end_write, MIGRATE_SYNC, MR_SYSCALL,
	  .must_go = true },
	{ shim_add_not_yet_read, shim_end_read, MIGRATE_SYNC, MR_SYSCALL,
	  .must_go = true },
	{ shim_add_anonymous, shim_no_one, MIGRATE_SYNC, MR_SYSCALL,
	  .must_go = true },
	{ shim_add_plain, shim_no_one, MIGRATE_SYNC, MR_SYSCALL,
	  .must_go = true },
	{ shim_add_buffered, shim_no_one, MIGRATE_SYNC, MR_SYSCALL,
	  .must_go = true },
	{ shim_add_active_truncated, shim_no_one, MIGRATE_SYNC, MR_SYSCALL,
	  .must_go = true },
	{ shim_add_unevictable_truncated, shim_no_one, MIGRATE_SYNC,
	  MR_SYSCALL, .must_go = true },
};

/* Chooses the case and makes its page. */
const struct shim_case *shim_begin(const struct shim_case **chosen)
{
	int number = eng_choose(SHIM_CASES, "case");

	*chosen = &shim_cases[number];
	(*chosen)->add();
	return *chosen;
}

bool shim_has_begun(const volatile void *chosen)
{
	return *(const struct shim_case *const volatile *)chosen;
}

/* For the other thread: the case, once it was chosen. */
const struct shim_case *shim_wait_for(const struct shim_case **chosen)
{
	eng_block(shim_has_begun, chosen, sizeof(*chosen), "begin");
	return *chosen;
}

/* For scenario_final. */
void shim_check_case(const struct shim_case *one)
{
	bool gone = !shim_count(shim_pages);

	/* gone, or where it was: which of the cases can end so */
	eng_observe(one->may_stay != gone ? "met" : "not-met",
		    one - shim_cases);
	shim_check_lru(0);
	shim_check_reason(one->reason);
	shim_check_poisoned(one->reason == MR_MEMORY_FAILURE);
}

/* As move_pages() does with a page that it has found in a page table. */
void shim_isolate(struct page *page, struct list_head *pages)
{
	get_page(page);
	if (!isolate_lru_page(page)) {
		list_add(&page->lru, pages);
		mod_zone_page_state(&shim_zone, NR_ISOLATED_ANON +
				    !(page->flags & 1UL << PG_swapbacked), 1);
	}
	put_page(page);
}
