/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * customised_lists.h - more of customised.h: bit operations and lists.
 *
 * A change of a list is two steps, look and link: a list that changed in
 * between is corrupted, as it would be in the kernel.
 */

/* --- bits ---------------------------------------------------------------- */

#define SHIM_BIT(nr) (1UL << ((nr) % BITS_PER_LONG))

int test_bit(long nr, const volatile unsigned long *addr)
{
	addr += nr / BITS_PER_LONG;
	eng_step("test_bit", addr, sizeof(*addr), ENG_READ);
	return !!(*addr & SHIM_BIT(nr));
}

int test_and_set_bit(long nr, volatile unsigned long *addr)
{
	unsigned long before;

	addr += nr / BITS_PER_LONG;
	eng_step("test_and_set_bit", addr, sizeof(*addr),
		 ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	before = *addr;
	*addr = before | SHIM_BIT(nr);
	return !!(before & SHIM_BIT(nr));
}

int test_and_clear_bit(long nr, volatile unsigned long *addr)
{
	unsigned long before;

	addr += nr / BITS_PER_LONG;
	eng_step("test_and_clear_bit", addr, sizeof(*addr),
		 ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	before = *addr;
	*addr = before & ~SHIM_BIT(nr);
	return !!(before & SHIM_BIT(nr));
}

void set_bit(long nr, volatile unsigned long *addr)
{
	addr += nr / BITS_PER_LONG;
	eng_step("set_bit", addr, sizeof(*addr), ENG_UPDATE);
	*addr |= SHIM_BIT(nr);
}

void clear_bit(long nr, volatile unsigned long *addr)
{
	addr += nr / BITS_PER_LONG;
	eng_step("clear_bit", addr, sizeof(*addr), ENG_UPDATE);
	*addr &= ~SHIM_BIT(nr);
}

/* Not atomic, so two steps: what another thread does in between is lost. */
void __set_bit(long nr, volatile unsigned long *addr)
{
	unsigned long before;

	addr += nr / BITS_PER_LONG;
	eng_step("__set_bit", addr, sizeof(*addr), ENG_READ | ENG_PLAIN);
	before = *addr;
	eng_step("__set_bit", addr, sizeof(*addr), ENG_WRITE | ENG_PLAIN);
	*addr = before | SHIM_BIT(nr);
}

void __clear_bit(long nr, volatile unsigned long *addr)
{
	unsigned long before;

	addr += nr / BITS_PER_LONG;
	eng_step("__clear_bit", addr, sizeof(*addr), ENG_READ | ENG_PLAIN);
	before = *addr;
	eng_step("__clear_bit", addr, sizeof(*addr), ENG_WRITE | ENG_PLAIN);
	*addr = before & ~SHIM_BIT(nr);
}

/* --- lists --------------------------------------------------------------- */

/* An entry of a page is off any list when its links are poison or zero. */
bool shim_is_linked(const struct list_head *entry)
{
	return entry->next && entry->next != LIST_POISON1 &&
	       entry->next != entry;
}

/* Only of a page can it be told; a model without pages has no struct page. */
bool shim_is_listed_page(const struct list_head *entry)
{
#ifdef SHIM_PAGES
	return shim_is_page(entry) && shim_is_linked(entry);
#else
	return false;
#endif
}

void shim_link(struct list_head *entry, struct list_head *prev,
	       struct list_head *next)
{
	eng_step("list_add", &prev->next, sizeof(prev->next),
		 ENG_UPDATE | ENG_PLAIN);
	eng_check(next, sizeof(*next));
	if (next->prev != prev || prev->next != next)
		eng_fail("model-memory",
			 "list corruption: an entry is added where the list changed or is broken");
	if (entry == prev || entry == next || shim_is_listed_page(entry))
		eng_fail("model-memory",
			 "list corruption: an entry is added that is already on a list");
	entry->prev = prev;
	entry->next = next;
	prev->next = entry;
	next->prev = entry;
}

void list_add(struct list_head *new, struct list_head *head)
{
	eng_step("list_add", &head->next, sizeof(head->next),
		 ENG_READ | ENG_PLAIN);
	shim_link(new, head, head->next);
}

void list_add_tail(struct list_head *new, struct list_head *head)
{
	eng_step("list_add_tail", &head->prev, sizeof(head->prev),
		 ENG_READ | ENG_PLAIN);
	shim_link(new, head->prev, head);
}

void shim_unlink(struct list_head *entry, const char *what)
{
	struct list_head *next, *prev;

	eng_step(what, entry, sizeof(*entry), ENG_READ | ENG_PLAIN);
	next = entry->next;
	prev = entry->prev;
	if (!next || next == LIST_POISON1 || prev == LIST_POISON2)
		eng_fail("model-memory",
			 "list corruption: an entry is deleted that is on no list");
	eng_step(what, &prev->next, sizeof(prev->next),
		 ENG_UPDATE | ENG_PLAIN);
	eng_check(next, sizeof(*next));
	if (prev->next != entry || next->prev != entry)
		eng_fail("model-memory",
			 "list corruption: an entry is deleted where the list changed or is broken");
	next->prev = prev;
	prev->next = next;
}

void list_del(struct list_head *entry)
{
	shim_unlink(entry, "list_del");
	entry->next = LIST_POISON1;
	entry->prev = LIST_POISON2;
}

void list_del_init(struct list_head *entry)
{
	shim_unlink(entry, "list_del_init");
	entry->next = entry;
	entry->prev = entry;
}

void list_move(struct list_head *list, struct list_head *head)
{
	list_del(list);
	list_add(list, head);
}

void list_move_tail(struct list_head *list, struct list_head *head)
{
	list_del(list);
	list_add_tail(list, head);
}
