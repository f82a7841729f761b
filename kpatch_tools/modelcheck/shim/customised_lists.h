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

SHIM_TRUTH test_and_set_bit(long nr, volatile unsigned long *addr)
{
	unsigned long before;

	addr += nr / BITS_PER_LONG;
	eng_step("test_and_set_bit", addr, sizeof(*addr),
		 ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	before = *addr;
	*addr = before | SHIM_BIT(nr);
	return !!(before & SHIM_BIT(nr));
}

SHIM_TRUTH test_and_clear_bit(long nr, volatile unsigned long *addr)
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

SHIM_TRUTH test_and_change_bit(long nr, volatile unsigned long *addr)
{
	unsigned long before;

	addr += nr / BITS_PER_LONG;
	eng_step("test_and_change_bit", addr, sizeof(*addr),
		 ENG_UPDATE | ENG_ACQUIRE | ENG_RELEASE);
	before = *addr;
	*addr = before ^ SHIM_BIT(nr);
	return !!(before & SHIM_BIT(nr));
}

void change_bit(long nr, volatile unsigned long *addr)
{
	addr += nr / BITS_PER_LONG;
	eng_step("change_bit", addr, sizeof(*addr), ENG_UPDATE);
	*addr ^= SHIM_BIT(nr);
}

#define test_and_set_bit_lock(nr, addr) test_and_set_bit((nr), (addr))
#define clear_bit_unlock(nr, addr) clear_bit((nr), (addr))
#define __clear_bit_unlock(nr, addr) __clear_bit((nr), (addr))

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

SHIM_TRUTH __test_and_set_bit(long nr, volatile unsigned long *addr)
{
	SHIM_TRUTH before = test_bit(nr, addr);

	__set_bit(nr, addr);
	return before;
}

SHIM_TRUTH __test_and_clear_bit(long nr, volatile unsigned long *addr)
{
	SHIM_TRUTH before = test_bit(nr, addr);

	__clear_bit(nr, addr);
	return before;
}

/* The lowest bit of that value from `at` on; size if there is none. */
unsigned long shim_find_bit(const unsigned long *addr, unsigned long size,
			    unsigned long at, int value)
{
	eng_step("find_bit", addr, (size + 7) / 8, ENG_READ);
	for (; at < size; at++)
		if (!!(addr[at / BITS_PER_LONG] & SHIM_BIT(at)) == value)
			return at;
	return size;
}

#define find_first_bit(addr, size) shim_find_bit((addr), (size), 0, 1)
#define find_first_zero_bit(addr, size) shim_find_bit((addr), (size), 0, 0)
#define find_next_bit(addr, size, at) shim_find_bit((addr), (size), (at), 1)
#define find_next_zero_bit(addr, size, at) \
	shim_find_bit((addr), (size), (at), 0)

#define __ffs(word) ((unsigned long)__builtin_ctzl(word))
#define ffz(word) __ffs(~(word))
#define __fls(word) (63UL - __builtin_clzl(word))
#define ffs(word) __builtin_ffs(word)
#define fls(word) ((word) ? 32 - __builtin_clz(word) : 0)
#define fls64(word) ((word) ? 64 - __builtin_clzll(word) : 0)
#define __ilog2_u32(n) ((n) ? 31 - __builtin_clz(n) : 0)
#define __ilog2_u64(n) ((n) ? 63 - __builtin_clzll(n) : 0)
#define hweight8(word) ((unsigned int)__builtin_popcount((unsigned char)(word)))
#define hweight16(word) \
	((unsigned int)__builtin_popcount((unsigned short)(word)))
#define hweight32(word) ((unsigned int)__builtin_popcount(word))
#define hweight64(word) ((unsigned long)__builtin_popcountll(word))
#define hweight_long(word) ((unsigned long)__builtin_popcountl(word))

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

void __list_del_entry(struct list_head *entry)
{
	shim_unlink(entry, "__list_del_entry");
}

/* The entry still leads readers on. */
void list_del_rcu(struct list_head *entry)
{
	shim_unlink(entry, "list_del_rcu");
	entry->prev = LIST_POISON2;
}

#define list_add_rcu(new, head) list_add((new), (head))
#define list_add_tail_rcu(new, head) list_add_tail((new), (head))

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
