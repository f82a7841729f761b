// SPDX-License-Identifier: GPL-2.0-only
#include <linux/lamp.h>

static int lamp_switch(struct lamp *lamp, int level)
{
	int err;

	err = lamp_lock(lamp);
	if (err)
		return err;

	lamp->level = level;
	lamp_unlock(lamp);

	return 0;
}

static void lamp_release(struct lamp *lamp)
{
	lamp_lock(lamp);
	kfree(lamp->name);
	kfree(lamp);
}
