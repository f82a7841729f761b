/* SPDX-License-Identifier: GPL-2.0-only */
/* Stacks that other threads use. */

/*
 * Stack bytes that another thread was once seen to use: the owner's accesses to
 * them are scheduling points too. Marks only grow, over all runs; a new one
 * starts the search again, since earlier runs lacked those points.
 */
static u8 shared_stack[ENG_THREADS][STACK / 8];
static int any_shared_stack, new_shared_stack;
static u8 strayed;		/* the threads whose stacks another has used */

static u32 stack_owner(u64 address)
{
	return (u32)((address - (u64)stacks) / sizeof(stacks[0]));
}

/* Bytes below the stack's top, in 8s; the guard counts as the lowest. */
static u32 stack_depth(u64 address)
{
	u64 top = (u64)stack_top(stack_owner(address));
	u32 depth = (u32)(top - 1 - address) / 8;

	return depth < STACK / 8 ? depth : STACK / 8 - 1;
}

static void share_stack(u64 address, u64 size)
{
	u8 *marks = shared_stack[stack_owner(address)];

	strayed |= (u8)(1u << stack_owner(address));
	for (u32 d = stack_depth(address); ; d--) {
		if (!marks[d])
			new_shared_stack = any_shared_stack = marks[d] = 1;
		if (!d || d <= stack_depth(address + (size ? size - 1 : 0)))
			return;
	}
}

static int on_shared_stack(u64 address)
{
	return shared_stack[stack_owner(address)][stack_depth(address)];
}

static int is_lent(u64 address, u64 size)
{
	if (!any_shared_stack)
		return 0;
	for (u64 at = address & ~7ul; at < address + size; at += 8)
		if (on_shared_stack(at))
			return 1;
	return 0;
}
