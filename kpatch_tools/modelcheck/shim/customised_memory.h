/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * customised_memory.h - more of customised.h: the kmalloc family over kmalloc()
 * and kzalloc(), caches of objects, strings.
 */

#define kcalloc(n, size, flags) kzalloc((n) * (size), (flags))
#define kmalloc_array(n, size, flags) kmalloc((n) * (size), (flags))
#define kmalloc_node(size, flags, node) kmalloc((size), (flags))
#define kzalloc_node(size, flags, node) kzalloc((size), (flags))
#define kcalloc_node(n, size, flags, node) kzalloc((n) * (size), (flags))
#define kvmalloc(size, flags) kmalloc((size), (flags))
#define kvzalloc(size, flags) kzalloc((size), (flags))
#define kvcalloc(n, size, flags) kzalloc((n) * (size), (flags))
#define kvmalloc_array(n, size, flags) kmalloc((n) * (size), (flags))
#define kvfree(block) kfree(block)
#define vmalloc(size) kmalloc((size), GFP_KERNEL)
#define vzalloc(size) kzalloc((size), GFP_KERNEL)
#define vfree(block) kfree(block)
#define kfree_const(block) kfree(block)
#define kfree_sensitive(block) kfree(block)
#define kzfree(block) kfree(block)
#define devm_kzalloc(device, size, flags) kzalloc((size), (flags))
#define devm_kmalloc(device, size, flags) kmalloc((size), (flags))
#define devm_kcalloc(device, n, size, flags) kzalloc((n) * (size), (flags))
#define devm_kfree(device, block) kfree(block)

void *kmemdup(const void *src, size_t len, gfp_t gfp)
{
	void *to = kmalloc(len, gfp);

	return to ? eng_memcpy(to, src, len) : NULL;
}

char *kstrdup(const char *s, gfp_t gfp)
{
	return s ? kmemdup(s, shim_strlen(s) + 1, gfp) : NULL;
}

#define kstrdup_const(s, gfp) kstrdup((s), (gfp))

/* --- caches: an object that is out when its cache goes is a violation ------- */

struct kmem_cache *shim_create_cache(unsigned long size)
{
	struct kmem_cache *cache;

	if (eng_may_fail("kmem_cache_create"))
		return NULL;
	eng_step("kmem_cache_create", NULL, 0, ENG_UPDATE);
	cache = eng_zalloc(sizeof(*cache), "kmem_cache_create");
	cache->size = size;
	return cache;
}

#define kmem_cache_create(name, size, ...) shim_create_cache(size)
#define kmem_cache_create_usercopy(name, size, ...) shim_create_cache(size)
#define KMEM_CACHE(tag, flags) shim_create_cache(sizeof(struct tag))

void kmem_cache_destroy(struct kmem_cache *s)
{
	eng_step("kmem_cache_destroy", NULL, 0, ENG_UPDATE);
	if (!s)
		return;
	if (s->objects)
		eng_fail("model-leak",
			 "a cache is destroyed while objects of it are out");
	eng_free(s);
}

void *kmem_cache_alloc(struct kmem_cache *s, gfp_t flags)
{
	if (flags & __GFP_IO)
		shim_may_sleep("kmem_cache_alloc");
	if (eng_may_fail("kmem_cache_alloc"))
		return NULL;
	eng_step("kmem_cache_alloc", NULL, 0, ENG_UPDATE);
	eng_check(s, sizeof(*s));
	s->objects++;
	return eng_alloc(s->size, "kmem_cache_alloc");
}

void *kmem_cache_zalloc(struct kmem_cache *k, gfp_t flags)
{
	void *block = kmem_cache_alloc(k, flags);

	return block ? eng_memset(block, 0, k->size) : NULL;
}

void kmem_cache_free(struct kmem_cache *s, void *objp)
{
	eng_step("kmem_cache_free", NULL, 0, ENG_UPDATE);
	if (!objp)
		return;
	eng_check(s, sizeof(*s));
	s->objects--;
	eng_free(objp);
}

#define kmem_cache_alloc_node(cache, flags, node) \
	kmem_cache_alloc((cache), (flags))

/* --- strings: one step each ---------------------------------------------------- */

size_t shim_strlen(const char *s)
{
	size_t length = 0;

	eng_step("strlen", NULL, 0, ENG_READ);
	while (eng_check(s + length, 1), s[length])
		length++;
	return length;
}

int shim_strncmp(const char *cs, const char *ct, size_t count)
{
	eng_step("strncmp", NULL, 0, ENG_READ);
	for (; count; count--, cs++, ct++) {
		eng_check(cs, 1);
		eng_check(ct, 1);
		if (*cs != *ct)
			return *cs < *ct ? -1 : 1;
		if (!*cs)
			break;
	}
	return 0;
}

int shim_strcmp(const char *cs, const char *ct)
{
	return shim_strncmp(cs, ct, ~0UL);
}

int shim_memcmp(const void *cs, const void *ct, size_t count)
{
	const unsigned char *left = cs, *right = ct;

	eng_step("memcmp", NULL, 0, ENG_READ);
	for (; count; count--, left++, right++) {
		eng_check(left, 1);
		eng_check(right, 1);
		if (*left != *right)
			return *left - *right;
	}
	return 0;
}

#define strlen(text) shim_strlen(text)
#define strcmp(left, right) shim_strcmp((left), (right))
#define strncmp(left, right, size) shim_strncmp((left), (right), (size))
#define memcmp(left, right, size) shim_memcmp((left), (right), (size))

/* How much was copied without the end; all of it fitted if that is < size. */
size_t shim_copy_string(char *to, const char *from, size_t size)
{
	size_t length = 0;

	eng_step("copy of a string", NULL, 0, ENG_UPDATE);
	for (; length + 1 < size; length++) {
		eng_check(from + length, 1);
		eng_check(to + length, 1);
		to[length] = from[length];
		if (!from[length])
			return length;
	}
	if (size)
		to[length] = 0;
	return size;
}

#define strcpy(to, from) (shim_copy_string((to), (from), ~0UL), (to))
#define strncpy(to, from, size) (shim_copy_string((to), (from), (size)), (to))
#define strlcpy(to, from, size) shim_copy_string((to), (from), (size))

long shim_strscpy(char *to, const char *from, size_t size)
{
	size_t length = shim_copy_string(to, from, size);

	return length < size ? (long)length : -E2BIG;
}

#define strscpy(to, from, size) shim_strscpy((to), (from), (size))

#define memmove(to, from, size) eng_memcpy((to), (from), (size))

/* --- numbers and texts are not formatted ----------------------------------------- */

#define snprintf(buffer, size, ...) shim_no_text((buffer), (size))
#define scnprintf(buffer, size, ...) shim_no_text((buffer), (size))
#define sprintf(buffer, ...) shim_no_text((buffer), 1)

int shim_no_text(char *buffer, size_t size)
{
	if (size)
		eng_memset(buffer, 0, 1);
	return 0;
}

/* --- user memory is memory that may be missing ------------------------------------ */

unsigned long shim_copy_user(void *to, const void *from, unsigned long n,
			     const char *what)
{
	shim_may_sleep(what);
	if (eng_may_fail(what))
		return n;
	eng_memcpy(to, from, n);
	return 0;
}

#define copy_from_user(to, from, n) \
	shim_copy_user((to), (const void *)(from), (n), "copy_from_user")
#define copy_to_user(to, from, n) \
	shim_copy_user((void *)(to), (from), (n), "copy_to_user")

/* --- what pages hold is not modelled ------------------------------------------------ */

void *shim_content(const char *what)
{
	eng_fail("model-unknown", "%s: what pages hold is not modelled", what);
}

#define page_address(page) shim_content("page_address")
#define folio_address(folio) shim_content("folio_address")
#define lowmem_page_address(page) shim_content("lowmem_page_address")
#define page_to_virt(page) shim_content("page_to_virt")
#define kmap(page) shim_content("kmap")
#define kmap_atomic(page) shim_content("kmap_atomic")
#define kmap_local_page(page) shim_content("kmap_local_page")
#define kmap_local_folio(folio, offset) shim_content("kmap_local_folio")
#define virt_to_page(address) ((struct page *)shim_content("virt_to_page"))
#define virt_to_head_page(address) \
	((struct page *)shim_content("virt_to_head_page"))
#define virt_to_folio(address) ((struct folio *)shim_content("virt_to_folio"))
#define phys_to_virt(address) shim_content("phys_to_virt")
#define virt_to_phys(address) ((phys_addr_t)shim_content("virt_to_phys"))
