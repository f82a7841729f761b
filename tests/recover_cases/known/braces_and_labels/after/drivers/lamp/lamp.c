// SPDX-License-Identifier: GPL-2.0-only
#include <linux/lamp.h>

static int lamp_switch(struct lamp *lamp, int level)
{
	int err;
	int i;

	err = lamp_lock(lamp);
	if (err)
		return err;

	switch (level) {
	case LAMP_OFF:
		lamp_dim(lamp);
		fallthrough;
	case LAMP_LOW:
		break;
	default:
		if (level > lamp->highest) {
			err = -ERANGE;
			goto out_unlock;
		} else if (lamp->broken) {
			lamp_mend(lamp);
		}
	}

	for (i = 0; i < lamp->bulbs; i++)
		if (lamp->bulb[i].lit)
			bulb_set(&lamp->bulb[i], level);

	do {
		cpu_relax();
	} while (lamp_busy(lamp));

	lamp->level = level;
out_unlock:
	lamp_unlock(lamp);

	return err;
}

static void lamp_release(struct lamp *lamp)
{
	lamp_lock(lamp);
	kfree(lamp->name);
	kfree(lamp);
}
