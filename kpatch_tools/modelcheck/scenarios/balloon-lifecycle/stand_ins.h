/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stand_ins.h - how a balloon begins. The device and its host are those of
 * balloon-probe-remove.
 */

struct balloon_dev_info shim_info;

/*
 * For scenario_init: balloon_devinfo_init() leaves no member as it was, so that
 * a driver that sets none of them has an empty balloon that cannot be moved.
 */
void shim_check_init(void)
{
	const unsigned long *word = (unsigned long *)&shim_info;
	const unsigned long *end = (unsigned long *)(&shim_info + 1);

	__builtin_memset(&shim_info, 0x5a, sizeof(shim_info));
	balloon_devinfo_init(&shim_info);
	/* behind the lock there is padding */
	for (; word < end; word++)
		if ((unsigned int)*word &&
		    *word != (unsigned long)&shim_info.pages)
			eng_fail("model-invariant",
				 "balloon_devinfo_init leaves a member that is not at rest");
}
