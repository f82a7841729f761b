/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which stacks a thread can use beside its own. To get to one it needs an
 * address of it, which stands in what is shared, in its own stack (where its
 * registers are saved) or in a stack that it can get to. Every half of an
 * aligned word that has the value of such an address counts as one; models are
 * linked below 4 GB.
 */

/* By number of a piece: the threads whose stacks it has addresses of. */
static u16 *in_leaf, *in_stack, *in_shared;

#define LOOKED_AT 0x100

static u16 look_at_leaf(u32 number)
{
	const u32 *half = children_of(number);
	u16 found = LOOKED_AT;

	for (u32 i = 0; i < LEAF / sizeof(*half); i++) {
		if (in_stacks(half[i]))
			found |= bit_of(stack_owner(half[i]));
	}
	return found;
}

static u16 look_at_tree(u32 height, u32 number)
{
	const u32 *child = children_of(number);
	u16 found = LOOKED_AT;

	if (!number)
		return found;
	if (!height) {
		if (!in_leaf[number])
			in_leaf[number] = look_at_leaf(number);
		return in_leaf[number];
	}
	for (u32 i = 0; i < FAN; i++)
		found |= look_at_tree(height - 1, child[i]);
	return found;
}

static u16 look_at_shared(u32 number)
{
	const u32 *child = children_of(number);
	u16 found = LOOKED_AT;

	for (u32 i = 0; i < child_count; i++)
		found |= look_at_tree(children[i].height, child[i]);
	return found;
}

/* The first word of a thread's record is its status. */
static u16 look_at_stack(u32 number)
{
	const u32 *child = children_of(number);
	u16 found = LOOKED_AT;

	for (u32 i = 1; i < FAN; i++)
		found |= look_at_tree(0, child[i]);
	return found;
}

static inline u8 stacks_in_shared(u32 number)
{
	if (unlikely(!in_shared[number]))
		in_shared[number] = look_at_shared(number);
	return (u8)in_shared[number];
}

static inline u8 stacks_in_stack(u32 number)
{
	if (unlikely(!in_stack[number]))
		in_stack[number] = look_at_stack(number);
	return (u8)in_stack[number];
}

/* The threads whose stacks can be got at from these. */
static inline u8 reach_from(const u32 *record, u8 threads_seen)
{
	u8 seen = 0;

	while (unlikely(seen != threads_seen)) {
		u8 further = threads_seen & (u8)~seen;

		seen = threads_seen;
		for (u32 t = 0; t < thread_count; t++) {
			if (further & bit_of(t))
				threads_seen |= stacks_in_stack(record[t]);
		}
	}
	return seen;
}

static void forget_reach(void)
{
	for (u32 i = 0; i < pieces.count; i++)
		in_leaf[i] = in_stack[i] = in_shared[i] = 0;
}

static u64 reach_bytes(void)
{
	return pieces.count *
	       (sizeof(*in_leaf) + sizeof(*in_stack) + sizeof(*in_shared));
}
