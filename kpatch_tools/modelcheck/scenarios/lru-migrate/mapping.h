/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mapping.h - a page table with one entry, which holds its page once, and what
 * migration does with it.
 */

/* anon_vma is held once by the process that has the page. */
struct anon_vma {
	int count;
};

struct anon_vma shim_anon_vma;

/* The entry: a page, or in its place a migration entry. */
struct page *shim_mapped;
bool shim_migrating;

void shim_map(struct page *page)
{
	shim_mapped = page;
	page->_mapcount.counter = 0;
	shim_count(page)++;
}

/* A page that no file has, in the page table. */
void shim_add_anonymous(void)
{
	struct page *page = shim_new_page(shim_pages);

	shim_anon_vma.count = 1;
	page->mapping = (void *)((unsigned long)&shim_anon_vma |
				 PAGE_MAPPING_ANON);
	page->flags = 1UL << PG_uptodate | 1UL << PG_swapbacked;
	shim_map(page);
	shim_count(page)--;
	shim_lru_pages |= 1UL << page_to_pfn(page);
	shim_put_on_lru(page);
}

bool shim_is_anonymous(const struct page *page)
{
	return (unsigned long)page->mapping & PAGE_MAPPING_ANON;
}

int page_mapcount(struct page *page)
{
	eng_step("page_mapcount", &page->_mapcount, sizeof(page->_mapcount),
		 ENG_READ);
	return page->_mapcount.counter + 1;
}

struct anon_vma *page_get_anon_vma(struct page *page)
{
	eng_step("page_get_anon_vma", &shim_anon_vma, sizeof(shim_anon_vma),
		 ENG_UPDATE);
	shim_anon_vma.count++;
	return &shim_anon_vma;
}

void put_anon_vma(struct anon_vma *anon_vma)
{
	eng_step("put_anon_vma", anon_vma, sizeof(*anon_vma), ENG_UPDATE);
	if (!--anon_vma->count)
		eng_fail("model-memory",
			 "an anon_vma is put that its process still has");
}

/* Nothing but a reference keeps the anon_vma while no page table has it. */
void shim_check_anon_vma(struct page *page, const char *what)
{
	if (shim_is_anonymous(page) && shim_anon_vma.count < 2)
		eng_fail("model-memory",
			 "%s of an anonymous page whose anon_vma may go", what);
}

int try_to_unmap(struct page *page, enum ttu_flags flags)
{
	eng_step("try_to_unmap", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	shim_check_locked(page, "try_to_unmap");
	if (page->_mapcount.counter < 0 || shim_mapped != page)
		eng_fail("model-invariant",
			 "try_to_unmap of a page that no page table maps");
	shim_check_anon_vma(page, "try_to_unmap");
	shim_migrating = flags & TTU_MIGRATION;
	if (!shim_migrating) {
		if (shim_is_anonymous(page))
			eng_fail("model-invariant",
				 "try_to_unmap would lose an anonymous page");
		shim_mapped = NULL;
	}
	page->_mapcount.counter = -1;
	shim_drop_reference(page);
	return SWAP_SUCCESS;
}

void remove_migration_ptes(struct page *old, struct page *new, bool locked)
{
	eng_step("remove_migration_ptes", NULL, 0, ENG_UPDATE | ENG_TOUCHES);
	shim_check_locked(old, "remove_migration_ptes");
	shim_check_locked(new, "remove_migration_ptes");
	shim_check_anon_vma(new, "remove_migration_ptes");
	if (locked)
		eng_fail("model-invariant",
			 "remove_migration_ptes is told of a lock that nobody holds");
	if (!shim_migrating || shim_mapped != old)
		return;
	shim_migrating = false;
	shim_map(new);
}
